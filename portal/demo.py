"""The demo's registrations: some families are registered, some have PINs out, some declined.

Made through the rules of ``portal.registration``, so that the demo cannot show what the product refuses.
"""

from django.utils import timezone

from patients.demo import FIRST_GENERATED
from patients.models import Contact, FamilyContact
from portal import registration
from portal.accounts import NewSignIn
from portal.judging import WRONG_BIRTH_DATES_UNTIL_LOCKED
from portal.models import Registration
from portal.refusals import NotProven
from practice.audit import Actor
from practice.demo import FRONT_DESK, PASSWORD
from practice.models import User

ADDRESS = "192.0.2.10"  # of the network that is reserved for examples (RFC 5737)
PARENT = "parent@demo.example"
REGISTERED, PENDING, DECLINED, LOCKED = 6, 14, 4, 1  # families


def load() -> None:
    """Register some of the demo's families, unless somebody has begun to register any."""
    if Registration.objects.exists():
        return
    by = Actor(User.objects.get(email=FRONT_DESK.email), ADDRESS)
    mothers = iter(_mothers()[: REGISTERED + PENDING + DECLINED + LOCKED])
    for number in range(REGISTERED):
        _redeem_all(_issue(next(mothers), by), email=PARENT if number == 0 else f"parent{number}@demo.example")
    for _ in range(PENDING):
        _issue(next(mothers), by)
    for _ in range(DECLINED):
        for link in _links(next(mothers)):
            registration.decline(family_contact=link, reason="No smartphone at home", by=by)
    for _ in range(LOCKED):
        _lock(_issue(next(mothers), by))


def _mothers() -> list[Contact]:
    """Contacts who decide for generated patients, in a stable order; the families by name stay untouched."""
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
    if proven:
        registration.redeem(proven=proven, sign_in=NewSignIn(email, PASSWORD), by=by)


def _lock(numbers: dict[FamilyContact, str]) -> None:
    """Somebody guessed at the birth date of one child until the PIN was locked."""
    for number in list(numbers.values())[:1]:
        for _ in range(WRONG_BIRTH_DATES_UNTIL_LOCKED):
            try:
                registration.prove(pin=number, birth_date=timezone.localdate(), by=Actor(None, ADDRESS))
            except NotProven:
                continue  # as it must be
