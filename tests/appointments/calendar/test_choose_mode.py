"""The radio buttons **Calendar** and **Tracking**."""

import pytest
from django.urls import reverse

from appointments.models import SchedulePreference
from tests import people
from tests.portal import steps

URL = reverse("appointments:choose_mode")
PAGES = {"calendar": reverse("appointments:day"), "tracking": reverse("appointments:tracking")}


@pytest.mark.parametrize("mode", ["calendar", "tracking"])
def test_it_leads_there_and_is_remembered(as_front_desk, front_desk, mode):
    for _ in range(2):
        assert as_front_desk.post(URL, {"mode": mode}).headers["Location"] == PAGES[mode]
    assert SchedulePreference.objects.values_list("user", "mode").get() == (front_desk.pk, mode)


def test_the_last_choice_holds(as_front_desk):
    for mode in ("tracking", "calendar"):
        as_front_desk.post(URL, {"mode": mode})
    assert SchedulePreference.objects.get().mode == "calendar"


@pytest.mark.parametrize("sent", [{}, {"mode": "month"}, {"mode": "x" * 300}])
def test_what_there_is_not_is_the_calendar(as_front_desk, sent):
    assert as_front_desk.post(URL, sent).headers["Location"] == PAGES["calendar"]


def test_each_has_their_own(as_front_desk, clinician):
    as_front_desk.post(URL, {"mode": "tracking"})
    people.signed_in(clinician).post(URL, {"mode": "calendar"})
    assert as_front_desk.get(reverse("appointments:schedule")).headers["Location"] == PAGES["tracking"]


def test_the_page_ticks_the_one_it_is(as_front_desk):
    assert 'value="tracking" checked' in as_front_desk.get(PAGES["tracking"]).text


def test_roles(db):
    assert steps.allowed_roles("post", URL) == steps.VIEWERS


def test_other_methods(as_front_desk):
    assert steps.refused_methods(as_front_desk, URL) == {"get", "head", "put", "patch", "delete"}
