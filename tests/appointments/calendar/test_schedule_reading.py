"""What the calendar reads for a day, a week and a month."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from appointments import local_time
from appointments.calendar.grid import Block
from appointments.calendar.schedule import Filters, read_day, read_month, read_provider_week, read_week, week_start
from appointments.models import Location, Provider, TimeOff, VisitType
from tests.appointments import schedules
from tests.appointments.schedules import Status, on, works

pytestmark = pytest.mark.postgres

WEDNESDAY = date(2026, 11, 25)
SUNDAY = date(2026, 11, 22)
SPRING, AUTUMN = date(2027, 3, 14), date(2026, 11, 1)


def read(day=WEDNESDAY, **filters):
    return read_day(day, filters=Filters(**filters), slot_minutes=15)


def labels(day):
    return [head.column.label for head in day.grid.heads] if day.grid else []


def names(visits):
    return [visit.patient.given_name for visit in visits]


def clocks(day):
    """What the clocks show at the first row and after the last."""
    rows = day.grid.rows
    first, last = timezone.localtime(rows[0].start), timezone.localtime(rows[-1].start + timedelta(minutes=5))
    return f"{first:%H:%M}", f"{last:%H:%M}"


def off(first, last, reason="Holiday", whose=None):
    return TimeOff.objects.create(provider=whose, starts=first, ends=last, reason=reason)


def whole(day, **fields):
    return off(*local_time.bounds(day), **fields)


# --- Day: columns --------------------------------------------------------------------------------


def test_columns_are_who_works_and_who_is_visited(feldman, raman, rivera):
    works(feldman, weekdays=[2])
    works(raman, weekdays=[3])
    idle = Provider.objects.create(name="Dr. Idle")
    assert labels(read()) == ["Dr. Feldman"]
    schedules.visit(rivera.mateo, on("2026-11-25", 9), raman)
    schedules.visit(rivera.sofia, on("2026-11-26", 9), idle)
    assert labels(read()) == ["Dr. Feldman", "Dr. Raman"]


def test_an_inactive_provider_is_there_only_when_visited(feldman, rivera):
    works(feldman)
    Provider.objects.update(is_active=False)
    assert read().grid is None
    schedules.visit(rivera.mateo, on("2026-11-25", 9), feldman)
    assert labels(read()) == ["Dr. Feldman"]


def test_no_provider_is_the_last_column_and_only_where_needed(feldman, rivera):
    works(feldman)
    assert labels(read()) == ["Dr. Feldman"]
    schedules.visit(rivera.mateo, on("2026-11-25", 9))
    day = read()
    assert labels(day) == ["Dr. Feldman", "No provider"]
    assert [names(head.column.visits) for head in day.grid.heads] == [[], ["Mateo"]]


def test_nobody_works_and_nobody_comes(feldman):
    day = read()
    assert (day.grid, day.visits, day.closed) == (None, [], "")


def test_filters(feldman, raman, rivera, office):
    works(feldman)
    well = VisitType.objects.create(name="Well visit")
    other = Location.objects.create(name="North")
    schedules.visit(rivera.mateo, on("2026-11-25", 9), feldman, location=office, visit_type="Well visit")
    schedules.visit(rivera.sofia, on("2026-11-25", 10), raman, location=other)
    schedules.visit(rivera.baby, on("2026-11-25", 11), location=office)
    assert names(read().visits) == ["Mateo", "Sofia", "Baby Boy"]
    assert names(read(location=office).visits) == ["Mateo", "Baby Boy"]
    assert labels(read(location=other)) == ["Dr. Feldman", "Dr. Raman"]
    assert names(read(visit_type=well).visits) == ["Mateo"]
    assert (names(read(providers=[raman]).visits), labels(read(providers=[raman]))) == (["Sofia"], ["Dr. Raman"])
    assert names(read(providers=[feldman, raman]).visits) == ["Mateo", "Sofia"]
    assert read(providers=[raman], location=office).visits == []


def test_a_provider_who_was_asked_for_is_shown_although_away(feldman, raman):
    works(feldman)
    assert labels(read(providers=[raman])) == ["Dr. Raman"]


# --- Day: hours ----------------------------------------------------------------------------------


def test_it_opens_with_the_first_and_closes_with_the_last(feldman, raman):
    works(feldman, starts=time(8, 30), ends=time(12))
    works(raman, starts=time(10), ends=time(16, 15))
    assert clocks(read()) == ("08:00", "17:00")


def test_visits_outside_the_hours_widen_the_day(feldman, rivera):
    works(feldman)
    schedules.visit(rivera.mateo, on("2026-11-25", 6, 50), feldman)
    schedules.visit(rivera.sofia, on("2026-11-25", 17, 50), feldman, duration=30)
    assert clocks(read()) == ("06:00", "19:00")


def test_a_visit_past_midnight_ends_with_the_day(feldman, rivera):
    schedules.visit(rivera.mateo, on("2026-11-25", 23, 30), feldman, duration=120)
    day = read()
    assert clocks(day) == ("23:00", "00:00")
    (block,) = [cell for row in day.grid.rows for cell in row.cells if isinstance(cell, Block)]
    assert block.rows == 6


def test_a_provider_without_visits_or_hours_shows_the_usual_day(feldman):
    assert clocks(read(providers=[feldman])) == ("08:00", "17:00")


@pytest.mark.parametrize(
    ("start", "is_there"),
    [
        (datetime(2026, 11, 25, 4, 59, tzinfo=UTC), False),  # Tuesday, 11:59 PM
        (datetime(2026, 11, 25, 5, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 26, 4, 59, tzinfo=UTC), True),  # already Thursday in UTC
        (datetime(2026, 11, 26, 5, 0, tzinfo=UTC), False),
    ],
)
def test_a_day_is_the_practice_s_and_not_utc_s(rivera, start, is_there):
    schedules.visit(rivera.mateo, start)
    assert (names(read().visits) == ["Mateo"]) == is_there
    cells = [each for each_week in read_month(date(2026, 11, 1), filters=Filters()) for each in each_week]
    assert (next(each for each in cells if each.day == WEDNESDAY).visits == 1) == is_there


def test_a_closed_practice_says_why(feldman):
    works(feldman)
    whole(WEDNESDAY, reason="Thanksgiving")
    day = read()
    assert day.closed == "Thanksgiving"
    assert {cell.off for row in day.grid.rows for cell in row.cells} == {"Thanksgiving"}
    assert read(WEDNESDAY + timedelta(days=1)).closed == ""


def test_a_provider_s_own_time_off_closes_nobody_else(feldman, raman):
    for provider in (feldman, raman):
        works(provider)
    off(on("2026-11-25", 12), on("2026-11-27", 9), reason="Vacation", whose=feldman)
    day = read()
    found = {(cell.column, cell.off) for row in day.grid.rows for cell in row.cells}
    assert (day.closed, found) == ("", {(0, ""), (0, "Vacation"), (1, "")})


@pytest.mark.parametrize(("day", "rows"), [(SPRING, 276), (AUTUMN, 300)])
def test_days_of_23_and_25_hours(feldman, rivera, day, rows):
    works(feldman, starts=time(0), ends=time(23, 59))
    start, end = local_time.bounds(day)
    schedules.visit(rivera.mateo, start, feldman)
    schedules.visit(rivera.sofia, end - timedelta(minutes=15), feldman)
    schedules.visit(rivera.baby, end, feldman)
    found = read(day)
    assert names(found.visits) == ["Mateo", "Sofia"]
    assert len(found.grid.rows) == rows
    blocks = [
        (number, cell.rows)
        for number, row in enumerate(found.grid.rows)
        for cell in row.cells
        if isinstance(cell, Block)
    ]
    assert blocks == [(0, 3), (rows - 3, 3)]


def test_hours_that_the_clocks_jump_over_begin_when_they_have(feldman):
    works(feldman, starts=time(2, 30), ends=time(10))
    assert clocks(read(SPRING)) == ("03:00", "10:00")


def test_the_hour_that_comes_twice_has_a_place_for_both(feldman, rivera):
    schedules.visit(rivera.mateo, local_time.at(AUTUMN, time(1, 30)), feldman)
    schedules.visit(rivera.sofia, local_time.at(AUTUMN, time(1, 30), second=True), feldman)
    rows = read(AUTUMN).grid.rows
    assert [number for number, row in enumerate(rows) for cell in row.cells if isinstance(cell, Block)] == [6, 18]


# --- Week ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "sunday"),
    [("2026-11-22", "2026-11-22"), ("2026-11-25", "2026-11-22"), ("2026-11-28", "2026-11-22"), ("2026-11-29",) * 2],
)
def test_the_week_begins_on_sunday(day, sunday):
    assert week_start(date.fromisoformat(day)) == date.fromisoformat(sunday)


def test_a_week_lists_each_provider_s_days(feldman, raman, rivera):
    works(feldman, weekdays=[0])
    works(raman, weekdays=[2])
    whole(WEDNESDAY, whose=raman, reason="Vacation")
    schedules.visit(rivera.mateo, on("2026-11-23", 9), feldman)
    schedules.visit(rivera.sofia, on("2026-11-28", 23, 45))
    schedules.visit(rivera.baby, on("2026-11-29", 0))
    schedules.visit(rivera.carmen, on("2026-11-21", 23, 45), feldman)
    found = read_week(SUNDAY, filters=Filters())
    assert found.days == [SUNDAY + timedelta(days=number) for number in range(7)]
    assert [row.provider for row in found.rows] == [feldman, raman, None]
    assert [[names(cell.visits) for cell in row.cells] for row in found.rows] == [
        [[], ["Mateo"], [], [], [], [], []],
        [[]] * 7,
        [[]] * 6 + [["Sofia"]],
    ]
    assert [cell.works for cell in found.rows[0].cells] == [False, True, False, False, False, False, False]
    assert [cell.off for cell in found.rows[1].cells] == ["", "", "", "Vacation", "", "", ""]


def test_a_week_of_one_provider_is_a_column_per_day(feldman, rivera):
    works(feldman, weekdays=[0, 2])
    schedules.visit(rivera.mateo, on("2026-11-25", 9), feldman)
    found = read_provider_week(SUNDAY, provider=feldman, filters=Filters(providers=[feldman]), slot_minutes=15)
    assert labels(found) == ["Sun 22", "Mon 23", "Tue 24", "Wed 25", "Thu 26", "Fri 27", "Sat 28"]
    assert [names(head.column.visits) for head in found.grid.heads] == [[], [], [], ["Mateo"], [], [], []]
    open_in = {cell.column for row in found.grid.rows for cell in row.cells if getattr(cell, "is_open", False)}
    assert open_in == {1, 3}


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_a_week_with_a_change_of_the_clocks_begins_each_day_at_eight(feldman, rivera, day):
    works(feldman)
    schedules.visit(rivera.mateo, local_time.at(day, time(9)), feldman)
    schedules.visit(rivera.sofia, local_time.at(day + timedelta(days=1), time(9)), feldman)
    found = read_provider_week(day, provider=feldman, filters=Filters(providers=[feldman]), slot_minutes=15)
    openings = {f"{timezone.localtime(head.column.opening):%H:%M}" for head in found.grid.heads}
    assert openings == {"08:00"}
    rows = [number for number, row in enumerate(found.grid.rows) for cell in row.cells if isinstance(cell, Block)]
    assert rows == [12, 12]


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_a_week_that_opens_at_night_still_has_its_mornings_beside_their_labels(feldman, rivera, day):
    schedules.visit(rivera.mateo, local_time.at(day, time(9)), feldman)
    schedules.visit(rivera.sofia, local_time.at(day + timedelta(days=1), time(1)), feldman)
    found = read_provider_week(day, provider=feldman, filters=Filters(providers=[feldman]), slot_minutes=15)
    labels_at = [row.label for row in found.grid.rows]
    rows = [number for number, row in enumerate(found.grid.rows) for cell in row.cells if isinstance(cell, Block)]
    assert [(row, labels_at[row][:7]) for row in rows] == [(0, "1:00 AM"), (96, "9:00 AM")]


# --- Month ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "start", "end", "weeks"),
    [
        ("2026-11-01", "2026-11-01", "2026-12-05", 5),  # begins on a Sunday
        ("2026-10-01", "2026-09-27", "2026-10-31", 5),  # ends on a Saturday
        ("2026-08-01", "2026-07-26", "2026-09-05", 6),
        ("2026-02-01", "2026-02-01", "2026-02-28", 4),
        ("2028-02-01", "2028-01-30", "2028-03-04", 5),
        ("2026-12-01", "2026-11-29", "2027-01-02", 5),
    ],
)
def test_a_month_is_whole_weeks(db, first, start, end, weeks):
    month = date.fromisoformat(first)
    found = read_month(month, filters=Filters())
    days = [each.day for each_week in found for each in each_week]
    assert len(found) == weeks
    assert days == [date.fromisoformat(start) + timedelta(days=number) for number in range(weeks * 7)]
    assert days[-1] == date.fromisoformat(end)
    assert all(each.is_in_month == (each.day.month == month.month) for each_week in found for each in each_week)


def test_a_month_counts_who_is_to_come(feldman, raman, rivera):
    for status in Status:
        schedules.visit(rivera.mateo, on("2026-11-25", 9), feldman, status=status)
    schedules.visit(rivera.mateo, on("2026-11-25", 9), raman)
    schedules.visit(rivera.mateo, on("2026-11-25", 9))
    schedules.visit(rivera.mateo, on("2026-11-24", 9), status=Status.CANCELLED)
    whole(date(2026, 11, 26), reason="Thanksgiving")
    cells = {
        each.day.day: each
        for each_week in read_month(date(2026, 11, 1), filters=Filters())
        for each in each_week
        if each.is_in_month
    }
    assert (cells[25].visits, cells[25].providers) == (7, 2)
    assert (cells[24].visits, cells[24].providers) == (0, 0)
    assert [number for number, each in cells.items() if each.off] == [26]
    only = [
        each for each_week in read_month(date(2026, 11, 1), filters=Filters(providers=[raman])) for each in each_week
    ]
    assert sum(each.visits for each in only) == 1
