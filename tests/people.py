"""The people of the tests: three members of staff, one without a record, and two families.

Plain functions that save rows. The fixtures in ``conftest.py`` call them; a test that needs somebody
else calls them itself.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import StaffRecord, User
from accounts.sessions import limits
from patients.ages import today
from patients.models import Contact, FamilyContact, Patient

PASSWORD = "Sunny side up, every morning"  # of everyone here, for tests that sign in with a password
Role = FamilyContact.Role
Authority = FamilyContact.Authority


def years_ago(years: int, *, days: int = 100) -> date:
    """The birth date of a person who turned this age some time ago."""
    day = today() - timedelta(days=days)
    # The 28th at most: 29 February is for the tests that are about it.
    return day.replace(year=day.year - years, day=min(day.day, 28))


def staff(name: str, role: str, *, email: str = "") -> User:
    """A member of staff: a sign-in with its staff record."""
    user = staff_user(email or f"{name.split(maxsplit=1)[0].lower()}@sunnyside.example")
    StaffRecord.objects.create(name=name, role=role, user=user)
    return user


def staff_user(email: str) -> User:
    """A staff sign-in without a staff record."""
    return User.objects.create_user(email, PASSWORD, kind=User.Kind.STAFF)


def family_user(email: str) -> User:
    """A family's sign-in, not yet tied to a contact."""
    return User.objects.create_user(email, PASSWORD, kind=User.Kind.FAMILY)


def confirm_email(user: User) -> None:
    """The user has typed the code from the mail."""
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    limits.start(session)  # as signing in does
    session.save()
    return client


def page_of(user: User, context: BrowserContext, live_server: LiveServer) -> Page:
    """A page of that browser in which this user has signed in."""
    session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
    return context.new_page()


def patient(chart_number: str, given_name: str, family_name: str, birth_date: date | None, **fields: Any) -> Patient:
    return Patient.objects.create(
        chart_number=chart_number, given_name=given_name, family_name=family_name, birth_date=birth_date, **fields
    )


def contact(given_name: str, family_name: str, **fields: Any) -> Contact:
    return Contact.objects.create(given_name=given_name, family_name=family_name, **fields)


def link(
    person: Contact, child: Patient, *, role: str = Role.MOTHER, authority: str = Authority.JOINT, **fields: Any
) -> FamilyContact:
    """Make this contact a family contact of this patient."""
    return FamilyContact.objects.create(contact=person, patient=child, role=role, authority=authority, **fields)


class Family:
    @staticmethod
    def link(person: Contact, child: Patient) -> FamilyContact:
        """The family contact that links these two, read from the database."""
        return FamilyContact.objects.get(contact=person, patient=child)


@dataclass(frozen=True)
class Rivera(Family):
    """A Spanish-speaking family: one child of each kind that the registration window knows."""

    ana: Contact  # mother of all four, Joint
    luis: Contact  # father of all four, Joint
    elena: Contact  # grandmother, without authority
    mateo: Patient  # 8 years
    sofia: Patient  # 5 years
    baby: Patient  # 6 days, still "Baby Boy"
    carmen: Patient  # 19 years: the parents' access has ended

    @property
    def children(self) -> list[Patient]:
        return [self.mateo, self.sofia, self.baby, self.carmen]


def make_rivera() -> Rivera:
    home = {"street": "12 Maple Street", "city": "Springfield", "state": "NY", "postal_code": "10001"}
    family = Rivera(
        ana=contact(
            "Ana",
            "Rivera",
            birth_date=years_ago(38),
            language="es",
            email="ana.rivera@mail.example",
            cell_phone="+1 212 555 0141",
            **home,
        ),
        luis=contact(
            "Luis", "Rivera", birth_date=years_ago(40), language="es", email="luis.rivera@mail.example", **home
        ),
        elena=contact("Elena", "Rivera", birth_date=years_ago(66), language="es", home_phone="+1 212 555 0143"),
        mateo=patient("100001", "Mateo", "Rivera", years_ago(8), sex=Patient.Sex.MALE, language="es"),
        sofia=patient("100002", "Sofia", "Rivera", years_ago(5), sex=Patient.Sex.FEMALE, language="es"),
        baby=patient("100003", "Baby Boy", "Rivera", today() - timedelta(days=6), sex=Patient.Sex.MALE),
        carmen=patient("100004", "Carmen", "Rivera", years_ago(19), sex=Patient.Sex.FEMALE, language="es"),
    )
    for child in family.children:
        link(family.ana, child, role=Role.MOTHER, lives_with=True, sort_order=1)
        link(family.luis, child, role=Role.FATHER, lives_with=True, sort_order=2)
        link(family.elena, child, role=Role.GRANDPARENT, authority=Authority.NONE, sort_order=3)
    return family


@dataclass(frozen=True)
class ONeil(Family):
    """Twins whose father a court has barred."""

    maeve: Contact  # mother, Exclusive
    sean: Contact  # father, restricted, without authority
    nora: Patient
    liam: Patient

    @property
    def children(self) -> list[Patient]:
        return [self.nora, self.liam]


def make_oneil() -> ONeil:
    family = ONeil(
        maeve=contact("Maeve", "O'Neil", birth_date=years_ago(35), language="en", email="maeve@mail.example"),
        sean=contact("Sean", "O'Neil", birth_date=years_ago(37), language="en", email="sean@mail.example"),
        nora=patient("100010", "Nora", "O'Neil", years_ago(6), sex=Patient.Sex.FEMALE),
        liam=patient("100011", "Liam", "O'Neil", years_ago(6), sex=Patient.Sex.MALE),
    )
    for child in family.children:
        link(family.maeve, child, role=Role.MOTHER, authority=Authority.EXCLUSIVE, lives_with=True, sort_order=1)
        link(
            family.sean,
            child,
            role=Role.FATHER,
            authority=Authority.NONE,
            sort_order=2,
            level="none",
            restriction_reason="Court order: no access to records",
            restriction_document="FC-2024-0117",
        )
    return family
