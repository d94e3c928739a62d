"""Match records to rows of the database by their keys."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from patients.folding import fold
from patients.roster.records import Key, Record
from patients.roster.report import Kind, Report

RecordT = TypeVar("RecordT", bound=Record)

TWO_PEOPLE = "name and birth date both differ from those of the record with the same identifier; not changed"
TWO_IDS = "another record of the same source, with another first name, has the same identifier; not changed"
STRAY_ID = "its id belongs to another person in this source; matched by its identifiers instead"
TWO_MATCHES = "its identifiers belong to two different records, merge needed; not changed"


@dataclass(frozen=True, slots=True)
class Identity:
    """Name and birth date, to tell two people with the same key apart."""

    given_name: str = ""
    family_name: str = ""
    birth_date: datetime.date | None = None

    def has_other_given_name(self, other: "Identity") -> bool:
        ours, theirs = fold(self.given_name), fold(other.given_name)
        return bool(ours and theirs and ours != theirs)

    def has_other_name(self, other: "Identity") -> bool:
        ours, theirs = fold(self.family_name), fold(other.family_name)
        return self.has_other_given_name(other) or bool(ours and theirs and ours != theirs)

    def has_other_birth_date(self, other: "Identity") -> bool:
        return bool(self.birth_date and other.birth_date and self.birth_date != other.birth_date)

    def updated_by(self, other: "Identity") -> "Identity":
        return Identity(
            other.given_name or self.given_name,
            other.family_name or self.family_name,
            other.birth_date or self.birth_date,
        )


@dataclass(eq=False)
class Match(Generic[RecordT]):
    """A row, stored or to be added, and the records that belong to it."""

    pk: int | None = None
    identity: Identity = field(default_factory=Identity)
    records: list[RecordT] = field(default_factory=list)
    # All keys of the row, in order of arrival.
    keys: dict[Key, None] = field(default_factory=dict)
    stored: set[Key] = field(default_factory=set)

    def oldest_first(self) -> list[RecordT]:
        """The records by date of update, so that later values overwrite earlier ones."""
        return sorted(self.records, key=lambda record: record.updated)

    def new_keys(self) -> list[Key]:
        return [key for key in self.keys if key not in self.stored]


def pk_of(match: Match[Any] | None) -> int | None:
    """The primary key; None without a row or if it could not be saved."""
    return match.pk if match else None


class Index(Generic[RecordT]):
    """All keys of one kind of row, each with its row."""

    def __init__(self) -> None:
        self._rows: dict[Key, Match[RecordT]] = {}
        # Keys of two different people. A reference by such a key is not resolved.
        self._ambiguous: set[Key] = set()

    def load(self, stored: Iterable[tuple[str, str, int]]) -> dict[int, Match[RecordT]]:
        """Add the stored keys, as (system, value, primary key), and return their rows by primary key."""
        rows: dict[int, Match[RecordT]] = {}
        for system, value, pk in stored:
            match = rows.setdefault(pk, Match(pk=pk))
            self.add_keys(match, [Key(system, value)])
            match.stored.add(Key(system, value))
        return rows

    def matches(self, keys: Iterable[Key]) -> list[Match[RecordT]]:
        """The rows with any of these keys, each once."""
        return list(dict.fromkeys(self._rows[key] for key in keys if key in self._rows))

    def with_records(self) -> list[Match[RecordT]]:
        """The rows with at least one record of this import."""
        return [match for match in dict.fromkeys(self._rows.values()) if match.records]

    def resolve(self, candidates: Iterable[Key]) -> Match[RecordT] | None:
        """The target of a reference: the row of the first known key; None if that key is ambiguous."""
        for key in candidates:
            if key in self._ambiguous:
                return None
            if key in self._rows:
                return self._rows[key]
        return None

    def join(self, match: Match[RecordT], record: RecordT, *, identity: Identity) -> None:
        """Add a record to a row."""
        match.records.append(record)
        match.identity = match.identity.updated_by(identity)
        self.add_keys(match, record.keys)
        for handle in record.local_keys:
            if self._rows.setdefault(handle, match) is not match:
                self._ambiguous.add(handle)

    def add_keys(self, match: Match[RecordT], keys: Iterable[Key]) -> None:
        """Add the keys that no other row has."""
        for key in keys:
            if self._rows.setdefault(key, match) is match:
                match.keys[key] = None

    def mark_ambiguous(self, keys: Iterable[Key]) -> None:
        """Make these keys unusable for references, for example those of a record that was not imported."""
        self._ambiguous.update(keys)


def gather(
    records: Sequence[RecordT],
    *,
    index: Index[RecordT],
    identify: Callable[[RecordT], Identity],
    kind: Kind,
    report: Report,
) -> list[Match[RecordT]]:
    """Group records by common keys. Records that would merge two people are skipped and reported."""
    found: dict[Match[RecordT], None] = {}
    for given in records:
        identity = identify(given)
        record = _without_stray_id(given, identity, index=index, report=report)
        matches = index.matches(record.keys)
        reason = TWO_MATCHES if len(matches) > 1 else _conflict(record, identity, matches[0]) if matches else ""
        if reason:
            index.mark_ambiguous((*record.keys, *record.local_keys))
            report.skip(kind=kind, origin=record.origin, reason=reason)
            continue
        match = matches[0] if matches else Match()
        index.join(match, record, identity=identity)
        found[match] = None
    return list(found)


def _without_stray_id(record: RecordT, identity: Identity, *, index: Index[RecordT], report: Report) -> RecordT:
    """The record without a server id that belongs to another person, if an identifier remains.

    Some senders number the patients of every file from 1 and do not mark these ids as placeholders.
    """
    rest = tuple(key for key in record.keys if key != record.server_id)
    if record.server_id is None or not rest:
        return record
    if not any(_conflict(record, identity, match) == TWO_PEOPLE for match in index.matches([record.server_id])):
        return record
    index.mark_ambiguous([record.server_id])
    report.note(origin=record.origin, reason=STRAY_ID)
    return replace(record, keys=rest, server_id=None)


def _conflict(record: Record, identity: Identity, match: Match[RecordT]) -> str:
    """Why a record cannot belong to the row with one of its keys; empty if it can."""
    if identity.has_other_name(match.identity) and identity.has_other_birth_date(match.identity):
        return TWO_PEOPLE
    # Twins or families under one account number: equal or unknown birth dates, but separate records.
    server_id = record.server_id
    is_another = (
        server_id is not None
        and server_id not in match.keys
        and any(key.system == server_id.system for key in match.keys)
    )
    return TWO_IDS if is_another and identity.has_other_given_name(match.identity) else ""
