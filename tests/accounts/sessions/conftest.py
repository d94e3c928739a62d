"""A browser at a desk, and the clock for its session."""

from datetime import UTC, datetime

import pytest
import time_machine

from tests import people
from tests.accounts.sessions.session_pages import Clock


@pytest.fixture
def clock():
    with time_machine.travel(datetime.now(UTC), tick=True) as servers:
        yield Clock(servers)


@pytest.fixture
def desk(clock, context, live_server, front_desk):
    """The front desk's browser, signed in."""
    clock.install(context)
    return people.page_of(front_desk, context, live_server)
