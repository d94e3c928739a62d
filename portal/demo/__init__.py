"""The demo's registrations: some families are registered, some have live PINs, some have declined.

Created with the rules of ``portal.registration``, so that the demo cannot show what the product refuses.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.demo.staff import DOCTOR, FRONT_DESK, PASSWORD
from accounts.models import User
from appointments import demo as appointments_demo
from audit.trail import Actor
from patients import charts, family
from patients.ages import today
from patients.demo import FIRST_GENERATED
from patients.models import Contact, FamilyContact
from portal import registration
from portal.eligibility import block, is_limited
from portal.family_accounts import NewSignIn
from portal.models import Registration
from portal.refusals import NotProven
from practice import terms
from practice.models import Practice

ADDRESS = "192.0.2.10"  # in the network reserved for examples (RFC 5737)
PARENT = "parent@demo.example"
PATIENT = "patient@demo.example"  # an adult patient with their own account
Basis = FamilyContact.Basis
REGISTERED, PENDING, DECLINED, LOCKED = 6, 14, 4, 1  # families


def load() -> None:
    """Register some of the demo's families, unless there are registrations already."""
    if Registration.objects.exists():
        return
    by = Actor(User.objects.get(email=FRONT_DESK.email), ADDRESS)
    everybody = _mothers()[: REGISTERED + PENDING + DECLINED + LOCKED]
    # The demo's parent should see every kind of card, so the first mother has a teen and younger children.
    everybody.sort(key=lambda mother: not _has_teen_and_younger(mother))
    mothers = iter(everybody)
    for number in range(REGISTERED):
        _redeem_all(_issue(next(mothers), by), email=PARENT if number == 0 else f"parent{number}@demo.example")
    for _ in range(PENDING):
        _issue(next(mothers), by)
    for _ in range(DECLINED):
        for link in _links(next(mothers)):
            registration.decline(family_contact=link, reason="No smartphone at home", by=by)
    for _ in range(LOCKED):
        _lock(_issue(next(mothers), by))
    _redeem_all(_issue(_adult(), by), email=PATIENT)
    _bases(by)
    for email in (PARENT, PATIENT):
        _fill(Contact.objects.get(account__user__email=email))


def _has_teen_and_younger(contact: Contact) -> bool:
    practice, day = Practice.current(), today()
    links = _links(contact)
    limited = {is_limited(link, practice=practice, today=day) for link in links}
    return limited == {True, False} and all(block(link, practice=practice, today=day) is None for link in links)


def _adult() -> Contact:
    """An adult patient who can have their own account."""
    practice, day = Practice.current(), today()
    selves = FamilyContact.objects.filter(role=FamilyContact.Role.SELF, authority=FamilyContact.Authority.EXCLUSIVE)
    free = (
        each for each in selves.select_related("patient", "contact") if not block(each, practice=practice, today=day)
    )
    return next(free).contact


def _bases(by: Actor) -> None:
    """A foster placement that ends soon, an adult's consent, and the guardianship of a dependent adult."""
    placed = FamilyContact.objects.filter(registration__status=Registration.Status.REGISTERED).exclude(
        contact__account__user__email__in=[PARENT, PATIENT]
    )
    until = today() + timedelta(days=20)
    _change(placed.order_by("pk")[0], by, basis=Basis.FOSTER, basis_document="Placement 2026-114", basis_until=until)
    selves = FamilyContact.objects.filter(role=FamilyContact.Role.SELF, authority=FamilyContact.Authority.EXCLUSIVE)
    parents = FamilyContact.objects.filter(
        patient__in=selves.values("patient"), authority=FamilyContact.Authority.JOINT
    ).order_by("pk")
    of_adult = FamilyContact.objects.filter(patient__family_contacts__contact__account__user__email=PATIENT)
    own = of_adult.exclude(role=FamilyContact.Role.SELF).order_by("pk").first()
    if own:
        family.give_consent(by=by, family_contact=own)
    dependent = parents.exclude(patient__family_contacts__contact__account__isnull=False).first()
    if dependent:
        _change(selves.get(patient=dependent.patient), by, authority=FamilyContact.Authority.NONE)
        _change(dependent, by, basis=Basis.ADULT_GUARDIANSHIP, basis_document="Probate Court 2026-58")


def _change(link: FamilyContact, by: Actor, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(link, name, value)
    family.change_contact(by=by, family_contact=link, fields=fields)


def _fill(contact: Contact) -> None:
    """Add past and future visits, and a few staff who have viewed the charts."""
    patients = [link.patient for link in _links(contact)]
    appointments_demo.add_visits(patients, now=timezone.now())
    for email in (FRONT_DESK.email, DOCTOR.email):
        by = Actor(User.objects.get(email=email), ADDRESS)
        for patient in patients:
            for tab in ("basic_info", "appointments"):
                charts.view(by=by, patient=patient, tab=tab)


def _mothers() -> list[Contact]:
    """Contacts who decide for generated patients, in a stable order. The named families are left alone."""
    deciding = FamilyContact.objects.filter(
        sort_order=1, authority=FamilyContact.Authority.JOINT, patient__chart_number__gte=str(FIRST_GENERATED)
    )
    return list(Contact.objects.filter(family_contacts__in=deciding).distinct().order_by("pk"))


def _links(contact: Contact) -> list[FamilyContact]:
    return list(contact.family_contacts.select_related("patient", "contact"))


def _issue(contact: Contact, by: Actor) -> dict[FamilyContact, str]:
    links = _links(contact)
    issued = registration.issue(contact=contact, family_contact_ids=[link.pk for link in links], by=by)
    return {link: issued.pins[link.pk] for link in links if link.pk in issued.pins}


def _redeem_all(numbers: dict[FamilyContact, str], *, email: str) -> None:
    by = Actor(None, ADDRESS)
    proven = [
        registration.prove(pin=number, birth_date=link.patient.birth_date, by=by).pk
        for link, number in numbers.items()
        if link.patient.birth_date
    ]
    newest = terms.current()
    accepted = newest.number if newest else 0
    if proven:
        registration.redeem(proven=proven, sign_in=NewSignIn(email, PASSWORD, terms=accepted), by=by)


def _lock(numbers: dict[FamilyContact, str]) -> None:
    """Guess the birth date of one child until the PIN is locked."""
    for number in list(numbers.values())[:1]:
        for _ in range(registration.WRONG_BIRTH_DATES_UNTIL_LOCKED):
            try:
                registration.prove(pin=number, birth_date=timezone.localdate(), by=Actor(None, ADDRESS))
            except NotProven:
                continue  # as intended
