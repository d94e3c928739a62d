"""What a family's account sees of each child."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser

from patients.ages import age_words, today
from patients.models import Patient
from portal import status
from portal.eligibility import block, is_limited
from portal.models import Registration
from practice.models import Practice, User


@dataclass(frozen=True)
class Card:
    """One child: how far registration has come, and whether access holds today."""

    registration: Registration
    status: status.PortalStatus
    age: str
    has_access: bool
    is_limited: bool
    has_aged_out: bool

    @property
    def patient(self) -> Patient:
        return self.registration.family_contact.patient


def of_user(user: User | AnonymousUser) -> list[Card]:
    """The children of this account, youngest last. Access is computed now, from age and custody (R17, R19)."""
    practice, day = Practice.current(), today()
    registrations = Registration.objects.filter(
        family_contact__contact__account__user=user.pk,
        status__in=[Registration.Status.PENDING, Registration.Status.REGISTERED],
    ).select_related("family_contact__patient", "family_contact__contact")
    ordered = registrations.order_by("family_contact__patient__birth_date", "pk")
    return [_card(registration, practice=practice, day=day) for registration in ordered]


def _card(registration: Registration, *, practice: Practice, day: date) -> Card:
    family_contact = registration.family_contact
    obstacle = block(family_contact, practice=practice, today=day)
    return Card(
        registration=registration,
        status=status.of_registration(registration),
        age=age_words(family_contact.patient.birth_date, day),
        has_access=obstacle is None and registration.status == Registration.Status.REGISTERED,
        is_limited=is_limited(family_contact, practice=practice, today=day),
        has_aged_out=obstacle is not None and obstacle.code == "adult",
    )
