"""Where **Schedule** leads."""

from django.urls import reverse

from appointments.models import SchedulePreference
from tests.portal import steps

URL = reverse("appointments:schedule")


def test_to_the_calendar_at_first(as_front_desk):
    assert as_front_desk.get(URL).headers["Location"] == reverse("appointments:day")
    assert not SchedulePreference.objects.exists()


def test_to_what_was_chosen_last(as_front_desk, front_desk):
    SchedulePreference.objects.create(user=front_desk, mode="tracking")
    assert as_front_desk.get(URL).headers["Location"] == reverse("appointments:tracking")


def test_roles(db):
    assert steps.allowed_roles("get", URL) == steps.VIEWERS


def test_other_methods(as_front_desk):
    assert steps.refused_methods(as_front_desk, URL) == {"post", "put", "patch", "delete"}
