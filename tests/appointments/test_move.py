"""A visit dragged to another place."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from appointments.models import Appointment, Provider
from audit.models import AuditEvent
from tests.appointments import schedules
from tests.appointments.schedules import HTMX, NONSENSE, stored, today_at, works
from tests.portal import steps

FROM, TO = "2026-11-25T11:00-05:00", "2026-11-25T14:15-05:00"

pytestmark = pytest.mark.usefixtures("ten_o_clock")


@pytest.fixture
def visit(ten_o_clock, rivera, feldman):
    """Mateo's, at eleven."""
    return schedules.visit(rivera.mateo, today_at(11), feldman, duration=30)


@pytest.fixture
def url(visit):
    return reverse("appointments:move", args=[visit.pk])


def drag(client, visit, **sent):
    sent = {"start": TO, "from_start": FROM, "provider": visit.provider_id, **sent}
    return client.post(reverse("appointments:move", args=[visit.pk]), sent, headers=HTMX)


def refused(answer, visit, before):
    """The window opens instead, and the record is as it was."""
    assert (answer.status_code, "HX-Trigger-After-Swap" in answer.headers) == (200, False)
    assert 'id="appointment-window"' in answer.text
    assert stored(visit) == before
    return answer.text


def test_to_another_time_and_provider(as_front_desk, front_desk, visit, raman):
    before = stored(visit)
    answer = drag(as_front_desk, visit, provider=raman.pk)
    assert schedules.has_closed(answer)
    assert "Moved: Mateo Rivera, Wed, Nov 25, 2:15 PM with Dr. Raman." in answer.text
    assert stored(visit) == before | {"start": today_at(14, 15), "provider_id": raman.pk}
    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.patient_id) == ("appointment.changed", front_desk, visit.patient_id)
    assert event.detail == {"appointment": visit.pk, "fields": ["provider", "start"], "status": "scheduled"}


def test_to_the_column_without_a_provider(as_front_desk, visit):
    assert schedules.has_closed(drag(as_front_desk, visit, provider=""))
    assert stored(visit)["provider_id"] is None


@pytest.mark.parametrize(("offset", "hour"), [("-04:00", 5), ("-05:00", 6)])
def test_into_the_hour_that_comes_twice(as_front_desk, visit, offset, hour):
    drag(as_front_desk, visit, start=f"2026-11-01T01:30{offset}")
    assert stored(visit)["start"] == datetime(2026, 11, 1, hour, 30, tzinfo=UTC)


def test_a_cancelled_visit_moves_too_and_stays_cancelled(as_front_desk, visit, rivera, feldman):
    schedules.conflicting(rivera.sofia, today_at(14), feldman)
    schedules.set_status(visit, "cancelled")
    assert schedules.has_closed(drag(as_front_desk, visit))
    found = stored(visit)
    assert (found["start"], found["status"], found["cancel_reason"]) == (today_at(14, 15), "cancelled", "Family called")


def test_who_has_arrived_is_not_moved_to_tomorrow(as_front_desk, visit):
    schedules.set_status(visit, "arrived")
    before = stored(visit)
    page = refused(drag(as_front_desk, visit, start="2026-11-26T11:00-05:00"), visit, before)
    assert "Arrived can only be set from the day of the visit, Nov 26, 2026." in page
    assert schedules.fields(page)["day"] == "2026-11-25"


# --- A colleague was first -----------------------------------------------------------------------


def test_a_visit_that_a_colleague_has_moved(as_front_desk, visit):
    Appointment.objects.update(start=today_at(12))
    before = stored(visit)
    page = refused(drag(as_front_desk, visit), visit, before)
    assert "A colleague moved this visit meanwhile. This window shows its current time." in page
    assert schedules.fields(page)["time"] == "12:00"


@pytest.mark.parametrize("from_start", ["", *NONSENSE])
def test_without_saying_from_where(as_front_desk, visit, from_start):
    before = stored(visit)
    assert "A colleague moved this visit" in refused(drag(as_front_desk, visit, from_start=from_start), visit, before)


def test_seconds_that_a_roster_brought_are_no_change(as_front_desk, visit):
    Appointment.objects.update(start=today_at(11) + timedelta(seconds=42))
    assert schedules.has_closed(drag(as_front_desk, visit))


# --- Conflicts -----------------------------------------------------------------------------------


def test_a_conflict_opens_the_window_with_the_new_place(as_front_desk, visit, rivera, feldman):
    schedules.conflicting(rivera.sofia, today_at(14), feldman)
    before = stored(visit)
    page = refused(drag(as_front_desk, visit), visit, before)
    assert "Dr. Feldman already has a visit with Sofia Rivera at that time, 2:00 to 2:30 PM." in page
    assert "data-typed" in page
    typed = schedules.fields(page)
    assert (typed["time"], typed["warned"]) == ("14:15", ["double_booked"])
    answer = schedules.save(as_front_desk, visit, typed, override_reason="Siblings")
    assert schedules.has_closed(answer)
    found = stored(visit)
    assert (found["start"], found["override_reason"]) == (today_at(14, 15), "Siblings")


def test_outside_the_hours(as_front_desk, visit, feldman):
    works(feldman)
    before = stored(visit)
    page = refused(drag(as_front_desk, visit, start="2026-11-25T18:00-05:00"), visit, before)
    assert "Dr. Feldman works 8:00 AM to 5:00 PM on Wednesdays." in page


def test_no_reason_can_be_given_by_dragging(as_front_desk, visit, rivera, feldman):
    schedules.conflicting(rivera.sofia, today_at(14), feldman)
    before = stored(visit)
    refused(drag(as_front_desk, visit, override_reason="Because", warned=["double_booked"]), visit, before)


# --- Providers -----------------------------------------------------------------------------------


def test_an_inactive_provider_takes_no_new_visits(as_front_desk, visit, raman):
    Provider.objects.filter(pk=raman.pk).update(is_active=False)
    before = stored(visit)
    page = refused(drag(as_front_desk, visit, provider=raman.pk), visit, before)
    assert "Dr. Raman is inactive and takes no new visits." in page


def test_an_inactive_provider_s_own_visits_may_move(as_front_desk, visit):
    Provider.objects.update(is_active=False)
    assert schedules.has_closed(drag(as_front_desk, visit))
    assert stored(visit)["start"] == today_at(14, 15)


@pytest.mark.parametrize("provider", ["999999", *NONSENSE])
def test_an_unknown_provider_is_not_no_provider(as_front_desk, visit, provider):
    before = stored(visit)
    assert "The visit cannot be moved there." in refused(drag(as_front_desk, visit, provider=provider), visit, before)


# --- Who may, and nonsense -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "start", ["", "2026-11-25T14:15", "2026-02-30T10:00-05:00", "9999-12-31T23:59-05:00", *NONSENSE]
)
def test_a_start_that_is_none(as_front_desk, visit, start):
    before = stored(visit)
    assert "The visit cannot be moved there." in refused(drag(as_front_desk, visit, start=start), visit, before)


def test_fields_that_nobody_offers_change_nothing(as_front_desk, visit, rivera):
    before = stored(visit)
    drag(as_front_desk, visit, patient=rivera.sofia.pk, duration="5", status="cancelled", id="7")
    assert stored(visit) == before | {"start": today_at(14, 15)}


def test_roles(url):
    assert steps.allowed_roles("post", url) == steps.EDITORS


def test_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"get", "head", "put", "patch", "delete"}


def test_unknown(as_front_desk, unknown):
    for number in unknown:
        assert as_front_desk.post(reverse("appointments:move", args=[number])).status_code == 404
