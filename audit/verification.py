"""Verify the audit trail: every line and every head, chain by chain, and the records they are about (R20, attack 20).

Each finding names the line or head: changed and forged lines, missing lines (between which lines, or at the end),
inserted lines, and heads that are missing, changed, or older than their lines. A line whose key is missing is not a
finding; it is counted as not checked.

Then the records in the database are compared with what the lines say of them: see ``audit.comparison``.

Other transactions may write meanwhile. Lines that they commit are checked too.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from django.db.models import Q

from audit import comparison, seals
from audit.chains import CHAINS
from audit.comparison import Comparison
from audit.keyring import Key
from audit.models import AuditChain, AuditEvent
from audit.seals import Line

CHUNK = 2000  # lines held in memory

Say = Callable[[str], None]


class Unreadable(Exception):
    """A column of this line has a value of the wrong type. SQLite lets the owner of the database write that."""

    def __init__(self, pk: object) -> None:
        super().__init__(pk)
        self.pk = pk


@dataclass(frozen=True)
class ChainState:
    """The state of a chain at one time: the number of its lines and the digest over them."""

    lines: int
    digest: str


@dataclass
class Report:
    """The result of verifying the whole trail. The findings themselves were reported one by one."""

    lines: int = 0
    findings: int = 0
    differences: int = 0  # records that do not agree with the trail
    unchecked: dict[str, int] = field(default_factory=dict)  # lines and heads, by the name of the missing key
    states: dict[int, ChainState] = field(default_factory=dict)
    comparisons: list[Comparison] = field(default_factory=comparison.all_of_them)

    @property
    def is_clean(self) -> bool:
        return not self.findings and not self.differences and not self.unchecked


def verify(*, say: Say, progress: Say = lambda _: None, checkpoint: Mapping[int, ChainState] | None = None) -> Report:
    """Check every line and report each finding at once, in one sentence.

    Memory does not grow with the trail, only with the number of users, patients, and PINs.

    ``checkpoint``: the states of the chains at an earlier time. Only a checkpoint reveals that an older copy
    replaced the whole trail, heads included.
    """
    report = Report()

    def found(sentence: str) -> None:
        report.findings += 1
        say(sentence)

    def read(check: "_ChainCheck") -> bool:
        try:
            for count in check.lines():
                report.lines += count
                progress(f"{report.lines:,} lines")
        except Unreadable as error:
            found(f"Line {error.pk} of {check.name} has a value of the wrong type. The rest of the chain was not read.")
            return False
        return True

    checks = [_ChainCheck(chain, report, found, (checkpoint or {}).get(chain)) for chain in _chains()]
    were_read = []
    for check in checks:
        were_read.append(read(check))
        if were_read[-1]:
            check.head_and_end()
    if all(were_read):
        _compare(report, say=say, catch_up=lambda: all(read(check) for check in checks))
    else:
        say("Records were not compared with the trail, because not all of it could be read.")
    return report


def _compare(report: Report, *, say: Say, catch_up: Callable[[], bool]) -> None:
    """Report each record that does not agree with the lines read before it, and with those written meanwhile.

    A change and its line become visible together, but we read them one after the other. A record that was just changed
    disagrees with the lines from before or with the lines from after, never with both.
    """
    for each in report.comparisons:
        each.look()
    before = [sentence for each in report.comparisons for sentence in each.differences()]
    if not before or not catch_up():
        return
    after = {sentence for each in report.comparisons for sentence in each.differences()}
    for sentence in before:
        if sentence in after:
            report.differences += 1
            say(sentence)


def _chains() -> list[int]:
    """All chains that must exist, and any others that lines or heads name."""
    chains = range(1, CHAINS + 1)
    heads = AuditChain.objects.exclude(pk__in=chains).values_list("pk", flat=True)
    strays = AuditEvent.objects.exclude(chain_id__in=chains).order_by().values_list("chain_id", flat=True).distinct()
    return sorted({*chains, *heads, *strays})


class _ChainCheck:
    """Checks one chain from its first line to the end that its head states."""

    def __init__(self, chain: int, report: Report, found: Say, earlier: ChainState | None) -> None:
        self.chain, self.report, self.found, self.earlier = chain, report, found, earlier
        self.name = f"chain {chain}"
        self.head = AuditChain.objects.filter(pk=chain).first()
        self.number = self.head.pruned_count if self.head else 0
        self.digest = self.head.pruned_digest if self.head else seals.EMPTY
        self.previous: Line | None = None
        self.position = (-(2**63), 0)
        self.is_whole = True
        self._compare_with_earlier()

    def lines(self) -> Iterator[int]:
        """Check the lines after those checked before, including those written meanwhile.

        Yields the number of lines checked in each step.
        """
        while True:
            before = self.number
            while chunk := _after(self.chain, self.position):
                for line in chunk:
                    self._check(line)
                self.position = chunk[-1].number, chunk[-1].id
                yield len(chunk)
            self.head = AuditChain.objects.filter(pk=self.chain).first()
            if self.head is None or self.head.count <= self.number or self.number == before:
                return

    def head_and_end(self) -> None:
        """After the last line, check the head and that the chain ends where the head says."""
        head = self.head
        if head is None:
            self.found(f"The head of {self.name} is missing, so missing lines at its end cannot be detected.")
            return
        self.report.states[self.chain] = ChainState(head.count, head.digest)
        if seals.KEYS.get(head.key_id) is None:
            self._unchecked(head.key_id)
        elif not seals.is_intact(head):
            self.found(f"The head of {self.name} was changed or forged.")
            return
        if head.count > self.number:
            self._missing(head.count - self.number, f"at the end of {self.name}{self._after_what()}")
        elif head.count < self.number:
            beyond = self.number - head.count
            self.found(f"{self.name.capitalize()} has {_lines(beyond)} more than its head says: the head is older.")
        elif self.is_whole and not seals.macs_equal(self.digest, head.digest):
            self.found(
                f"Each line of {self.name} is intact, but its head was made for other lines: "
                "lines from an older copy replaced them."
            )
        if self.earlier and self.earlier.lines > max(self.number, head.count):
            self.found(
                f"{self.name.capitalize()} had {_lines(self.earlier.lines)} when the checkpoint was made and has "
                f"{self.number:,} now: an older copy replaced it."
            )

    def _check(self, line: Line) -> None:
        if line.number <= self.number:
            self.is_whole = False
            self.found(f"{_capital(line)} does not belong there: {self.name} already has a line number {line.number}.")
            return
        if line.number > self.number + 1:
            before = f"between {self.previous} and {line}" if self.previous else f"before {line}"
            self._missing(line.number - self.number - 1, f"{before}, {self.name}")
        key = seals.KEYS.get(line.key_id)
        if key is None:
            self._unchecked(line.key_id)
            with suppress(TypeError, ValueError, KeyError, AttributeError):  # anyone may have written it
                self._hear(line)
        elif _is_intact(key, line):
            self._hear(line)
        else:
            self.is_whole = False
            self.found(f"{_capital(line)} was changed or forged.")
        self.number, self.previous = line.number, line
        self.digest = seals.next_digest(self.digest, line.mac)
        self._compare_with_earlier()

    def _hear(self, line: Line) -> None:
        for each in self.report.comparisons:
            each.hear(line)

    def _compare_with_earlier(self) -> None:
        if not (self.earlier and self.earlier.lines == self.number and self.is_whole):
            return
        if not seals.macs_equal(self.digest, self.earlier.digest):
            self.found(
                f"{self.name.capitalize()} differs from the checkpoint at or before its line number {self.number:,}."
            )

    def _missing(self, count: int, where: str) -> None:
        self.is_whole = False
        self.found(f"{_capital(_lines(count))} {'is' if count == 1 else 'are'} missing {where}.")

    def _unchecked(self, key_id: str) -> None:
        self.report.unchecked[key_id] = self.report.unchecked.get(key_id, 0) + 1

    def _after_what(self) -> str:
        return f", after {self.previous}" if self.previous else ": all of its lines"


def _is_intact(key: Key, line: Line) -> bool:
    try:
        return seals.macs_equal(seals.line_mac(key, line), line.mac)
    except (TypeError, AttributeError) as error:  # such as bytes instead of text
        raise Unreadable(line.id) from error


def _after(chain: int, position: tuple[int, int]) -> list[Line]:
    """The next lines of the chain, by number and then by record number, because a number may occur twice."""
    number, pk = position
    following = AuditEvent.objects.filter(Q(number__gt=number) | Q(number=number, pk__gt=pk), chain_id=chain)
    rows = following.order_by("number", "pk")
    try:
        return [Line(*row) for row in rows.values_list(*Line._fields)[:CHUNK]]
    except (ValueError, TypeError, AttributeError):
        for each in list(rows.values_list("pk", flat=True)[:CHUNK]):
            _line(each)
        raise


def _line(pk: int) -> Line:
    """Read one line alone, to find the one that cannot be read."""
    try:
        return Line(*AuditEvent.objects.values_list(*Line._fields).get(pk=pk))
    except (ValueError, TypeError, AttributeError) as error:
        raise Unreadable(pk) from error


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"


def _capital(words: object) -> str:
    text = str(words)
    return text[:1].upper() + text[1:]
