"""Limits apply across processes and restarts: real servers with one database (attacks 4 and 5)."""

import re
from datetime import date

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from audit.trail import Actor
from portal.models import Alert, Pin, RedemptionFailure
from portal.pins import throttle
from tests import servers
from tests.portal import steps

pytestmark = [pytest.mark.usefixtures("transactional_db"), pytest.mark.postgres, pytest.mark.slow]
REGISTER = reverse("signup:register")


@pytest.fixture
def number(front_desk, rivera):
    """Mateo's PIN."""
    return steps.issued(Actor(front_desk, "192.0.2.1"), rivera.link(rivera.ana, rivera.mateo))["Mateo"]


@pytest.fixture
def log(tmp_path):
    return tmp_path / "server.log"


def prove(server, number, born):
    fields = steps.typed(number, born)
    status, page, _headers = server.post_form(REGISTER, fields)
    return status, page


def test_two_servers_share_the_counters_of_a_pin(log, number, rivera):
    with servers.server(log) as one, servers.server(log) as other:
        for day, server in enumerate([one, other, one, other, one], start=1):
            assert prove(server, number, date(2019, 1, day))[0] == 200
        for server in (one, other):
            assert prove(server, number, rivera.mateo.birth_date)[0] == 200
    pin = Pin.objects.get()
    assert (pin.state, pin.wrong_birth_dates, pin.sealed) == ("locked", 5, "")


def test_two_servers_share_the_counters_of_a_client(log, number, rivera):
    guesses = steps.guesses(throttle.LIMIT_PER_CLIENT + 6)
    with servers.server(log) as one, servers.server(log) as other:
        answers = [prove([one, other][each % 2], guess, date(2019, 1, 1))[0] for each, guess in enumerate(guesses)]
        assert answers == [200] * throttle.LIMIT_PER_CLIENT + [429] * 6
        status, page = prove(other, number, rivera.mateo.birth_date)
    assert (status, "There were too many wrong PINs" in page) == (429, True)
    assert set(RedemptionFailure.objects.values_list("client", flat=True)) == {"127.0.0.1"}
    assert Alert.objects.count() == log.read_text().count("PINs are being guessed") == 1


def test_a_restart_gives_nobody_new_tries(log, number, rivera):
    with servers.server(log) as before:
        for day in range(1, 6):
            prove(before, number, date(2019, 1, day))
        for guess in steps.guesses(throttle.LIMIT_PER_CLIENT - 1):
            prove(before, guess, date(2019, 1, 1))
    assert Pin.objects.get().state == "locked"
    with servers.server(log) as after:
        assert prove(after, number, rivera.mateo.birth_date)[0] == 429  # by address
        RedemptionFailure.objects.all().delete()
        status, page = prove(after, number, rivera.mateo.birth_date)  # and by PIN
    assert (status, "We cannot find a PIN that works" in page) == (200, True)
    assert AuditEvent.objects.latest("pk").detail["verdict"] == "locked"


def test_what_servers_say_holds_no_pin(log, number, rivera):
    with servers.server(log) as server:
        prove(server, number, date(2019, 1, 1))
        server.request("GET", f"{REGISTER}?pin={number}", Referer=f"http://127.0.0.1/?{number}")
        for guess in steps.guesses(throttle.LIMIT_PER_CLIENT + 1):
            prove(server, guess, date(2019, 1, 1))
    said = log.read_text()
    assert len(re.findall(r"answered .*method=POST route=signup:register ", said)) == throttle.LIMIT_PER_CLIENT + 2
    for secret in (number, *steps.guesses(20), rivera.mateo.given_name):
        assert secret not in said
