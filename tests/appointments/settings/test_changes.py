"""The rules of Schedule Settings."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from appointments import local_time
from appointments.models import Provider, TimeOff, VisitType, WorkingHours
from appointments.settings import changes
from audit.models import AuditEvent
from audit.trail import Actor
from practice.edit_conflicts import Stale, fingerprint
from practice.models import Practice
from tests.appointments.settings import samples
from tests.appointments.settings.samples import DAY, MORNING
from tests.portal import steps

pytestmark = pytest.mark.postgres

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def by(administrator):
    return Actor(administrator, "192.0.2.1")


@pytest.fixture
def vale(db):
    return samples.provider()


def local(*parts):
    return datetime(*parts, tzinfo=NEW_YORK)


class TestGrid:
    @pytest.mark.parametrize("minutes", [5, 10])
    def test_is_set_where_no_settings_were_saved_yet(self, by, minutes):
        changes.set_grid(by=by, minutes=minutes)
        assert Practice.current().grid_minutes == minutes
        assert samples.noted() == [{"changed": "grid", "minutes": minutes}]
        line = AuditEvent.objects.get()
        assert (line.user, line.address, line.patient_id) == (by.user, "192.0.2.1", None)

    def test_leaves_the_other_settings_alone(self, by):
        Practice.objects.create(pk=1, name="Sunnyside Pediatrics", pin_lifetime_days=7)
        changes.set_grid(by=by, minutes=10)
        practice = Practice.objects.get()
        assert (practice.name, practice.pin_lifetime_days, practice.grid_minutes) == ("Sunnyside Pediatrics", 7, 10)

    def test_nothing_is_noted_where_nothing_changes(self, by):
        changes.set_grid(by=by, minutes=15)
        assert samples.noted() == []

    @pytest.mark.parametrize("minutes", [0, 7, 60, -5])
    def test_other_lengths_are_refused(self, by, minutes):
        before = steps.everything_but()
        with pytest.raises(ValidationError):
            changes.set_grid(by=by, minutes=minutes)
        assert steps.everything_but() == before


class TestVisitType:
    def test_is_added(self, by):
        made = changes.save_visit_type(by=by, visit_type=VisitType(name="Well visit", minutes=30, color="teal"))
        assert VisitType.objects.get() == made
        assert samples.noted() == [{"visit_type": made.pk, "changed": "added"}]

    def test_is_changed_and_the_trail_names_the_fields(self, by):
        stored = samples.visit_type()
        seen = fingerprint(stored)
        stored.minutes, stored.color = 20, "rose"
        changes.save_visit_type(by=by, visit_type=stored, seen=seen)
        assert VisitType.objects.values_list("name", "minutes", "color").get() == ("Well visit", 20, "rose")
        assert samples.noted() == [{"visit_type": stored.pk, "changed": "minutes,color"}]

    def test_nothing_is_noted_where_nothing_changes(self, by):
        stored = samples.visit_type()
        changes.save_visit_type(by=by, visit_type=stored, seen=fingerprint(stored))
        assert samples.noted() == []

    def test_is_not_saved_over_what_a_colleague_saved(self, by):
        stored = samples.visit_type()
        seen = fingerprint(stored)
        VisitType.objects.update(minutes=45)
        stored.minutes = 20
        with pytest.raises(Stale):
            changes.save_visit_type(by=by, visit_type=stored, seen=seen)
        assert VisitType.objects.get().minutes == 45
        assert samples.noted() == []

    @pytest.mark.parametrize("name", ["Well visit", "WELL VISIT"])
    def test_has_a_name_of_its_own(self, by, name):
        samples.visit_type()
        with pytest.raises(ValidationError, match="Another visit type has this name"):
            changes.save_visit_type(by=by, visit_type=VisitType(name=name))
        assert VisitType.objects.count() == 1

    def test_can_change_the_capitals_of_its_own_name(self, by):
        stored = samples.visit_type()
        seen = fingerprint(stored)
        stored.name = "Well Visit"
        changes.save_visit_type(by=by, visit_type=stored, seen=seen)
        assert VisitType.objects.get().name == "Well Visit"

    @pytest.mark.parametrize("fields", [{"minutes": 4}, {"minutes": 481}, {"color": "pink"}, {"name": ""}])
    def test_that_the_database_would_refuse_is_refused_in_words(self, by, fields):
        with pytest.raises(ValidationError):
            changes.save_visit_type(by=by, visit_type=VisitType(**{"name": "Well visit", **fields}))
        assert not VisitType.objects.exists()

    def test_is_removed_and_appointments_keep_its_words(self, by, rivera):
        stored = samples.visit_type()
        visit = samples.appointment(rivera.mateo, timezone.now(), visit_type="Well visit")
        number = stored.pk
        changes.remove_visit_type(by=by, visit_type=stored)
        visit.refresh_from_db()
        assert visit.visit_type == "Well visit"
        assert not VisitType.objects.exists()
        assert samples.noted() == [{"visit_type": number, "changed": "removed"}]


class TestProvider:
    def test_is_added_with_hours(self, by):
        made = changes.save_provider(by=by, provider=Provider(name="Dr. Iris Vale"), week={0: DAY, 5: MORNING})
        assert samples.rows(made) == [
            (0, time(8), time(12)),
            (0, time(13), time(17)),
            (5, time(9), time(12)),
        ]
        assert samples.noted() == [{"provider": made.pk, "changed": "added,hours"}]

    def test_is_added_without_hours(self, by):
        made = changes.save_provider(by=by, provider=Provider(name="Dr. Iris Vale"), week={})
        assert samples.rows(made) == []
        assert samples.noted() == [{"provider": made.pk, "changed": "added"}]

    def test_hours_that_stay_keep_their_rows(self, by, vale):
        kept = set(vale.working_hours.values_list("pk", flat=True))
        week = {0: DAY, 1: MORNING}
        changes.save_provider(by=by, provider=vale, week=week, seen=changes.fingerprint_of_provider(vale))
        assert kept < set(vale.working_hours.values_list("pk", flat=True))
        assert samples.noted() == [{"provider": vale.pk, "changed": "hours"}]

    def test_hours_are_taken_away_and_replaced(self, by, vale):
        longer = [(time(8), time(14))]  # begins where another row did
        changes.save_provider(by=by, provider=vale, week={0: longer, 1: []}, seen=changes.fingerprint_of_provider(vale))
        assert samples.rows(vale) == [(0, time(8), time(14))]

    def test_hours_of_others_are_left_alone(self, by, vale):
        other = samples.provider("Dr. Otto Reyes")
        changes.save_provider(by=by, provider=vale, week={}, seen=changes.fingerprint_of_provider(vale))
        assert samples.rows(vale) == []
        assert len(samples.rows(other)) == 2

    def test_name_and_state_are_changed(self, by, vale):
        seen = changes.fingerprint_of_provider(vale)
        vale.name, vale.is_active = "Dr. Iris Vale-Kim", False
        changes.save_provider(by=by, provider=vale, week={0: DAY}, seen=seen)
        assert Provider.objects.values_list("name", "is_active").get() == ("Dr. Iris Vale-Kim", False)
        assert samples.noted() == [{"provider": vale.pk, "changed": "name,is_active"}]

    def test_nothing_is_noted_where_nothing_changes(self, by, vale):
        changes.save_provider(by=by, provider=vale, week={0: DAY}, seen=changes.fingerprint_of_provider(vale))
        assert samples.noted() == []

    @pytest.mark.parametrize("what", ["name", "hours"])
    def test_is_not_saved_over_what_a_colleague_saved(self, by, vale, what):
        seen = changes.fingerprint_of_provider(vale)
        if what == "name":
            Provider.objects.update(name="Dr. Iris Kim")
        else:
            WorkingHours.objects.create(provider=vale, weekday=1, starts=time(8), ends=time(9))
        before = steps.everything_but()
        with pytest.raises(Stale):
            changes.save_provider(by=by, provider=vale, week={}, seen=seen)
        assert steps.everything_but() == before

    @pytest.mark.parametrize(
        "spans", [[(time(12), time(8))], [(time(8), time(8))], [(time(8), time(12)), (time(11), time(13))]]
    )
    def test_hours_that_make_no_sense_are_refused_as_a_whole(self, by, vale, spans):
        seen, before = changes.fingerprint_of_provider(vale), steps.everything_but()
        vale.name = "Dr. Iris Kim"
        with pytest.raises(ValidationError):
            changes.save_provider(by=by, provider=vale, week={0: spans}, seen=seen)
        assert steps.everything_but() == before


class TestTimeOff:
    @pytest.fixture
    def starts(self):
        return timezone.now() + timedelta(days=7)

    def test_is_added(self, by, vale, starts):
        off = TimeOff(provider=vale, starts=starts, ends=starts + timedelta(days=1), reason="Vacation")
        changes.add_time_off(by=by, time_off=off)
        assert list(changes.current_and_future_time_off(now=timezone.now())) == [off]
        assert samples.noted() == [{"time_off": off.pk, "provider": vale.pk, "changed": "added"}]

    def test_is_added_for_the_whole_practice(self, by, starts):
        off = TimeOff(provider=None, starts=starts, ends=starts + timedelta(days=1), reason="Holiday")
        changes.add_time_off(by=by, time_off=off)
        assert samples.noted() == [{"time_off": off.pk, "provider": None, "changed": "added"}]

    @pytest.mark.parametrize(
        ("begins", "lasts", "reason"),
        [(7, 0, "Vacation"), (7, -1, "Vacation"), (-2, 1, "Vacation"), (7, 1, ""), (7, 1, "x" * 101)],
    )
    def test_that_makes_no_sense_is_refused(self, by, begins, lasts, reason):
        starts = timezone.now() + timedelta(days=begins)
        before = steps.everything_but()
        with pytest.raises(ValidationError):
            changes.add_time_off(
                by=by, time_off=TimeOff(starts=starts, ends=starts + timedelta(days=lasts), reason=reason)
            )
        assert steps.everything_but() == before

    def test_is_removed(self, by, vale):
        off = samples.time_off(vale)
        number = off.pk
        changes.remove_time_off(by=by, time_off=off)
        assert not TimeOff.objects.exists()
        assert samples.noted() == [{"time_off": number, "provider": vale.pk, "changed": "removed"}]

    def test_what_is_over_is_not_to_come(self, db):
        samples.time_off(days_ahead=-7)
        under_way = samples.time_off(days_ahead=-1, days=3)
        assert list(changes.current_and_future_time_off(now=timezone.now())) == [under_way]

    def test_counts_booked_appointments(self, vale, rivera, oneil, starts):
        off = samples.time_off(vale)
        other = samples.provider("Dr. Otto Reyes")

        def book(minutes, *, whose=vale, duration=15, **fields):
            start = off.starts + timedelta(minutes=minutes)
            samples.appointment(rivera.mateo, start, whose=whose, duration=duration, **fields)

        book(0)
        book(60, status="arrived", arrival_time=timezone.now())
        book(-10)  # reaches into it
        book(-15)  # ends as it begins
        book(24 * 60)  # begins as it ends
        book(60, whose=other)
        book(120, status="cancelled", cancel_reason="Family called")
        book(120, status="no_show")
        book(120, status="checked_out", arrival_time=timezone.now())
        assert changes.visits_during(off) == 3
        off.provider = None
        assert changes.visits_during(off) == 4

    @pytest.mark.parametrize(
        ("starts", "ends", "words"),
        [
            ((2027, 3, 15), (2027, 3, 16), "Mon, Mar 15, 2027"),
            ((2027, 3, 15), (2027, 3, 20), "Mon, Mar 15, 2027 – Fri, Mar 19, 2027"),
            ((2027, 3, 14), (2027, 3, 15), "Sun, Mar 14, 2027"),  # of 23 hours
            ((2027, 3, 15, 13), (2027, 3, 15, 17), "Mon, Mar 15, 2027, 1:00 PM – 5:00 PM"),
            ((2027, 3, 15, 13), (2027, 3, 16), "Mon, Mar 15, 2027, 1:00 PM – end of the day"),
            ((2027, 3, 15), (2027, 3, 15, 12), "Mon, Mar 15, 2027, until 12:00 PM"),
            ((2027, 3, 15, 13), (2027, 3, 17, 12), "Mon, Mar 15, 2027, 1:00 PM – Wed, Mar 17, 2027, 12:00 PM"),
            ((2027, 3, 15), (2027, 3, 17, 12), "Mon, Mar 15, 2027 – Wed, Mar 17, 2027, 12:00 PM"),
        ],
    )
    def test_says_when(self, starts, ends, words):
        stored = TimeOff(starts=local(*starts).astimezone(UTC), ends=local(*ends).astimezone(UTC), reason="Vacation")
        assert changes.time_off_in_words(stored) == words

    def test_says_when_where_midnight_comes_late(self, settings):
        """In Santiago the clocks jump over midnight in September."""
        settings.TIME_ZONE = "America/Santiago"
        day = datetime(2026, 9, 6, tzinfo=UTC).date()
        first, after = local_time.bounds(day)
        stored = TimeOff(starts=first.astimezone(UTC), ends=after.astimezone(UTC), reason="Holiday")
        assert changes.time_off_in_words(stored) == "Sun, Sep 6, 2026"


def test_still_to_come(vale, rivera):
    now = timezone.now()
    for days in (-1, 1, 2):
        samples.appointment(rivera.mateo, now + timedelta(days=days), whose=vale)
    samples.appointment(
        rivera.mateo, now + timedelta(days=3), whose=vale, status="cancelled", cancel_reason="Family called"
    )
    assert changes.future_visits(vale, now=now) == 2


def test_a_change_without_its_line_in_the_trail_is_no_change(by, vale):
    """The audit trail refuses the line of an unknown user, so nothing is saved."""
    by.user.pk = None
    seen = changes.fingerprint_of_provider(vale)
    with pytest.raises((ValueError, IntegrityError)):
        changes.save_provider(by=by, provider=vale, week={}, seen=seen)
    assert len(samples.rows(vale)) == 2
