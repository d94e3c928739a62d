"""More time: the hour of a family's proof starts again."""

import time_machine
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from portal.signup.proof import LASTS
from tests.portal import steps

URL = reverse("signup:register_more_time")
ACCOUNT = reverse("signup:register_account")
HOUR = LASTS.total_seconds()


def after(parent, seconds):
    """Ask for more time this much later. Return the seconds left, and whether the account page still has the proof."""
    with time_machine.travel(timezone.now().timestamp() + seconds, tick=False):
        return parent.post(URL).json()["left"], "You are Ana Rivera." in parent.get(ACCOUNT).text


def test_the_hour_begins_anew(parent):
    before = AuditEvent.objects.count()
    for minutes in (59, 118, 177):
        assert after(parent, minutes * 60) == (HOUR, True)
    assert AuditEvent.objects.count() == before


def test_what_is_over_stays_over(parent):
    assert after(parent, HOUR + 1) == (0, False)
    assert after(parent, HOUR + 2) == (0, False)


def test_nothing_is_proven(client, db):
    assert client.post(URL).json() == {"left": 0}
    assert "proven_since" not in client.session


def test_the_pages_say_how_long_is_left_and_only_while_something_is_proven(client, parent, as_family):
    page = parent.get(ACCOUNT).text
    assert 'id="proof-warning"' in page
    assert "<noscript>" in page
    for each in (client, as_family):
        assert "proof-warning" not in each.get(reverse("signup:register")).text


def test_more_time_is_open_for_everybody(db):
    assert steps.allowed_roles("post", URL) == steps.EVERYBODY


def test_more_time_other_methods(client, db):
    assert steps.refused_methods(client, URL) == {"get", "head", "put", "patch", "delete"}


def test_more_time_costs_the_same_for_one_child_and_for_two(parent, sheet, rivera):
    one = steps.queries(lambda: parent.post(URL))
    steps.prove(parent, sheet["Sofia"], rivera.sofia)
    assert steps.queries(lambda: parent.post(URL)) == one
