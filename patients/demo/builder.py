"""Build the demo's patients, contacts and family contacts in memory, and save them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from random import Random
from typing import Any

from dateutil.relativedelta import relativedelta

from patients.demo import names
from patients.folding import fold
from patients.models import Contact, FamilyContact, Level, Patient

Role = FamilyContact.Role
Authority = FamilyContact.Authority
SEED = 1800


@dataclass(frozen=True)
class Home:
    """The address, phone and language of a household."""

    language: str
    street: str
    phone: str

    @property
    def address(self) -> dict[str, str]:
        return {"street": self.street, **names.TOWN}


@dataclass(frozen=True)
class Relationship:
    """The role and authority of a contact, for any child of the family."""

    contact: Contact
    role: Role
    authority: Authority = Authority.JOINT
    lives_with: bool = True
    restriction: str = ""
    document: str = ""


@dataclass
class Roster:
    """All people of the demo, collected in memory and saved with three queries."""

    today: date
    random: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311  # the demo must be repeatable
    patients: list[Patient] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    links: list[FamilyContact] = field(default_factory=list)
    phones: Iterator[int] = field(default_factory=lambda: count(10))  # the practice uses the first ten
    emails: set[str] = field(default_factory=set)

    def born(self, age: int, days: int) -> date:
        """The birth date of a person who turned ``age`` this many ``days`` (fewer than 365) ago."""
        return self.today - relativedelta(years=age, days=days)

    def phone(self) -> str:
        area, line = divmod(next(self.phones), 100)
        return f"({names.AREA_CODES[area % len(names.AREA_CODES)]}) 555-01{line:02}"

    def email(self, given: str, family: str) -> str:
        """A unique address in Latin letters, at a domain reserved for examples."""
        local = ".".join(fold(names.IN_LATIN_LETTERS.get(word, word)).replace(" ", "") for word in (given, family))
        domain = "example.org" if len(local) % 3 == 0 else "example.com"
        candidates = (f"{local}{number}@{domain}" for number in ["", *range(2, 100)])
        email = next(candidate for candidate in candidates if candidate not in self.emails)
        self.emails.add(email)
        return email

    def contact(self, given: str, family: str, home: Home, *, birth_date: date | None, **fields: Any) -> Contact:
        if "email" not in fields:
            fields["email"] = self.email(given, family)
        contact = Contact(
            given_name=given,
            family_name=family,
            birth_date=birth_date,
            language=home.language,
            home_phone=home.phone,
            cell_phone=self.phone(),
            **{**home.address, **fields},
        )
        self.contacts.append(contact)
        return contact

    def patient(
        self, chart_number: str, given: str, family: str, home: Home, *, birth_date: date, sex: str, **fields: Any
    ) -> Patient:
        patient = Patient(
            chart_number=chart_number,
            given_name=given,
            family_name=family,
            birth_date=birth_date,
            sex=sex,
            language=home.language,
            phone=home.phone,
            **home.address,
            **fields,
        )
        self.patients.append(patient)
        return patient

    def link(self, patient: Patient, relationships: Sequence[Relationship]) -> None:
        """Add family contacts to a patient, the primary one first."""
        self.links += [
            FamilyContact(
                patient=patient,
                contact=relationship.contact,
                role=relationship.role,
                authority=relationship.authority,
                lives_with=relationship.lives_with,
                sort_order=sort_order,
                level=Level.NONE if relationship.restriction else Level.FULL,
                restriction_reason=relationship.restriction,
                restriction_document=relationship.document,
            )
            for sort_order, relationship in enumerate(relationships, start=1)
        ]

    def self_relationship(self, patient: Patient, home: Home, authority: Authority) -> Relationship:
        """The relationship of a patient as their own contact."""
        contact = self.contact(patient.given_name, patient.family_name, home, birth_date=patient.birth_date)
        return Relationship(contact, Role.SELF, authority)

    def save(self) -> None:
        Patient.objects.bulk_create(self.patients)
        Contact.objects.bulk_create(self.contacts)
        FamilyContact.objects.bulk_create(self.links)
