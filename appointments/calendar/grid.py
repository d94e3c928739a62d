"""The calendar's table: a row every five minutes, visits and free slots as cells that span rows.

Rows are counted in real minutes from the column's opening, so that a day of 23 or 25 hours has as many
rows as it has hours. Visits that overlap stand side by side in lanes of their column.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from appointments import clock
from appointments.models import Appointment, Provider

STEP = timedelta(minutes=5)  # of a row


@dataclass(frozen=True)
class Span:
    """From one moment until another, and why where there is a reason."""

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
    hours: Sequence[Span] | None  # None: nothing is known, so any time is as good
    off: Sequence[Span] = ()


@dataclass(frozen=True)
class Slot:
    """A free place. ``off`` says why nobody should be booked there."""

    column: int
    start: datetime
    rows: int
    width: int
    is_open: bool
    off: str


@dataclass(frozen=True)
class Block:
    """A visit in its place."""

    column: int
    visit: Appointment
    rows: int
    width: int


@dataclass
class Row:
    """Five minutes. ``label``: what the clocks show, on the rows at which a slot of the grid begins."""

    start: datetime
    label: str = ""
    label_rows: int = 0
    cells: list[Slot | Block] = field(default_factory=list)

    @property
    def is_hour(self) -> bool:
        return timezone.localtime(self.start).minute == 0


@dataclass(frozen=True)
class Head:
    """The head of a column, as wide as its lanes."""

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
    """The table for these columns, each as long as ``length`` from its opening, with slots of that size."""
    total, slot_rows = length // STEP, slot // STEP
    # The last of a week is no Sunday, on which clocks change: its labels fit the others.
    rows = [Row(start=columns[-1].opening + number * STEP) for number in range(total)]
    for number in range(0, total, slot_rows):
        rows[number].label = clock.shown(rows[number].start)
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
    last: int  # the first row after it
    lane: int


@dataclass(frozen=True)
class _Cluster:
    """Visits that overlap one another, directly or through a third."""

    placed: list[_Placed]
    first: int
    last: int
    lanes: int


def _column(column: Column, *, number: int, total: int, slot_rows: int) -> tuple[int, list[tuple[int, Slot | Block]]]:
    """How many lanes the column needs, and its cells with the row each begins in, lane by lane."""
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
    """The visits of a cluster and the free places beside them. The last lane takes the width that is left."""
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
    """The free places of a column, cut where the grid, the working hours or a time off say so."""

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
