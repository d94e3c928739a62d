"""Lay out the calendar's table: a row every five minutes; visits and free slots are cells that span rows.

Rows count elapsed minutes from the opening of the column, so days of 23 and 25 hours are laid out correctly.
Visits that overlap are side by side, in lanes of their column.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from appointments import local_time
from appointments.models import Appointment, Provider

STEP = timedelta(minutes=5)  # height of a row


@dataclass(frozen=True)
class Span:
    """A period, end exclusive, with a reason if it is time off."""

    start: datetime
    end: datetime
    reason: str = ""


@dataclass(frozen=True)
class Column:
    """One provider on one day."""

    label: str
    provider: Provider | None
    opening: datetime
    visits: Sequence[Appointment]
    hours: Sequence[Span] | None  # None: unknown, so every slot counts as open
    off: Sequence[Span] = ()


@dataclass(frozen=True)
class Slot:
    """Free time. ``off`` is the reason of a time off; empty if there is none."""

    column: int
    start: datetime
    rows: int
    width: int
    is_open: bool
    off: str


@dataclass(frozen=True)
class Block:
    """A visit in the table."""

    column: int
    visit: Appointment
    rows: int
    width: int


@dataclass
class Row:
    """Five minutes. ``label`` is the local time, on rows where a slot of the grid begins."""

    start: datetime
    label: str = ""
    label_rows: int = 0
    cells: list[Slot | Block] = field(default_factory=list)

    @property
    def is_hour(self) -> bool:
        return timezone.localtime(self.start).minute == 0


@dataclass(frozen=True)
class Head:
    """The heading of a column. It spans all lanes."""

    column: Column
    lanes: int

    @property
    def lane_range(self) -> range:
        return range(self.lanes)


@dataclass(frozen=True)
class Grid:
    heads: list[Head]
    rows: list[Row]


def build(columns: Sequence[Column], *, length: timedelta, slot: timedelta) -> Grid:
    """Lay out these columns, each of ``length`` from its opening, with free time in pieces of ``slot``."""
    total, slot_rows = length // STEP, slot // STEP
    # Clocks change on Sunday, the first column of a week. The labels of the last column fit the other days.
    rows = [Row(start=columns[-1].opening + number * STEP) for number in range(total)]
    for number in range(0, total, slot_rows):
        rows[number].label = local_time.shown(rows[number].start)
        rows[number].label_rows = min(slot_rows, total - number)
    heads = []
    for number, column in enumerate(columns):
        lanes, cells = _column(column, number=number, total=total, slot_rows=slot_rows)
        heads.append(Head(column, lanes))
        for row, cell in cells:
            rows[row].cells.append(cell)
    return Grid(heads, rows)


@dataclass(frozen=True)
class _Placed:
    visit: Appointment
    first: int
    last: int  # exclusive
    lane: int


@dataclass(frozen=True)
class _Cluster:
    """Visits that overlap one another, directly or through a third."""

    placed: list[_Placed]
    first: int
    last: int
    lanes: int


def _column(column: Column, *, number: int, total: int, slot_rows: int) -> tuple[int, list[tuple[int, Slot | Block]]]:
    """Return the number of lanes, and the cells with the row each begins in, lane by lane."""
    clusters = _clusters(column, total)
    lanes = max((cluster.lanes for cluster in clusters), default=1)
    free = _Free(column, number=number, slot_rows=slot_rows)
    cells: list[tuple[int, Slot | Block]] = []
    row = 0
    for cluster in clusters:
        cells += free.between(row, cluster.first, width=lanes)
        cells += _cells(cluster, free, lanes=lanes, number=number)
        row = cluster.last
    return lanes, cells + free.between(row, total, width=lanes)


def _clusters(column: Column, total: int) -> list[_Cluster]:
    clusters: list[_Cluster] = []
    together: list[_Placed] = []
    for visit in sorted(column.visits, key=lambda each: (each.start, -each.duration, each.pk or 0)):
        first = min(max((visit.start - column.opening) // STEP, 0), total - 1)
        last = min(max(-((column.opening - visit.end) // STEP), first + 1), total)
        if together and first >= max(placed.last for placed in together):
            clusters.append(_cluster(together))
            together = []
        together.append(_Placed(visit, first, last, _free_lane(together, first)))
    return [*clusters, _cluster(together)] if together else clusters


def _free_lane(together: Iterable[_Placed], first: int) -> int:
    taken = {placed.lane for placed in together if placed.last > first}
    return next(lane for lane in range(len(taken) + 1) if lane not in taken)


def _cluster(placed: list[_Placed]) -> _Cluster:
    return _Cluster(
        placed,
        first=min(each.first for each in placed),
        last=max(each.last for each in placed),
        lanes=max(each.lane for each in placed) + 1,
    )


def _cells(cluster: _Cluster, free: "_Free", *, lanes: int, number: int) -> list[tuple[int, Slot | Block]]:
    """The visits of a cluster and the free time beside them. The last lane takes the remaining width."""
    by_row: dict[int, list[Slot | Block]] = defaultdict(list)
    for lane in range(cluster.lanes):
        width = 1 if lane < cluster.lanes - 1 else lanes - cluster.lanes + 1
        row = cluster.first
        for placed in (each for each in cluster.placed if each.lane == lane):
            for start, slot in free.between(row, placed.first, width=width):
                by_row[start].append(slot)
            by_row[placed.first].append(Block(number, placed.visit, placed.last - placed.first, width))
            row = placed.last
        for start, slot in free.between(row, cluster.last, width=width):
            by_row[start].append(slot)
    return [(row, cell) for row in sorted(by_row) for cell in by_row[row]]


class _Free:
    """The free time of a column, cut at grid lines and at the ends of working hours and time off."""

    def __init__(self, column: Column, *, number: int, slot_rows: int) -> None:
        self.column, self.number, self.slot_rows = column, number, slot_rows
        spans = [*(column.hours or ()), *column.off]
        self.cuts = {(moment - column.opening) // STEP for span in spans for moment in (span.start, span.end)}

    def between(self, first: int, last: int, *, width: int) -> list[tuple[int, Slot]]:
        cells = []
        row = first
        while row < last:
            grid_line = row - row % self.slot_rows + self.slot_rows
            until = min([grid_line, last, *(cut for cut in self.cuts if row < cut < grid_line)])
            cells.append((row, self._slot(row, until - row, width)))
            row = until
        return cells

    def _slot(self, row: int, rows: int, width: int) -> Slot:
        start = self.column.opening + row * STEP
        hours = self.column.hours
        is_open = hours is None or any(span.start <= start < span.end for span in hours)
        off = next((span.reason for span in self.column.off if span.start <= start < span.end), "")
        return Slot(self.number, start, rows, width, is_open and not off, off)
