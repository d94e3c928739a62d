"""The calendar's table: lanes, free places, and a cell for every row of every column."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from appointments import local_time
from appointments.calendar import grid
from appointments.calendar.grid import Block, Slot, Span
from appointments.models import Appointment
from tests.appointments.schedules import on

OPENING = on("2026-11-25", 8)
SPRING, AUTUMN = date(2027, 3, 14), date(2026, 11, 1)


def after(minutes):
    return OPENING + timedelta(minutes=minutes)


def column(*places, hours=None, off=(), opening=OPENING):
    """A column with visits at these places: (minutes after opening, minutes long)."""
    visits = [
        Appointment(pk=number, start=opening + timedelta(minutes=start), duration=minutes)
        for number, (start, minutes) in enumerate(places, 1)
    ]
    return grid.Column("Dr. Feldman", None, opening, visits, hours, off)


def build(*columns, minutes=60, slot=15):
    return grid.build(columns, length=timedelta(minutes=minutes), slot=timedelta(minutes=slot))


def spread(built):
    """The cell at every row and lane, as a browser lays out the table. Fails for a gap and for a double cover."""
    width = sum(head.lanes for head in built.heads)
    matrix = [[None] * width for _ in built.rows]
    for number, row in enumerate(built.rows):
        lane = 0
        for cell in row.cells:
            while lane < width and matrix[number][lane] is not None:
                lane += 1
            for below in range(number, number + cell.rows):
                for beside in range(lane, lane + cell.width):
                    assert matrix[below][beside] is None
                    matrix[below][beside] = cell
    assert all(None not in row for row in matrix)
    return matrix


def drawn(built):
    """The table in letters: a letter for each visit, a dot where it is free; a line for each row."""
    return [
        "".join(chr(64 + cell.visit.pk) if isinstance(cell, Block) else "." for cell in row) for row in spread(built)
    ]


def slots(built):
    """The free places as (minutes after opening, minutes long)."""
    return [
        ((cell.start - OPENING) // timedelta(minutes=1), cell.rows * 5)
        for row in built.rows
        for cell in row.cells
        if isinstance(cell, Slot)
    ]


# --- Lanes ---------------------------------------------------------------------------------------


def test_without_visits_it_is_slots_alone():
    built = build(column())
    assert slots(built) == [(0, 15), (15, 15), (30, 15), (45, 15)]
    assert built.heads[0].lanes == 1


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([(0, 15), (15, 15)], ["A", "A", "A", "B", "B", "B"]),
        ([(0, 15), (5, 15)], ["A.", "AB", "AB", ".B", "..", ".."]),
        ([(0, 10), (0, 15)], ["BA", "BA", "B.", "..", "..", ".."]),
        ([(0, 15), (0, 15), (5, 10)], ["AB.", "ABC", "ABC", "...", "...", "..."]),
        # The third does not touch the first, and takes its lane.
        ([(0, 15), (10, 15), (20, 10)], ["A.", "A.", "AB", ".B", "CB", "C."]),
        ([(0, 15), (10, 15), (15, 10)], ["A.", "A.", "AB", "CB", "CB", ".."]),
        # Beside three at once, a single visit takes the whole width.
        ([(0, 5), (0, 5), (0, 5), (10, 10)], ["ABC", "...", "DDD", "DDD", "...", "..."]),
        ([(0, 5), (0, 5), (0, 5), (10, 10), (15, 5)], ["ABC", "...", "D..", "DEE", "...", "..."]),
        # What does not begin on a row takes all the rows it touches.
        ([(2, 5), (7, 5)], ["A.", "AB", ".B", "..", "..", ".."]),
        ([(5, 1)], [".", "A", ".", ".", ".", "."]),
        ([(20, 600)], [".", ".", ".", ".", "A", "A"]),
    ],
)
def test_visits_that_overlap_stand_side_by_side(places, expected):
    assert drawn(build(column(*places), minutes=30)) == expected


def test_lanes_of_one_column_are_no_matter_of_the_next():
    built = build(column((0, 10), (5, 10)), column((5, 5)), minutes=15)
    assert [head.lanes for head in built.heads] == [2, 1]
    assert drawn(built) == ["A..", "ABA", ".B."]
    assert [cell.column for cell in spread(built)[1]] == [0, 0, 1]


PLACES = st.lists(st.tuples(st.integers(0, 299), st.integers(1, 200)), max_size=12)
SPANS = st.lists(st.tuples(st.integers(-30, 330), st.integers(1, 200)), max_size=3)


@st.composite
def columns(draw):
    def spans(words):
        return [Span(after(start), after(start + long), words) for start, long in draw(SPANS)]

    return column(*draw(PLACES), hours=(draw(st.sampled_from([True, False])) and spans("")) or None, off=spans("Off"))


@given(st.lists(columns(), min_size=1, max_size=3), st.sampled_from([5, 10, 15]))
def test_every_place_is_covered_once_and_every_visit_is_there(given_columns, slot):
    built = build(*given_columns, minutes=300, slot=slot)
    matrix = spread(built)
    left = 0
    for number, (head, own) in enumerate(zip(built.heads, given_columns, strict=True)):
        lanes = range(left, left + head.lanes)
        left += head.lanes
        assert {row[lane].column for row in matrix for lane in lanes} == {number}
        for visit in own.visits:
            covered = {
                row
                for row, cells in enumerate(matrix)
                for lane in lanes
                if isinstance(cells[lane], Block) and cells[lane].visit is visit
            }
            first = (visit.start - OPENING) // grid.STEP
            last = min(-((OPENING - visit.end) // grid.STEP), 60)
            assert covered == set(range(first, last))
    for number, row in enumerate(built.rows):
        for cell in row.cells:
            if isinstance(cell, Slot):
                assert cell.start == row.start
                assert number % (slot // 5) + cell.rows <= slot // 5


# --- Free places ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slot", "expected"),
    [(5, [(0, 5), (20, 5), (25, 5)]), (10, [(0, 5), (20, 10)]), (15, [(0, 5), (20, 10)])],
)
def test_slots_end_at_visits_and_at_grid_lines(slot, expected):
    assert slots(build(column((5, 15)), minutes=30, slot=slot)) == expected


def test_slots_are_cut_where_hours_and_times_off_begin_and_end():
    off = [Span(after(35), after(40), "Meeting")]
    built = build(column(hours=[Span(after(5), after(55))], off=off))
    found = [
        ((cell.start - OPENING).seconds // 60, cell.rows * 5, cell.is_open, cell.off)
        for row in built.rows
        for cell in row.cells
    ]
    assert found == [
        (0, 5, False, ""),
        (5, 10, True, ""),
        (15, 15, True, ""),
        (30, 5, True, ""),
        (35, 5, False, "Meeting"),
        (40, 5, True, ""),
        (45, 10, True, ""),
        (55, 5, False, ""),
    ]


@pytest.mark.parametrize(("hours", "is_open"), [(None, True), ([], False)])
def test_hours_that_nobody_knows_are_open_and_a_day_without_hours_is_shut(hours, is_open):
    built = build(column(hours=hours))
    assert {cell.is_open for row in built.rows for cell in row.cells} == {is_open}


# --- Labels --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slot", "labels"),
    [
        (15, ["8:00 AM", "8:15 AM", "8:30 AM", "8:45 AM"]),
        (10, ["8:00 AM", "8:10 AM", "8:20 AM", "8:30 AM", "8:40 AM", "8:50 AM"]),
        (5, [f"8:{minute:02} AM" for minute in range(0, 60, 5)]),
    ],
)
def test_a_label_for_each_slot_of_the_grid(slot, labels):
    rows = build(column(), slot=slot).rows
    assert [row.label for row in rows if row.label] == labels
    assert [row.label_rows for row in rows if row.label] == [slot // 5] * len(labels)
    assert [row.start for row in rows if row.is_hour] == [OPENING]


@pytest.mark.parametrize(
    ("day", "rows", "first"),
    [
        (SPRING, 276, ["12:00 AM", "1:00 AM", "3:00 AM", "4:00 AM"]),
        (AUTUMN, 300, ["12:00 AM", "1:00 AM EDT", "1:00 AM EST", "2:00 AM"]),
        (date(2026, 11, 25), 288, ["12:00 AM", "1:00 AM", "2:00 AM", "3:00 AM"]),
    ],
)
@pytest.mark.parametrize("slot", [5, 10, 15])
def test_a_day_has_as_many_rows_as_hours(day, rows, first, slot):
    opening, closing = local_time.bounds(day)
    minutes = (closing - opening) // timedelta(minutes=1)
    built = build(column((150, 30), opening=opening), minutes=minutes, slot=slot)
    assert len(spread(built)) == rows
    assert [row.label for row in built.rows if row.is_hour][:4] == first
    assert [row.label for row in built.rows if row.is_hour][-1] == "11:00 PM"
    assert sum(row.label_rows for row in built.rows) == rows
    assert built.rows[-1].start + grid.STEP == closing
    assert all(timezone.localdate(row.start) == day for row in built.rows)
