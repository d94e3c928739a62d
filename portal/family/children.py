"""What a family's account sees of each child: name, registration status, and whether it has access today."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from patients.ages import age_parts, today
from patients.models import FamilyContact, Level, Patient
from portal import status
from portal.eligibility import access
from portal.family import visits
from portal.family.visits import Visit
from portal.models import Registration
from practice.models import Practice

LISTED = (Registration.Status.PENDING, Registration.Status.REGISTERED, Registration.Status.ENDED)


@dataclass(frozen=True)
class Card:
    """One child, or the patient themselves, as this account may see them now."""

    registration: Registration
    status: status.PortalStatus
    age: str
    has_access: bool
    is_limited: bool
    has_aged_out: bool
    has_run_out: bool  # the basis of access, such as a placement, has ended by its date
    next_visit: Visit | None = None

    @property
    def link(self) -> FamilyContact:
        return self.registration.family_contact

    @property
    def patient(self) -> Patient:
        return self.link.patient

    @property
    def is_limited_by_practice(self) -> bool:
        """Whether the practice has limited this access, unlike the privacy of all teens."""
        return self.link.level == Level.LIMITED

    @property
    def has_ended(self) -> bool:
        """Whether this account had access, and it has ended for good."""
        return self.registration.status == Registration.Status.ENDED

    @property
    def is_self(self) -> bool:
        """Whether the account belongs to the patient, so that pages say "you"."""
        return self.link.role == FamilyContact.Role.SELF

    @property
    def name(self) -> str:
        """The heading of the card: the child's name, or **Myself**."""
        return _("Myself") if self.is_self else f"{self.patient.call_name} {self.patient.family_name}".strip()

    @property
    def sees_contact_details(self) -> bool:
        """Whether a download may include the patient's address, phone, and e-mail.

        They tell where a child lives and how to reach a teen alone. So only the patients themselves get them, and
        guardians with full access who live with the child.
        """
        return self.is_self or (self.link.lives_with and not self.is_limited)


def cards_of(user: User | AnonymousUser) -> list[Card]:
    """The children of this account, oldest first. Access is computed now, from age and custody (R17, R19)."""
    cards = _cards(user)
    patients = {card.patient.pk: card.is_limited for card in cards if card.has_access}
    upcoming = visits.next_of(patients)
    return [replace(card, next_visit=upcoming.get(card.patient.pk)) for card in cards]


def card_of(user: User | AnonymousUser, patient_id: int) -> Card | None:
    """This patient as the account may see them. None for another family's child and for removed access."""
    return next(iter(_cards(user, family_contact__patient=patient_id)), None)


def has_only_self(user: User | AnonymousUser) -> bool:
    """Whether the account has only the patient's own record, so that pages do not speak of children."""
    listed = Registration.objects.filter(family_contact__contact__account__user=user.pk, status__in=LISTED)
    return set(listed.values_list("family_contact__role", flat=True)) == {FamilyContact.Role.SELF}


def _cards(user: User | AnonymousUser, **which: int) -> list[Card]:
    practice, day = Practice.current(), today()
    registrations = Registration.objects.filter(
        family_contact__contact__account__user=user.pk, status__in=LISTED, **which
    ).select_related("family_contact__patient", "family_contact__contact")
    ordered = registrations.order_by("family_contact__patient__birth_date", "pk")
    cards = [_card(registration, practice=practice, day=day) for registration in ordered]
    # If access ended for another reason than time, the page does not show even the child's current name.
    return [card for card in cards if not card.has_ended or card.has_aged_out or card.has_run_out]


def _card(registration: Registration, *, practice: Practice, day: date) -> Card:
    family_contact = registration.family_contact
    found = access(family_contact, practice=practice, today=day)
    return Card(
        registration=registration,
        status=status.for_registration(registration),
        age=age_in_words(family_contact.patient.birth_date, day),
        has_access=found.level != Level.NONE and registration.status == Registration.Status.REGISTERED,
        is_limited=found.level == Level.LIMITED,
        has_aged_out=found.block is not None and found.block.code == "adult",
        has_run_out=found.block is not None and found.block.code == "ended",
    )


def age_in_words(birth_date: date | None, day: date) -> str:
    """The age in the family's language; empty if unknown."""
    parts = age_parts(birth_date, day)
    return _AGES[parts[1]](parts[0]) % {"number": parts[0]} if parts else ""


_AGES: Mapping[str, Callable[[int], str]] = {
    "day": lambda number: ngettext("%(number)s day old", "%(number)s days old", number),
    "week": lambda number: ngettext("%(number)s week old", "%(number)s weeks old", number),
    "month": lambda number: ngettext("%(number)s month old", "%(number)s months old", number),
    "year": lambda number: ngettext("%(number)s year old", "%(number)s years old", number),
}
