"""What the portal holds about one child, for one reader: the page shows it, the downloads hold it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from patients.ages import today
from patients.models import FamilyContact
from portal.eligibility import block
from portal.family import visits as family_visits
from portal.family.children import Card
from portal.family.visits import Visit
from portal.models import Registration
from practice.models import Practice


@dataclass(frozen=True)
class Access:
    """Somebody who can see the child at this moment, and since when. No way to reach them: parents may be apart."""

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
        """What they are to the child, in the reader's language."""
        if self.is_patient:
            return _("the patient")
        return str(self.link.get_role_display())


@dataclass(frozen=True)
class ChildRecord:
    """One child, with everything that this reader may see of it at this moment."""

    card: Card
    upcoming: list[Visit]
    past: list[Visit]
    access: list[Access]


def of(card: Card, *, past: int | None = None) -> ChildRecord:
    """Read the record. ``past``: how many past visits, latest first; all of them by default."""
    patient, is_limited = card.patient, card.is_limited
    return ChildRecord(
        card=card,
        upcoming=family_visits.upcoming(patient.pk, is_limited=is_limited),
        past=family_visits.past(patient.pk, is_limited=is_limited, limit=past),
        access=list(_access(card)),
    )


def _access(card: Card) -> Iterable[Access]:
    """Who is registered and whose access holds, longest first. A PIN that is out opens nothing yet."""
    practice, day = Practice.current(), today()
    registered = Registration.objects.filter(
        family_contact__patient=card.patient, status=Registration.Status.REGISTERED, registered_at__isnull=False
    ).select_related("family_contact__contact", "family_contact__patient")
    for registration in registered.order_by("registered_at", "pk"):
        link = registration.family_contact
        if registration.registered_at and block(link, practice=practice, today=day) is None:
            yield Access(link, registration.registered_at, link.pk == card.link.pk)
