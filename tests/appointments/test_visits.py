"""Book, change, arrive: what happens, what is refused, and what the trail says."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from appointments import visits
from appointments.models import Appointment, TimeOff, WorkingHours
from appointments.refusals import Conflicting, NotPossible
from audit.models import AuditEvent
from practice.edit_conflicts import Stale, fingerprint
from tests.appointments import schedules
from tests.appointments.schedules import Status, today_at

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)  # ten o'clock on a Wednesday in New York

pytestmark = [pytest.mark.usefixtures("ten_o_clock"), pytest.mark.postgres]


@pytest.fixture
def ten_o_clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def visit(ten_o_clock, rivera, feldman):
    """Mateo's, at eleven."""
    return schedules.visit(rivera.mateo, today_at(11), feldman, duration=30)


@pytest.fixture
def taken(ten_o_clock, rivera, feldman):
    """Sofia's, at two."""
    return schedules.visit(rivera.sofia, today_at(14), feldman, duration=30)


def details():
    return list(AuditEvent.objects.order_by("pk").values_list("action", "patient_id", "detail"))


def change(by, visit, override_reason="", **values):
    """Open it, type, save."""
    opened = Appointment.objects.get(pk=visit.pk)
    seen = fingerprint(opened)
    for field, value in values.items():
        setattr(opened, field, value)
    return visits.change(by=by, appointment=opened, fields=values, seen=seen, override_reason=override_reason)


def row(visit):
    return Appointment.objects.values().get(pk=visit.pk)


def refused(visit, refusal, act):
    """The rule refuses, and changes and records nothing."""
    before = row(visit) if visit else None
    with pytest.raises(refusal) as caught:
        act()
    assert details() == []
    assert visit is None or row(visit) == before
    return caught.value


# --- Book ----------------------------------------------------------------------------------------


def free(rivera, feldman, **fields):
    return Appointment(patient=rivera.mateo, provider=feldman, start=today_at(11), duration=30, **fields)


def test_book(by, rivera, feldman, office):
    booked = visits.book(by=by, appointment=free(rivera, feldman, location=office, visit_type="Well visit"))
    stored = Appointment.objects.get()
    assert (stored.pk, stored.status, stored.arrival_time, stored.override_reason) == (booked.pk, "scheduled", None, "")
    assert details() == [("appointment.added", rivera.mateo.pk, {"appointment": booked.pk})]


def test_book_who_stands_at_the_desk(by, rivera, feldman):
    visits.book(by=by, appointment=free(rivera, feldman, status=Status.ARRIVED))
    assert Appointment.objects.get().arrival_time == NOW


@pytest.mark.parametrize("status", [Status.ROOMED, Status.CHECKED_OUT, Status.NO_SHOW, Status.CANCELLED])
def test_book_begins_at_the_beginning(by, rivera, feldman, status):
    refused(None, NotPossible, lambda: visits.book(by=by, appointment=free(rivera, feldman, status=status)))
    assert not Appointment.objects.exists()


def test_book_a_taken_time_is_refused_and_named(by, rivera, feldman, visit):
    again = Appointment(patient=rivera.sofia, provider=feldman, start=today_at(11, 15), duration=30)
    refusal = refused(visit, Conflicting, lambda: visits.book(by=by, appointment=again))
    assert [conflict.code for conflict in refusal.conflicts] == ["double_booked"]
    assert str(refusal) == "Dr. Feldman already has a visit with Mateo Rivera at that time, 11:00 to 11:30 AM."
    assert Appointment.objects.count() == 1


def test_book_a_taken_time_with_a_reason(by, rivera, feldman, visit):
    again = Appointment(patient=rivera.sofia, provider=feldman, start=today_at(11, 15), duration=30)
    booked = visits.book(by=by, appointment=again, override_reason="Fever")
    assert Appointment.objects.get(pk=booked.pk).override_reason == "Fever"
    detail = {"appointment": booked.pk, "overridden": ["double_booked"]}
    assert details() == [("appointment.added", rivera.sofia.pk, detail)]


def test_book_a_reason_that_was_given_for_something_else(by, rivera, feldman, visit):
    """While the desk typed the reason, somebody else took the time as well."""
    TimeOff.objects.create(provider=feldman, starts=today_at(11), ends=today_at(12), reason="Meeting")
    again = Appointment(patient=rivera.sofia, provider=feldman, start=today_at(11), duration=30)
    refusal = refused(
        visit,
        Conflicting,
        lambda: visits.book(by=by, appointment=again, override_reason="Fever", warned=["time_off"]),
    )
    assert [conflict.code for conflict in refusal.conflicts] == ["double_booked", "time_off"]
    visits.book(by=by, appointment=again, override_reason="Fever", warned=["time_off", "double_booked", "more"])


def test_book_keeps_no_reason_where_nothing_was_in_the_way(by, rivera, feldman):
    visits.book(by=by, appointment=free(rivera, feldman), override_reason="Fever")
    assert Appointment.objects.get().override_reason == ""
    assert "overridden" not in details()[0][2]


@pytest.mark.parametrize("minutes", [0, 24 * 60 + 1])
def test_book_what_takes_no_time_or_more_than_a_day(by, rivera, minutes):
    wrong = Appointment(patient=rivera.mateo, start=today_at(11), duration=minutes)
    refused(None, ValidationError, lambda: visits.book(by=by, appointment=wrong))


# --- Change --------------------------------------------------------------------------------------


def test_change_saves_and_says_what(by, visit):
    changed = change(by, visit, visit_type="Sick visit", duration=15)
    assert (changed.visit_type, changed.duration) == ("Sick visit", 15)
    detail = {"appointment": visit.pk, "fields": ["duration", "visit_type"], "status": "scheduled"}
    assert details() == [("appointment.changed", visit.patient_id, detail)]


def test_change_saves_only_the_named_fields(by, visit, rivera):
    opened = Appointment.objects.get(pk=visit.pk)
    seen = fingerprint(opened)
    opened.visit_type, opened.duration, opened.patient, opened.start = "Sick visit", 5, rivera.sofia, today_at(16)
    visits.change(by=by, appointment=opened, fields=["visit_type"], seen=seen)
    stored = Appointment.objects.get(pk=visit.pk)
    expected = ("Sick visit", 30, rivera.mateo, today_at(11))
    assert (stored.visit_type, stored.duration, stored.patient, stored.start) == expected


def test_change_of_nothing_leaves_nothing(by, visit):
    before = row(visit)
    change(by, visit)
    assert (row(visit), details()) == (before, [])


def test_change_after_a_colleague_is_stale(by, visit):
    opened = Appointment.objects.get(pk=visit.pk)
    seen = fingerprint(opened)
    Appointment.objects.update(visit_type="Well visit")
    opened.duration = 15
    refused(visit, Stale, lambda: visits.change(by=by, appointment=opened, fields=["duration"], seen=seen))


def test_change_after_a_colleague_is_stale_even_for_nothing(by, visit):
    refused(visit, Stale, lambda: visits.change(by=by, appointment=visit, fields=[], seen="other"))


def test_change_with_a_step_that_makes_no_sense(by, visit):
    refusal = refused(visit, NotPossible, lambda: change(by, visit, status=Status.ROOMED))
    assert str(refusal) == "The status cannot change from Scheduled to Roomed."


# --- Change: move --------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [{"start": (13, 45)}, {"start": (14, 0)}, {"start": (13, 0), "duration": 61}])
def test_move_onto_another_is_refused(by, visit, taken, values):
    moved = values | {"start": today_at(*values["start"])}
    refusal = refused(visit, Conflicting, lambda: change(by, visit, **moved))
    assert [conflict.code for conflict in refusal.conflicts] == ["double_booked"]


def test_move_onto_another_with_a_reason(by, visit, taken):
    change(by, visit, "Siblings", start=today_at(14))
    assert row(visit)["override_reason"] == "Siblings"
    assert details()[0][2]["overridden"] == ["double_booked"]
    # The new time has no conflict, so the reason is removed.
    change(by, visit, start=today_at(16))
    assert row(visit)["override_reason"] == ""


def test_move_to_another_provider(by, visit, raman):
    assert change(by, visit, provider=raman).provider == raman


def test_longer_into_the_next_one(by, visit, taken):
    refused(visit, Conflicting, lambda: change(by, visit, duration=181))
    change(by, visit, duration=180)


def test_what_stands_where_it_should_not_may_change_otherwise(by, visit, feldman):
    """A change of the type does not warn about hours that were set later."""
    WorkingHours.objects.create(provider=feldman, weekday=2, starts=time(15), ends=time(17))
    Appointment.objects.update(override_reason="Fever")
    change(by, visit, visit_type="Sick visit")
    assert row(visit)["override_reason"] == "Fever"


@pytest.mark.parametrize("status", [Status.ARRIVED, Status.ROOMED, Status.CHECKED_OUT])
def test_who_has_come_is_not_moved_to_tomorrow(by, visit, status):
    Appointment.objects.update(status=status, arrival_time=NOW)
    refusal = refused(visit, NotPossible, lambda: change(by, visit, start=visit.start + timedelta(days=1)))
    assert str(refusal) == f"{status.label} can only be set from the day of the visit, Nov 26, 2026."
    change(by, visit, start=today_at(15))


def test_who_has_come_can_be_sent_home_until_tomorrow(by, visit):
    Appointment.objects.update(status=Status.ARRIVED, arrival_time=NOW)
    changed = change(by, visit, start=visit.start + timedelta(days=1), status=Status.CONFIRMED)
    assert changed.arrival_time is None


def test_a_no_show_is_not_moved_to_tomorrow(by, visit):
    Appointment.objects.update(start=today_at(9), status=Status.NO_SHOW)
    refused(visit, NotPossible, lambda: change(by, visit, start=visit.start + timedelta(days=1)))
    change(by, visit, start=visit.start + timedelta(days=1), status=Status.SCHEDULED)


# --- Change: cancel, and back ---------------------------------------------------------------------


def test_cancel_with_a_reason(by, visit):
    change(by, visit, status=Status.CANCELLED, cancel_reason="Family called")
    assert (row(visit)["status"], row(visit)["cancel_reason"]) == ("cancelled", "Family called")
    assert details()[0][2]["fields"] == ["cancel_reason", "status"]
    assert "Family" not in str(details())


def test_cancel_needs_a_reason(by, visit):
    refused(visit, ValidationError, lambda: change(by, visit, status=Status.CANCELLED))


def test_back_from_cancelled_the_reason_goes(by, visit):
    Appointment.objects.update(status=Status.CANCELLED, cancel_reason="Family called")
    change(by, visit, status=Status.SCHEDULED)
    assert row(visit)["cancel_reason"] == ""


def test_back_from_cancelled_the_place_may_be_taken(by, visit, taken):
    Appointment.objects.filter(pk=visit.pk).update(
        start=taken.start, status=Status.CANCELLED, cancel_reason="Family called"
    )
    refused(visit, Conflicting, lambda: change(by, visit, status=Status.SCHEDULED))
    change(by, visit, "They come after all", status=Status.SCHEDULED)


def test_cancel_in_spite_of_a_conflict(by, visit):
    TimeOff.objects.create(starts=today_at(8), ends=today_at(17), reason="Snow")
    change(by, visit, status=Status.CANCELLED, cancel_reason="Snow")


# --- Change: arrival ------------------------------------------------------------------------------


def test_arrived_is_stamped(by, visit):
    assert change(by, visit, status=Status.ARRIVED).arrival_time == NOW


def test_an_arrival_that_was_typed_stays(by, visit):
    earlier = NOW - timedelta(minutes=25)
    assert change(by, visit, status=Status.ARRIVED, arrival_time=earlier).arrival_time == earlier


@pytest.mark.parametrize("status", [Status.ROOMED, Status.CHECKED_OUT])
def test_further_steps_keep_the_arrival(by, visit, status):
    earlier = NOW - timedelta(minutes=25)
    Appointment.objects.update(status=Status.ARRIVED, arrival_time=earlier)
    assert change(by, visit, status=status).arrival_time == earlier


def test_back_to_confirmed_nobody_has_arrived(by, visit):
    Appointment.objects.update(status=Status.ARRIVED, arrival_time=NOW)
    assert change(by, visit, status=Status.CONFIRMED).arrival_time is None


def test_an_arrival_without_its_status_is_not_kept(by, visit):
    assert change(by, visit, arrival_time=NOW).arrival_time is None


# --- Arrive --------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Status.SCHEDULED, Status.CONFIRMED, Status.NO_SHOW])
def test_arrive(by, visit, status):
    Appointment.objects.update(start=today_at(9), status=status)
    arrived = visits.arrive(by=by, appointment=visit)
    assert (arrived.status, arrived.arrival_time) == ("arrived", NOW)
    assert row(visit)["arrival_time"] == NOW
    detail = {"appointment": visit.pk, "fields": ["arrival_time", "status"], "status": "arrived"}
    assert details() == [("appointment.changed", visit.patient_id, detail)]


def test_arrive_stamps_this_moment_over_an_old_one(by, visit):
    """A roster may call somebody a no-show who had been stamped before."""
    Appointment.objects.update(status=Status.NO_SHOW, arrival_time=NOW - timedelta(hours=5))
    assert visits.arrive(by=by, appointment=visit).arrival_time == NOW


def test_arrive_saves_nothing_else(by, visit):
    visit.visit_type, visit.duration = "Sick visit", 5
    visits.arrive(by=by, appointment=visit)
    assert (row(visit)["visit_type"], row(visit)["duration"]) == ("", 30)


@pytest.mark.parametrize("status", [Status.ARRIVED, Status.ROOMED, Status.CHECKED_OUT])
def test_arrive_twice_is_refused(by, visit, status):
    Appointment.objects.update(status=status, arrival_time=NOW - timedelta(hours=1))
    refusal = refused(visit, NotPossible, lambda: visits.arrive(by=by, appointment=visit))
    assert str(refusal) == f"Mateo Rivera is already {status.label.lower()}."


def test_arrive_for_what_is_cancelled_is_refused(by, visit):
    Appointment.objects.update(status=Status.CANCELLED, cancel_reason="Family called")
    refused(visit, NotPossible, lambda: visits.arrive(by=by, appointment=visit))


def test_arrive_for_tomorrow_is_refused(by, visit):
    Appointment.objects.update(start=visit.start + timedelta(days=1))
    refused(visit, NotPossible, lambda: visits.arrive(by=by, appointment=visit))


# --- Look ----------------------------------------------------------------------------------------


def test_a_look_leaves_one_line(by, visit):
    visits.view(by=by, appointment=visit)
    assert details() == [("appointment.viewed", visit.patient_id, {"appointment": visit.pk})]
