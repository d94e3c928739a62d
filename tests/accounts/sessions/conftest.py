"""Sessions that last a few seconds; the server enforces the limits as usual."""

import pytest

from tests import people


@pytest.fixture
def limits(settings):
    """Sets the idle limit in seconds. It is four at first."""
    settings.SESSION_WARNING = 3
    settings.SESSION_SEEN_EVERY = 1

    def set_limits(idle, absolute=600):
        settings.SESSION_LIMITS = {"staff": (idle, absolute), "family": (idle, absolute)}

    set_limits(4)
    return set_limits


@pytest.fixture
def desk(limits, context, live_server, front_desk):
    """The front desk's browser, signed in."""
    return people.page_of(front_desk, context, live_server)
