"""Compare records in the database with what the trail says of them, for ``verify_audit`` (R20).

The seals protect lines. A comparison protects what the lines are about: a record that someone changed with SQL no
longer agrees with the lines. ``audit`` knows no other app, so an app registers its own comparisons.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit import names
from audit.models import AuditEvent
from audit.seals import Line
from audit.trail import Actor


class Comparison:
    """Hears every line that was not found changed, in any order, then compares the database with them."""

    def hear(self, line: Line) -> None:
        raise NotImplementedError

    def look(self) -> None:
        """Read the records to compare."""
        raise NotImplementedError

    def differences(self) -> Iterator[str]:
        """What the records do not have in common with the lines heard so far, one sentence each."""
        raise NotImplementedError

    def keep(self, through: Mapping[int, int], *, by: Actor) -> None:
        """Before lines are deleted: write again what must still be known. ``through``: the last number by chain."""


COMPARISONS: list[type[Comparison]] = []


def register(made: type[Comparison]) -> type[Comparison]:
    """Let ``verify_audit`` make this comparison too. For ``AppConfig.ready``."""
    COMPARISONS.append(made)
    return made


def line_in_words(pk: int) -> str:
    """``line 7 (2026-11-29 08:00:00 UTC, pin.issued)``"""
    row = AuditEvent.objects.filter(pk=pk).values_list(*Line._fields).first()
    return str(Line(*row)) if row else f"line {pk}"


@dataclass(slots=True)
class _Sealed:
    """One value of a name: the first line that sealed it, and the last line that says it was changed to it."""

    value: Any
    first: int
    changed: int = 0


@register
class Names(Comparison):
    """Compares e-mails, names and roles of staff, and chart numbers.

    A name may differ from the first line that has it only after a line says so. Requests may read a name while another
    one changes it, so a line may also have the name from just before the change.
    """

    def __init__(self) -> None:
        self.sealed: dict[tuple[str, int, str], list[_Sealed]] = {}
        self.stored: dict[tuple[str, int, str], Any] = {}

    def hear(self, line: Line) -> None:
        for kind, number, values in names.acting(line):
            self._hear(line, kind, number, values, is_subject=kind == names.PATIENT)
        for kind, number, values in names.named(line):
            self._hear(line, kind, number, values, is_subject=True)

    def _hear(self, line: Line, kind: str, number: int, values: names.Names, *, is_subject: bool) -> None:
        for key, name in names.SOURCES[kind].names.items():
            changed = line.id if is_subject and _says_changed(line, name) else 0
            known = self.sealed.setdefault((kind, number, key), [])
            for each in known:
                if each.value == values.get(key):
                    each.first, each.changed = min(each.first, line.id), max(each.changed, changed)
                    break
            else:
                known.append(_Sealed(values.get(key), line.id, changed))

    def look(self) -> None:
        self.stored = {
            (source.kind, number, key): value
            for source in names.SOURCES.values()
            for number, values in names.current(source)
            for key, value in values.items()
            if (source.kind, number, key) in self.sealed
        }

    def differences(self) -> Iterator[str]:
        for (kind, number, key), known in self.sealed.items():
            source = names.SOURCES[kind]
            record, words = f"{source.title} {number}", source.names[key].words
            first = min(known, key=lambda each: each.first)
            last = max(known, key=lambda each: each.changed) if any(each.changed for each in known) else first
            if (kind, number, key) not in self.stored:
                if key == next(iter(source.names)):  # say it once for each record
                    yield f"{record} ({words} {last.value}) is gone. The trail names it: {line_in_words(last.first)}."
                continue
            stored = self.stored[kind, number, key]
            if stored != last.value:
                since = line_in_words(last.changed or last.first)
                yield f"{record}: the {words} is {stored}. The trail says {last.value} ({since})."
            for each in known:
                if each is not first and not each.changed and each.value != stored:
                    line = line_in_words(each.first)
                    yield f"{record}: the {words} is {each.value} in {line}, but no line says that it was changed."


def _says_changed(line: Line, name: names.Name) -> bool:
    return any(action == line.action and (not field or field in _fields(line)) for action, field in name.changed_by)


def _fields(line: Line) -> Sequence[str]:
    """The fields that a line of a change lists."""
    fields: Sequence[str] = line.detail.get("fields") or str(line.detail.get("changed", "")).split(",")
    return fields


def all_of_them() -> list[Comparison]:
    """New comparisons, which have heard nothing yet."""
    return [made() for made in COMPARISONS]
