"""The report of an import: what it did and what it could not do."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from patients.roster.records import Origin
from patients.roster.values import Warn


class Kind(StrEnum):
    PATIENTS = "Patients"
    CONTACTS = "Contacts"
    FAMILY_CONTACTS = "Family contacts"
    PROVIDERS = "Providers"
    APPOINTMENTS = "Appointments"


class Outcome(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence about one position in a file, without names, birth dates or values of identifiers."""

    origin: Origin | str
    reason: str

    def __str__(self) -> str:
        return f"{self.origin}: {self.reason}"


@dataclass
class Report:
    """Counts, problems (something was lost) and notes (somebody should check)."""

    counts: dict[Kind, Counter[Outcome]] = field(default_factory=lambda: {kind: Counter() for kind in Kind})
    left_out: Counter[str] = field(default_factory=Counter)
    problems: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)
    files: int = 0
    resources: int = 0
    superseded: int = 0
    authority_granted: int = 0
    authority_left: int = 0

    def count(self, *, kind: Kind, outcome: Outcome) -> None:
        self.counts[kind][outcome] += 1

    def problem(self, *, origin: Origin | str, reason: str) -> None:
        self.problems.append(Remark(origin, reason))

    def note(self, *, origin: Origin | str, reason: str) -> None:
        self.notes.append(Remark(origin, reason))

    def warn_about(self, origin: Origin) -> Warn:
        """A function that reports problems at this position."""

        def warn(reason: str) -> None:
            self.problem(origin=origin, reason=reason)

        return warn

    def skip(self, *, kind: Kind, origin: Origin, reason: str) -> None:
        """Report a record that is not imported, and why."""
        self.count(kind=kind, outcome=Outcome.SKIPPED)
        self.problem(origin=origin, reason=reason)

    def lines(self) -> Iterator[str]:
        """The report as lines of text."""
        yield f"{self.files} files, {self.resources} resources read."
        yield ""
        yield f"{'':<16}" + "".join(f"{outcome.value:>11}" for outcome in Outcome)
        for kind, counts in self.counts.items():
            yield f"{kind.value:<16}" + "".join(f"{counts[outcome]:>11}" for outcome in Outcome)
        yield ""
        yield f"Authority granted by code: {self.authority_granted} family contacts (parents and legal guardians)."
        if self.authority_left:
            yield (
                f"Parents and guardians by code whose authority here is None: {self.authority_left}. "
                "Not changed; staff decide."
            )
        if self.superseded:
            yield f"Superseded: {self.superseded} older versions of resources."
        if self.left_out:
            kinds = ", ".join(f"{name} {number}" for name, number in sorted(self.left_out.items()))
            yield f"Left out: {kinds}."
        for title, remarks in (("Problems", self.problems), ("Notes", self.notes)):
            if remarks:
                yield ""
                yield f"{title} ({len(remarks)})"
                yield from map(str, remarks)
