"""One child's record for one reader, for the page and the downloads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from patients.ages import today
from patients.models import FamilyContact
from portal.eligibility import block
from portal.family import visits
from portal.family.children import Card
from portal.family.visits import Visit
from portal.models import Registration
from practice.models import Practice


@dataclass(frozen=True)
class Access:
    """A person who can see the child now, and since when. Without contact details: parents may live apart."""

    link: FamilyContact
    since: datetime
    is_reader: bool

    @property
    def name(self) -> str:
        return self.link.contact.name

    @property
    def is_patient(self) -> bool:
        return self.link.role == FamilyContact.Role.SELF

    @property
    def role(self) -> str:
        """The relationship to the child, in the reader's language."""
        if self.is_patient:
            return _("the patient")
        return str(self.link.get_role_display())


@dataclass(frozen=True)
class ChildRecord:
    """Everything that this reader may see of one child now."""

    card: Card
    upcoming: list[Visit]
    past: list[Visit]
    access: list[Access]


def read(card: Card, *, past: int | None = None) -> ChildRecord:
    """Read the record. ``past``: how many past visits to include, latest first; all by default."""
    patient, is_limited = card.patient, card.is_limited
    return ChildRecord(
        card=card,
        upcoming=visits.upcoming(patient.pk, is_limited=is_limited),
        past=visits.past(patient.pk, is_limited=is_limited, limit=past),
        access=list(_access(card)),
    )


def _access(card: Card) -> Iterable[Access]:
    """Registered people who have access now, longest first. Unused PINs give no access yet."""
    practice, day = Practice.current(), today()
    registered = Registration.objects.filter(
        family_contact__patient=card.patient, status=Registration.Status.REGISTERED, registered_at__isnull=False
    ).select_related("family_contact__contact", "family_contact__patient")
    for registration in registered.order_by("registered_at", "pk"):
        link = registration.family_contact
        if registration.registered_at and block(link, practice=practice, today=day) is None:
            yield Access(link, registration.registered_at, link.pk == card.link.pk)
