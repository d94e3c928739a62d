"""What a roster says, in plain words: records without a trace of the format they came in."""

import datetime
from dataclasses import dataclass

from patients.roster.relationships import Relationship


class InvalidRecord(Exception):
    """A resource that cannot be taken. The message says why, in words, and names no patient."""


@dataclass(frozen=True, slots=True)
class Key:
    """A name by which a system knows a record. Two records with one key are the same record."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record stands, so that whoever reads a report finds it."""

    file: str
    place: str
    resource: str

    def __str__(self) -> str:
        return f"{self.file}:{self.place}: {self.resource}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What all records have in common."""

    origin: Origin
    # Stored with the record, so that the next run finds it again.
    keys: tuple[Key, ...]
    # Good for this run only: what the other resources of the same Bundle call it.
    local_keys: tuple[Key, ...]
    # The key that is the server's own id, where there is one. It stands among the keys, too.
    server_id: Key | None
    # When the sender last changed it; the later of two records about one person wins.
    updated: datetime.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as one roster knows them. Empty means: the roster does not say."""

    given_name: str = ""
    middle_name: str = ""
    family_name: str = ""
    preferred_name: str = ""
    other_names: tuple[str, ...] = ()
    birth_date: datetime.date | None = None
    language: str = ""
    home_phone: str = ""
    cell_phone: str = ""
    # The phone to try first, whichever of the two that is.
    first_phone: str = ""
    email: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""

    @property
    def has_name(self) -> bool:
        return bool(self.given_name or self.family_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRecord(Record):
    """A patient. ``status`` and ``sex`` are values of the Patient model; empty: not said."""

    person: Person
    sex: str = ""
    status: str = ""
    # The medical record numbers, best first; the first that is free becomes the chart number.
    chart_numbers: tuple[str, ...] = ()
    # The guardians' records that are this same person: each a list of keys to try in order.
    same_as: tuple[tuple[Key, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianRecord(Record):
    """A person around one patient, and what the person is to the patient."""

    person: Person
    # The keys under which to look for the patient, in this order.
    patient: tuple[Key, ...]
    relationship: Relationship
    # The record says itself that the relationship stands (or has ended), rather than leaving it open.
    is_current: bool = True
    # A contact that stands inside the patient's own record says less than a record of its own.
    inside_patient: bool = False
    # Where there is no key: what tells this person from the same patient's other contacts.
    fallback: Key
