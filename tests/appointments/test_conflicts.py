"""The conflicts of a visit with the schedule."""

from datetime import UTC, datetime, time, timedelta

import pytest

from appointments import conflicts
from appointments.models import Appointment, TimeOff, WorkingHours
from tests.appointments import schedules
from tests.appointments.schedules import Status, on

pytestmark = pytest.mark.postgres

DAY = "2026-11-25"  # a Wednesday


def ten_to(minutes, patient, provider=None, **fields):
    """A visit that is not saved yet, at ten o'clock."""
    return Appointment(patient=patient, provider=provider, start=on(DAY, 10), duration=minutes, **fields)


def codes(appointment):
    return [conflict.code for conflict in conflicts.find(appointment)]


def works(provider, starts, ends, weekday=WorkingHours.Weekday.WEDNESDAY):
    WorkingHours.objects.create(provider=provider, weekday=weekday, starts=starts, ends=ends)


def test_nothing_speaks_against_an_empty_day(rivera, feldman):
    assert codes(ten_to(30, rivera.mateo, feldman)) == []


# --- Double-booked -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "minute", "minutes", "conflicting"),
    [
        (10, 0, 30, True),  # the very same
        (9, 30, 30, False),  # back to back, before
        (10, 30, 30, False),  # back to back, after
        (9, 30, 31, True),  # one minute into it
        (10, 29, 30, True),
        (9, 0, 180, True),  # around it
        (10, 10, 5, True),  # within it
        (8, 0, 15, False),
    ],
)
def test_provider_double_booked(rivera, feldman, hour, minute, minutes, conflicting):
    schedules.visit(rivera.sofia, on(DAY, hour, minute), feldman, duration=minutes)
    assert codes(ten_to(30, rivera.mateo, feldman)) == ["double_booked"] * conflicting


def test_double_booked_says_who_and_when(rivera, feldman):
    schedules.visit(rivera.sofia, on(DAY, 10), feldman, duration=30)
    (conflict,) = conflicts.find(ten_to(30, rivera.mateo, feldman))
    assert conflict.sentence == "Dr. Feldman already has a visit with Sofia Rivera at that time, 10:00 to 10:30 AM."


def test_another_provider_is_free(rivera, feldman, raman):
    schedules.visit(rivera.sofia, on(DAY, 10), feldman)
    assert codes(ten_to(30, rivera.mateo, raman)) == []


def test_without_a_provider_nobody_is_double_booked(rivera):
    schedules.visit(rivera.sofia, on(DAY, 10))
    assert codes(ten_to(30, rivera.mateo)) == []


@pytest.mark.parametrize("status", Status)
def test_who_is_not_coming_takes_no_place(rivera, feldman, status):
    schedules.visit(rivera.sofia, on(DAY, 10), feldman, status=status)
    expected = [] if status in {Status.CANCELLED, Status.NO_SHOW} else ["double_booked"]
    assert codes(ten_to(30, rivera.mateo, feldman)) == expected


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.NO_SHOW])
def test_nothing_speaks_against_a_visit_that_nobody_comes_to(rivera, feldman, status):
    schedules.visit(rivera.mateo, on(DAY, 10), feldman)
    TimeOff.objects.create(starts=on(DAY, 8), ends=on(DAY, 17), reason="Holiday")
    works(feldman, time(13), time(17))
    assert codes(ten_to(30, rivera.mateo, feldman, status=status)) == []


def test_a_visit_does_not_stand_in_its_own_way(rivera, feldman):
    own = schedules.visit(rivera.mateo, on(DAY, 10), feldman, duration=30)
    own.start += timedelta(minutes=15)
    assert codes(own) == []


def test_a_visit_of_a_whole_day_is_seen_from_its_end(rivera, feldman):
    schedules.visit(rivera.sofia, on("2026-11-24", 10, 1), feldman, duration=24 * 60)
    assert codes(ten_to(15, rivera.mateo, feldman)) == ["double_booked"]
    Appointment.objects.update(start=on("2026-11-24", 10))
    assert codes(ten_to(15, rivera.mateo, feldman)) == []


# --- Patient twice -------------------------------------------------------------------------------


def test_patient_twice(rivera, feldman, raman):
    schedules.visit(rivera.mateo, on(DAY, 10, 15), raman)
    (conflict,) = conflicts.find(ten_to(30, rivera.mateo, feldman))
    sentence = "Mateo Rivera already has an appointment with Dr. Raman at that time, 10:15 to 10:30 AM."
    assert (conflict.code, conflict.sentence) == ("patient_twice", sentence)


def test_patient_twice_without_providers(rivera):
    schedules.visit(rivera.mateo, on(DAY, 10, 15))
    (conflict,) = conflicts.find(ten_to(30, rivera.mateo))
    assert conflict.sentence == "Mateo Rivera already has an appointment at that time, 10:15 to 10:30 AM."


def test_patient_back_to_back_with_two_providers(rivera, feldman, raman):
    schedules.visit(rivera.mateo, on(DAY, 10, 30), raman)
    assert codes(ten_to(30, rivera.mateo, feldman)) == []


def test_the_same_patient_with_the_same_provider_is_both(rivera, feldman):
    schedules.visit(rivera.mateo, on(DAY, 10), feldman)
    assert codes(ten_to(30, rivera.mateo, feldman)) == ["double_booked", "patient_twice"]


# --- Time off ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "ends", "conflicting"),
    [
        ((8, 0), (10, 0), False),
        ((8, 0), (10, 1), True),
        ((10, 30), (17, 0), False),
        ((10, 29), (17, 0), True),
        ((10, 10), (10, 20), True),
    ],
)
def test_time_off_of_the_provider(rivera, feldman, starts, ends, conflicting):
    TimeOff.objects.create(provider=feldman, starts=on(DAY, *starts), ends=on(DAY, *ends), reason="Meeting")
    found = conflicts.find(ten_to(30, rivera.mateo, feldman))
    expected = [("time_off", "Dr. Feldman is off at that time: Meeting.")] * conflicting
    assert [(conflict.code, conflict.sentence) for conflict in found] == expected


def test_time_off_of_a_colleague_is_none_of_theirs(rivera, feldman, raman):
    TimeOff.objects.create(provider=raman, starts=on(DAY, 8), ends=on(DAY, 17), reason="Vacation")
    assert codes(ten_to(30, rivera.mateo, feldman)) == []
    assert codes(ten_to(30, rivera.mateo)) == []


def test_time_off_of_the_practice_is_everybody_s(rivera, feldman):
    TimeOff.objects.create(starts=on(DAY, 8), ends=on(DAY, 17), reason="Thanksgiving")
    for provider in (feldman, None):
        (conflict,) = conflicts.find(ten_to(30, rivera.mateo, provider))
        assert conflict.sentence == "The practice is off at that time: Thanksgiving."


# --- Hours ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "ends", "inside"),
    [
        (time(10), time(10, 30), True),
        (time(10, 1), time(17), False),
        (time(8), time(10, 29), False),
        (time(8), time(17), True),
    ],
)
def test_hours_of_the_provider(rivera, feldman, starts, ends, inside):
    works(feldman, starts, ends)
    assert codes(ten_to(30, rivera.mateo, feldman)) == [] if inside else ["outside_hours"]


def test_of_a_provider_without_hours_nothing_is_known(rivera, feldman, raman):
    works(raman, time(13), time(17))
    assert codes(ten_to(30, rivera.mateo, feldman)) == []


def test_a_day_without_hours(rivera, feldman):
    works(feldman, time(8), time(17), WorkingHours.Weekday.MONDAY)
    (conflict,) = conflicts.find(ten_to(30, rivera.mateo, feldman))
    assert (conflict.code, conflict.sentence) == ("outside_hours", "Dr. Feldman does not work on Wednesdays.")


def test_a_break_at_noon(rivera, feldman):
    works(feldman, time(8), time(12))
    works(feldman, time(13), time(17))
    noon = Appointment(patient=rivera.mateo, provider=feldman, start=on(DAY, 11, 45), duration=30)
    (conflict,) = conflicts.find(noon)
    assert conflict.sentence == "Dr. Feldman works 8:00 AM to 12:00 PM, 1:00 PM to 5:00 PM on Wednesdays."


def test_hours_are_those_of_the_weekday_here(rivera, feldman):
    """Eight in the evening of a Wednesday is Thursday in UTC."""
    works(feldman, time(18), time(21))
    evening = Appointment(patient=rivera.mateo, provider=feldman, start=on(DAY, 20), duration=30)
    assert evening.start.astimezone(UTC).day == 26
    assert codes(evening) == []


@pytest.mark.parametrize(("ends", "inside"), [(time(23, 59), True), (time(23, 58), False)])
def test_the_last_visit_ends_at_midnight(rivera, feldman, ends, inside):
    """11:59 PM means the end of the day, because working hours cannot end at midnight."""
    works(feldman, time(18), ends)
    last = Appointment(patient=rivera.mateo, provider=feldman, start=on(DAY, 23, 30), duration=30)
    assert codes(last) == [] if inside else ["outside_hours"]
    last.duration = 31
    assert codes(last) == ["outside_hours"]


@pytest.mark.parametrize(
    ("start", "minutes", "inside"),
    [
        # Spring: from 1:30 it is one hour to 3:30. Hours are 1 to 4 o'clock, three of which are two.
        (datetime(2027, 3, 14, 6, 30, tzinfo=UTC), 60, True),
        (datetime(2027, 3, 14, 6, 30, tzinfo=UTC), 90, True),
        (datetime(2027, 3, 14, 6, 30, tzinfo=UTC), 91, False),
        # Autumn: from the first 1:30 it is two and a half hours to 3.
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), 210, True),
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), 211, False),
        (datetime(2026, 11, 1, 6, 0, tzinfo=UTC), 180, True),
    ],
)
def test_hours_on_the_days_when_the_clocks_change(rivera, feldman, start, minutes, inside):
    works(feldman, time(1), time(4), WorkingHours.Weekday.SUNDAY)
    night = Appointment(patient=rivera.mateo, provider=feldman, start=start, duration=minutes)
    assert codes(night) == ([] if inside else ["outside_hours"])


def test_the_hour_that_comes_twice_holds_two_visits(rivera, feldman):
    first, second = datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    schedules.visit(rivera.sofia, first, feldman, duration=60)
    assert codes(Appointment(patient=rivera.mateo, provider=feldman, start=second, duration=60)) == []


# --- All at once ----------------------------------------------------------------------------------


def test_a_closed_chart(rivera):
    rivera.mateo.status = "transferred"
    (conflict,) = conflicts.find(ten_to(30, rivera.mateo))
    assert (conflict.code, conflict.sentence) == (
        "chart_closed",
        "The chart of Mateo Rivera is not active: Transferred.",
    )


def test_each_conflict_is_named(rivera, feldman):
    schedules.visit(rivera.mateo, on(DAY, 10), feldman)
    TimeOff.objects.create(provider=feldman, starts=on(DAY, 8), ends=on(DAY, 17), reason="Vacation")
    works(feldman, time(13), time(17))
    assert codes(ten_to(30, rivera.mateo, feldman)) == ["double_booked", "patient_twice", "time_off", "outside_hours"]
