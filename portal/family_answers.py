"""What a guardian answers at the desk for all children at once: no, or ask again later.

Both take the family off the worklist. See ``portal.registration`` for the answer for one child, and for the order
in which rows are locked.
"""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.trail import Action, Actor
from patients.ages import today
from patients.models import Contact, FamilyContact
from portal import registration
from portal.eligibility import may_decide
from portal.models import Postponement, Registration
from portal.pins.storage import lock_contact, record_for
from practice.models import Practice


def children_to_ask_about(contact: Contact) -> list[FamilyContact]:
    """The contact's children who are not registered, declined or removed, and for whom the contact may decide."""
    practice, day = Practice.current(), today()
    links = FamilyContact.objects.filter(contact=contact, is_active=True).select_related("contact", "patient")
    not_closed = links.filter(
        Q(registration=None) | Q(registration__status__in=[Registration.Status.PENDING, Registration.Status.ENDED])
    )
    return [link for link in not_closed.order_by("pk") if may_decide(link, practice=practice, today=day)]


@transaction.atomic
def decline_family(*, contact: Contact, reason: str, by: Actor) -> list[FamilyContact]:
    """Decline the portal for all children that can still be asked about. Return their family contacts."""
    lock_contact(contact)
    declined = children_to_ask_about(contact)
    for family_contact in declined:
        registration.decline(family_contact=family_contact, reason=reason, by=by)
    return declined


@transaction.atomic
def postpone(*, contact: Contact, until: date, reason: str, by: Actor) -> bool:
    """Ask this guardian again from that day. Live PINs keep working. False if there is no child to ask about."""
    lock_contact(contact)
    asked_about = children_to_ask_about(contact)
    if not asked_about:
        return False
    Postponement.objects.update_or_create(
        contact=contact,
        defaults={"until": until, "reason": reason, "postponed_by": by.signed_in, "postponed_at": timezone.now()},
    )
    for family_contact in asked_about:
        record_for(Action.REGISTRATION_POSTPONED, family_contact, by, until=until.isoformat())
    return True


@transaction.atomic
def ask_now(*, contact: Contact, by: Actor) -> None:
    """Cancel the guardian's postponement, if there is one."""
    lock_contact(contact)
    if Postponement.objects.filter(contact=contact).delete()[0]:
        for family_contact in children_to_ask_about(contact):
            record_for(Action.REGISTRATION_RESUMED, family_contact, by)
