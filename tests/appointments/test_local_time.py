"""Days of 23 and 25 hours, midnight, and times that the clocks skip or show twice."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from appointments import local_time

SPRING, AUTUMN = date(2027, 3, 14), date(2026, 11, 1)  # in New York
# Which change at midnight itself, by half an hour, never, and on the other side of the year.
ZONES = [
    "America/New_York",
    "America/Santiago",
    "America/Havana",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Asia/Beirut",
]
minutes = st.integers(0, 24 * 60 - 1).map(lambda number: time(number // 60, number % 60))
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(second=0, microsecond=0)
)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


# --- New York ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "first", "hours"),
    [
        (date(2026, 7, 1), utc(2026, 7, 1, 4), 24),
        (date(2026, 11, 25), utc(2026, 11, 25, 5), 24),
        (SPRING, utc(2027, 3, 14, 5), 23),
        (AUTUMN, utc(2026, 11, 1, 4), 25),
    ],
)
def test_a_day_has_as_many_hours_as_it_has(day, first, hours):
    begins, ends = local_time.bounds(day)
    assert begins == first
    assert ends - begins == timedelta(hours=hours)


def test_midnight_is_the_practice_s_and_not_that_of_utc():
    begins, ends = local_time.bounds(date(2026, 11, 25))
    assert begins <= utc(2026, 11, 26, 4, 59) < ends
    assert not begins <= utc(2026, 11, 25, 4, 59) < ends


@pytest.mark.parametrize("jumped", [time(2), time(2, 30), time(2, 59)])
def test_spring_jumps_over_an_hour(jumped):
    with pytest.raises(local_time.NoSuchTime, match=f"{jumped:%H:%M} does not exist on 2027-03-14"):
        local_time.at(SPRING, jumped)
    with pytest.raises(local_time.NoSuchTime):
        local_time.at(SPRING, jumped, second=True)
    assert not local_time.comes_twice(SPRING, jumped)


def test_spring_goes_on_from_two_to_three():
    assert (
        local_time.at(SPRING, time(1, 59)) + timedelta(minutes=1)
        == local_time.at(SPRING, time(3))
        == utc(2027, 3, 14, 7)
    )


@pytest.mark.parametrize(("shown", "twice"), [(time(0, 59), False), (time(1), True), (time(1, 59), True), (time(2), 0)])
def test_autumn_shows_an_hour_twice(shown, twice):
    assert local_time.comes_twice(AUTUMN, shown) == twice
    first, second = local_time.at(AUTUMN, shown), local_time.at(AUTUMN, shown, second=True)
    assert second - first == timedelta(hours=1 if twice else 0)
    assert not local_time.is_second(first)
    assert local_time.is_second(second) == twice


def test_on_other_days_no_time_comes_twice():
    assert not local_time.comes_twice(date(2026, 11, 2), time(1, 30))


# --- Zones that change at midnight itself ---------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "first", "hours"),
    [
        # The day begins at one o'clock.
        ("America/Santiago", date(2026, 9, 6), utc(2026, 9, 6, 4), 23),
        ("Africa/Cairo", date(2026, 4, 24), utc(2026, 4, 23, 22), 23),
        # The last hour comes twice.
        ("America/Santiago", date(2026, 4, 4), utc(2026, 4, 4, 3), 25),
        ("Africa/Cairo", date(2026, 10, 29), utc(2026, 10, 28, 21), 25),
        # Midnight itself comes twice: the day begins with the first.
        ("America/Havana", date(2026, 11, 1), utc(2026, 11, 1, 4), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), utc(2026, 4, 4, 13), 24.5),
    ],
)
def test_a_day_whose_midnight_is_none_or_two(settings, zone, day, first, hours):
    settings.TIME_ZONE = zone
    begins, ends = local_time.bounds(day)
    assert (begins, ends - begins) == (first, timedelta(hours=hours))
    assert timezone.localdate(begins) == day
    assert timezone.localdate(begins - timedelta(microseconds=1)) == day - timedelta(days=1)


def test_no_midnight_in_santiago(settings):
    settings.TIME_ZONE = "America/Santiago"
    with pytest.raises(local_time.NoSuchTime):
        local_time.at(date(2026, 9, 6), time.min)
    assert local_time.at(date(2026, 9, 6), time(1)) == local_time.bounds(date(2026, 9, 6))[0]


# --- Any time zone --------------------------------------------------------------------------------


@given(zone=st.sampled_from(ZONES), moment=moments)
def test_a_moment_is_found_again_by_what_the_clocks_show(zone, moment):
    with timezone.override(ZoneInfo(zone)):
        local = timezone.localtime(moment)
        assert local_time.at(local.date(), local.time(), second=local_time.is_second(moment)) == moment
        begins, ends = local_time.bounds(local.date())
        assert begins <= moment < ends
        assert local_time.is_second(moment) <= local_time.comes_twice(local.date(), local.time())


@given(zone=st.sampled_from(ZONES), day=days, shown=minutes)
def test_a_time_is_shown_as_it_was_said_or_refused(zone, day, shown):
    with timezone.override(ZoneInfo(zone)):
        try:
            moment = local_time.at(day, shown)
        except local_time.NoSuchTime:
            assert local_time.bounds(day)[1] - local_time.bounds(day)[0] < timedelta(hours=24)
            return
        local = timezone.localtime(moment)
        assert (local.date(), local.time()) == (day, shown)


@given(zone=st.sampled_from(ZONES), day=days)
def test_days_follow_each_other_without_gap(zone, day):
    with timezone.override(ZoneInfo(zone)):
        assert local_time.bounds(day)[1] == local_time.bounds(day + timedelta(days=1))[0]
