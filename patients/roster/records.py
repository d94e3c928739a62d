"""Records of a roster, independent of its file format."""

import datetime
from dataclasses import dataclass

from patients.roster.relationships import Relationship


class InvalidRecord(Exception):
    """A resource that cannot be imported. The message says why and names no patient."""


@dataclass(frozen=True, slots=True)
class Key:
    """An identifier of a record in one system. Two records with the same key are the same record."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The position of a record in its file, for the report."""

    file: str
    place: str
    resource: str

    def __str__(self) -> str:
        return f"{self.file}:{self.place}: {self.resource}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Fields of all records."""

    origin: Origin
    # Stored with the record, so that the next import finds it again.
    keys: tuple[Key, ...]
    # Keys for this import only: how other resources of the same Bundle refer to it.
    local_keys: tuple[Key, ...]
    # The key made from the server's id, if there is one. It is one of ``keys`` too.
    server_id: Key | None
    # When the sender last changed it; the later of two records about one person wins.
    updated: datetime.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person in a roster. Empty fields are unknown."""

    given_name: str = ""
    middle_name: str = ""
    family_name: str = ""
    preferred_name: str = ""
    other_names: tuple[str, ...] = ()
    birth_date: datetime.date | None = None
    language: str = ""
    home_phone: str = ""
    cell_phone: str = ""
    # The phone to call first: home or cell.
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
    """A patient. ``status`` and ``sex`` are values of the Patient model, or empty if unknown."""

    person: Person
    sex: str = ""
    status: str = ""
    # Medical record numbers, best first. The first one that is free becomes the chart number.
    chart_numbers: tuple[str, ...] = ()
    # Guardian records of the same person: each a list of keys to try in order.
    same_as: tuple[tuple[Key, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianRecord(Record):
    """A contact of one patient, with their relationship."""

    person: Person
    # Keys to find the patient by, to try in order.
    patient: tuple[Key, ...]
    relationship: Relationship
    # False if the record says that the relationship has ended.
    is_current: bool = True
    # True for a contact inside the patient's record. A separate RelatedPerson record outweighs it.
    inside_patient: bool = False
    # A key for a record without one: tells this person apart from the patient's other contacts.
    fallback: Key
