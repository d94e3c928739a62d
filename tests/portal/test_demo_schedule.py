"""The demo's appointments and its settings of the schedule."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from appointments import conflicts
from appointments.models import Appointment, Location, Provider, TimeOff, VisitType, WorkingHours
from patients.ages import today
from portal import demo as portal_demo
from portal.family import children
from tests.portal.demos import (
    NEW_YORK,
    TUESDAY_NOON,
    assert_statuses_fit_the_time,
    load,
    row_counts,
    todays_rivera_visits,
)

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.slow]


def day_of(visit: Appointment) -> date:
    return timezone.localtime(visit.start).date()


class TestSchedule:
    def test_the_week_is_busy_in_working_hours(self):
        with time_machine.travel(TUESDAY_NOON, tick=False):
            load()
            assert (Provider.objects.count(), Location.objects.count()) == (4, 2)
            per_day = Counter(day for day in map(day_of, Appointment.objects.all()) if abs(day - today()).days < 7)
            assert sorted(per_day) == [date(2027, 3, 8) + timedelta(days=number) for number in range(6)]
            assert all(per_day[day] >= 30 for day in sorted(per_day)[:5])
            for visit in Appointment.objects.all():
                start = timezone.localtime(visit.start)
                end = start + timedelta(minutes=visit.duration)
                assert 8 <= start.hour < 17
                assert end.date() == start.date()
                assert visit.provider
                assert visit.location

    def test_the_parent_has_visits_behind_and_before_and_a_teen(self):
        with time_machine.travel(TUESDAY_NOON, tick=False):
            load()
            cards = children.cards_of(User.objects.get(email=portal_demo.PARENT))
            assert {card.is_limited for card in cards} == {True, False}
            for card in cards:
                visits = Appointment.objects.filter(patient=card.patient)
                assert {"checked_out", "no_show", "cancelled", "scheduled"} <= {visit.status for visit in visits}
                assert card.next_visit
            (own,) = children.cards_of(User.objects.get(email=portal_demo.PATIENT))
            assert (own.is_self, own.has_access) == (True, True)

    def test_today_is_in_full_swing(self):
        with time_machine.travel(TUESDAY_NOON.replace(hour=10, minute=7), tick=False):
            load()
            assert_statuses_fit_the_time()
            visits = [visit for visit in Appointment.objects.all() if timezone.localdate(visit.start) == today()]
            statuses = Counter(visit.status for visit in visits)
            assert {"checked_out", "roomed", "arrived", "confirmed", "scheduled"} <= set(statuses)
            rivera = todays_rivera_visits()
            assert [timezone.localtime(visit.start).strftime("%H:%M") for visit in rivera] == [
                "10:15",
                "10:30",
                "10:45",
            ]
            assert {visit.status for visit in rivera} == {"arrived"}

    def test_no_provider_is_in_two_places_at_once(self):
        with time_machine.travel(TUESDAY_NOON, tick=False):
            load()
        for provider in Provider.objects.all():
            visits = list(provider.appointments.order_by("start"))
            for earlier, later in pairwise(visits):
                assert earlier.start + timedelta(minutes=earlier.duration) <= later.start

    def test_a_new_week_is_filled_once(self):
        with time_machine.travel(TUESDAY_NOON, tick=False):
            load()
            first_week = Appointment.objects.count()
        with time_machine.travel(TUESDAY_NOON + timedelta(days=3), tick=False):
            load()
            assert Appointment.objects.count() == first_week
        with time_machine.travel(TUESDAY_NOON + timedelta(days=6), tick=False):
            counts = row_counts()
            load()
            both_weeks = Appointment.objects.count()
            assert both_weeks > first_week + 150
            assert len(todays_rivera_visits()) == 3
            load()
            assert row_counts() == {**counts, "appointments.Appointment": both_weeks}

    def test_only_active_patients_have_visits(self):
        load()
        assert not Appointment.objects.exclude(patient__status="active").exists()


class TestScheduleSettings:
    def test_what_the_week_holds_fits_the_settings(self):
        """Opening one of the demo's appointments shows no warning. At noon the Riveras would cause one."""
        with time_machine.travel(TUESDAY_NOON.replace(hour=10), tick=False):
            load()
            visits = Appointment.objects.select_related("patient", "provider")
            assert [found for visit in visits for found in conflicts.find(visit)] == []
            assert set(visits.values_list("visit_type", flat=True)) <= set(
                VisitType.objects.values_list("name", flat=True)
            )

    def test_visit_types_can_be_told_apart(self):
        load()
        colors = VisitType.objects.values_list("color", flat=True)
        assert len(set(colors)) == len(colors) == 7

    def test_everybody_works_on_weekdays_and_the_main_office_on_saturday(self):
        load()
        days = {
            provider.name: sorted({row.weekday for row in provider.working_hours.all()})
            for provider in Provider.objects.all()
        }
        assert days == {
            "Dr. Maya Feldman": [0, 1, 2, 3, 4, 5],
            "Dr. Samuel Whitaker": [0, 1, 2, 3, 4, 5],
            "Dr. Priya Raman": [0, 1, 2, 3, 4],
            "Grace Lindqvist, CPNP": [0, 1, 2, 3, 4],
        }

    def test_a_vacation_is_to_come_and_nobody_is_booked_into_it(self):
        with time_machine.travel(TUESDAY_NOON, tick=False):
            load()
            vacation = TimeOff.objects.get()
            assert (vacation.provider.name, vacation.reason) == ("Grace Lindqvist, CPNP", "Vacation")
            assert timezone.localtime(vacation.starts) == datetime(2027, 3, 18, tzinfo=NEW_YORK)
            assert timezone.localtime(vacation.ends) == datetime(2027, 3, 20, tzinfo=NEW_YORK)
        with time_machine.travel(TUESDAY_NOON + timedelta(days=7), tick=False):
            load()
            next_week = Appointment.objects.filter(start__gte=vacation.starts, start__lt=vacation.ends)
            assert next_week.exists()
            assert not next_week.filter(provider=vacation.provider).exists()

    def test_what_people_changed_or_removed_stays(self):
        with time_machine.travel(TUESDAY_NOON, tick=False):
            load()
        VisitType.objects.filter(name="Well visit").delete()
        VisitType.objects.filter(name="Vaccines").update(minutes=10)
        TimeOff.objects.all().delete()
        WorkingHours.objects.filter(weekday=4).delete()
        with time_machine.travel(TUESDAY_NOON + timedelta(days=7), tick=False):
            load()
        assert VisitType.objects.count() == 6
        assert VisitType.objects.get(name="Vaccines").minutes == 10
        assert not TimeOff.objects.exists()
        assert not WorkingHours.objects.filter(weekday=4).exists()
