"""An adult patient decides in the own account who else may see the record (R17)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404

from audit.trail import Actor
from patients import family
from patients.ages import age_on, today
from patients.models import FamilyContact, Level
from portal.eligibility import block
from portal.family.children import Card
from practice.models import Practice

Basis = FamilyContact.Basis


@dataclass(frozen=True)
class Person:
    """Somebody whom the patient can allow to see the record, and whether that is so."""

    link: FamilyContact
    is_allowed: bool  # today

    @property
    def has_consent(self) -> bool:
        """Whether there is a consent to withdraw, also one that does not count today."""
        return self.link.basis == Basis.CONSENT

    @property
    def name(self) -> str:
        return self.link.contact.name


def may_share(card: Card) -> bool:
    """Whether this is the own account of an adult."""
    born = card.patient.birth_date
    return card.is_self and card.has_access and bool(born and age_on(born, today()) >= Practice.current().adult_age)


def people(card: Card) -> Sequence[Person]:
    """The patient's family contacts whom the practice does not bar, in their order.

    Without the guardian of a dependent adult: a court decided that, not the patient.
    """
    found = FamilyContact.objects.filter(patient=card.patient, is_active=True).select_related("contact")
    found = found.exclude(role=FamilyContact.Role.SELF).exclude(basis=Basis.ADULT_GUARDIANSHIP)
    found = found.exclude(~Q(basis=Basis.CONSENT), level=Level.NONE).order_by("sort_order", "pk")
    practice, day = Practice.current(), today()
    return [Person(link, block(link, practice=practice, today=day) is None) for link in found.select_related("patient")]


def allow(*, card: Card, number: str, by: Actor) -> Person:
    """Give consent to the person with this number. Raises Http404 for anybody who is not listed."""
    person = _listed(card, number)
    if not person.is_allowed:
        family.give_consent(by=by, family_contact=person.link)
    return person


def withdraw(*, card: Card, number: str, by: Actor) -> Person:
    """Withdraw the consent; access ends at once. Raises Http404 for anybody who is not listed."""
    person = _listed(card, number)
    if person.has_consent:
        family.withdraw_consent(by=by, family_contact=person.link)
    return person


def _listed(card: Card, number: str) -> Person:
    person = next((each for each in people(card) if str(each.link.pk) == number), None)
    if person is None or not may_share(card):
        raise Http404
    return person
