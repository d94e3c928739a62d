"""Is the audit trail as it was written? Every line and every head, lane by lane (R20, attack 20).

Found and named: changed and forged lines, missing ones (between which, or at the end), lines put in,
heads that are gone, changed or older than their lines. Lines whose key is not there are no finding: they
cannot be checked, and that is said.

It looks while others write: what is committed meanwhile is looked at too.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from audit import seals
from audit.keyring import Key
from audit.lanes import LANES
from audit.models import AuditEvent, AuditLane
from audit.seals import Line

CHUNK = 2000  # lines held in memory

Say = Callable[[str], None]


class Unreadable(Exception):
    """A column of this line holds what its type does not allow; SQLite lets its owner put that there."""

    def __init__(self, pk: object) -> None:
        super().__init__(pk)
        self.pk = pk


@dataclass(frozen=True)
class Mark:
    """How far a lane was at some time: an anchor is made of these."""

    lines: int
    digest: str


@dataclass
class Report:
    """What a look at the whole trail came to. Findings have been said by then."""

    lines: int = 0
    findings: int = 0
    unchecked: dict[str, int] = field(default_factory=dict)  # lines and heads, by the name of the key that is missing
    marks: dict[int, Mark] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        return not self.findings and not self.unchecked


def verify(*, say: Say, progress: Say = lambda _: None, anchor: Mapping[int, Mark] | None = None) -> Report:
    """Check every line; each finding is said at once, in a sentence. Memory does not grow with the trail.

    ``anchor``: how far the lanes were when it was made; a trail that has been put back to an older state,
    heads and all, is found only by such a mark from elsewhere.
    """
    report = Report()

    def found(sentence: str) -> None:
        report.findings += 1
        say(sentence)

    for lane in _lanes():
        walk = _Walk(lane, report, found, (anchor or {}).get(lane))
        try:
            for count in walk.lines():
                report.lines += count
                progress(f"{report.lines:,} lines")
        except Unreadable as error:
            found(f"Line {error.pk} of {walk.name} holds what was never written; the lane was not read any further.")
        else:
            walk.judge()
    return report


def _lanes() -> list[int]:
    """All lanes that there must be, and those that lines or heads speak of besides."""
    lanes = range(1, LANES + 1)
    heads = AuditLane.objects.exclude(pk__in=lanes).values_list("pk", flat=True)
    strays = AuditEvent.objects.exclude(lane_id__in=lanes).order_by().values_list("lane_id", flat=True).distinct()
    return sorted({*lanes, *heads, *strays})


class _Walk:
    """One lane from its first line to what its head says is the last."""

    def __init__(self, lane: int, report: Report, found: Say, mark: Mark | None) -> None:
        self.lane, self.report, self.found, self.mark = lane, report, found, mark
        self.name = f"lane {lane}"
        self.head = AuditLane.objects.filter(pk=lane).first()
        self.number = self.head.pruned_count if self.head else 0
        self.digest = self.head.pruned_digest if self.head else seals.NOTHING
        self.previous: Line | None = None
        self.is_whole = True
        self._pass_mark()

    def lines(self) -> Iterator[int]:
        """Check what there is, and what is written meanwhile; the number of lines in each step."""
        position = (-(2**63), 0)
        while True:
            before = self.number
            while chunk := _after(self.lane, position):
                for line in chunk:
                    self._check(line)
                position = chunk[-1].number, chunk[-1].id
                yield len(chunk)
            self.head = AuditLane.objects.filter(pk=self.lane).first()
            if self.head is None or self.head.count <= self.number or self.number == before:
                return

    def judge(self) -> None:
        """After the last line: the head."""
        head = self.head
        if head is None:
            self.found(f"The head of {self.name} is missing: whether lines are missing at its end cannot be told.")
            return
        self.report.marks[self.lane] = Mark(head.count, head.digest)
        if seals.KEYS.get(head.key_id) is None:
            self._unchecked(head.key_id)
        elif not seals.is_intact(head):
            self.found(f"The head of {self.name} is not as it was written: changed, or forged.")
            return
        if head.count > self.number:
            self._missing(head.count - self.number, f"at the end of {self.name}{self._after_what()}")
        elif head.count < self.number:
            beyond = self.number - head.count
            self.found(f"{self.name.capitalize()} has {_lines(beyond)} more than its head says: the head is older.")
        elif self.is_whole and not seals.same(self.digest, head.digest):
            self.found(
                f"The lines of {self.name} are each as written, but not those its head was made over: "
                "lines of an older state were put in their place."
            )
        if self.mark and self.mark.lines > max(self.number, head.count):
            self.found(
                f"{self.name.capitalize()} had {_lines(self.mark.lines)} when the anchor was made and has "
                f"{self.number:,} now: an older state was put back."
            )

    def _check(self, line: Line) -> None:
        if line.number <= self.number:
            self.is_whole = False
            self.found(f"{_capital(line)} does not belong there: number {line.number} of {self.name} is taken.")
            return
        if line.number > self.number + 1:
            before = f"between {self.previous} and {line}" if self.previous else f"before {line}"
            self._missing(line.number - self.number - 1, f"{before}, {self.name}")
        key = seals.KEYS.get(line.key_id)
        if key is None:
            self._unchecked(line.key_id)
        elif not _is_as_written(key, line):
            self.is_whole = False
            self.found(f"{_capital(line)} is not as it was written: changed, or forged.")
        self.number, self.previous = line.number, line
        self.digest = seals.next_digest(self.digest, line.mac)
        self._pass_mark()

    def _pass_mark(self) -> None:
        if not (self.mark and self.mark.lines == self.number and self.is_whole):
            return
        if not seals.same(self.digest, self.mark.digest):
            self.found(
                f"Up to its line number {self.number:,}, {self.name} is not what it was when the anchor was made."
            )

    def _missing(self, count: int, where: str) -> None:
        self.is_whole = False
        self.found(f"{_capital(_lines(count))} {'is' if count == 1 else 'are'} missing {where}.")

    def _unchecked(self, key_id: str) -> None:
        self.report.unchecked[key_id] = self.report.unchecked.get(key_id, 0) + 1

    def _after_what(self) -> str:
        return f", after {self.previous}" if self.previous else ": all that were in it"


def _is_as_written(key: Key, line: Line) -> bool:
    try:
        return seals.same(seals.line_mac(key, line), line.mac)
    except (TypeError, AttributeError) as error:  # such as bytes where there should be text
        raise Unreadable(line.id) from error


def _after(lane: int, position: tuple[int, int]) -> list[Line]:
    """The next lines of the lane, by number. By record number too: one number may have been given twice."""
    number, pk = position
    following = AuditEvent.objects.filter(Q(number__gt=number) | Q(number=number, pk__gt=pk), lane_id=lane)
    rows = following.order_by("number", "pk")
    try:
        return [Line(*row) for row in rows.values_list(*Line._fields)[:CHUNK]]
    except (ValueError, TypeError, AttributeError):
        for each in list(rows.values_list("pk", flat=True)[:CHUNK]):
            _line(each)
        raise


def _line(pk: int) -> Line:
    """One line alone, for finding the one that cannot be read."""
    try:
        return Line(*AuditEvent.objects.values_list(*Line._fields).get(pk=pk))
    except (ValueError, TypeError, AttributeError) as error:
        raise Unreadable(pk) from error


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"


def _capital(words: object) -> str:
    text = str(words)
    return text[:1].upper() + text[1:]
