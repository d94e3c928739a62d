"""The steps that the rules in ``portal.registration`` are made of: one row, one change, one line of the trail.

All of them run inside the transaction of the rule that calls them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from audit.trail import Action, Actor, record
from patients.ages import today
from patients.models import Contact, FamilyContact
from portal.eligibility import block, has_say
from portal.models import Pin, PinSheet, Registration
from portal.pins import numbers as pins
from practice.models import Practice

KEY_IS_GONE = "This PIN does not work and cannot be shown any more, because its key is gone. Issue a new one."
BLOCKED_AT_TOUCH = "No longer allowed"  # why a PIN ended by itself; the chart says the rest


def record_for(action: Action, family_contact: FamilyContact, by: Actor, **detail: Any) -> None:
    """One line of the trail about this family contact's patient."""
    record(actor=by, action=action, patient_id=family_contact.patient_id, family_contact=family_contact.pk, **detail)


def with_family(found: QuerySet[Pin]) -> QuerySet[Pin]:
    """The PINs together with whose they are, in one query."""
    return found.select_related("registration__family_contact__contact", "registration__family_contact__patient")


def is_of_same_guardian(one: Pin, other: Pin) -> bool:
    """Whether both were made for the same contact."""
    return one.registration.family_contact.contact_id == other.registration.family_contact.contact_id


def lock(contact: Contact) -> None:
    """Keep every other rule about this contact waiting until the transaction ends."""
    Contact.objects.select_for_update().get(pk=contact.pk)


def locked_family_contacts(contact: Contact, numbers: Iterable[int]) -> list[FamilyContact]:
    """Lock the contact; return those of the family contacts that are this contact's, by number."""
    lock(contact)
    return list(
        FamilyContact.objects.filter(contact=contact, pk__in=list(numbers))
        .select_related("contact", "patient")
        .order_by("pk")
    )


def locked_pins(numbers: Iterable[int]) -> list[Pin]:
    """Lock the PINs and, before them, the contacts they belong to; return the PINs by number."""
    numbers = list(numbers)
    # Two statements: as one with a subquery, PostgreSQL took seconds where its statistics were old.
    contacts = Pin.objects.filter(pk__in=numbers).values_list("registration__family_contact__contact", flat=True)
    list(Contact.objects.select_for_update().filter(pk__in=set(contacts)).order_by("pk"))
    return list(with_family(Pin.objects.select_for_update(of=("self",)).filter(pk__in=numbers)).order_by("pk"))


def children_to_ask_about(contact: Contact) -> list[FamilyContact]:
    """The contact's links to children for whom it has a say and who are neither registered nor closed."""
    practice, day = Practice.current(), today()
    links = FamilyContact.objects.filter(contact=contact, is_active=True).select_related("contact", "patient")
    not_closed = links.filter(Q(registration=None) | Q(registration__status=Registration.Status.PENDING))
    return [link for link in not_closed.order_by("pk") if has_say(link, practice=practice, today=day)]


def registration_of(family_contact: FamilyContact) -> Registration | None:
    """Its registration as it stands in the database now."""
    return Registration.objects.filter(family_contact=family_contact).first()


def live_pin(registration: Registration, *, by: Actor) -> Pin | None:
    """The registration's live PIN. One that is over is ended on the way (R7, R19)."""
    pin = with_family(Pin.objects.filter(registration=registration, state=Pin.State.ACTIVE)).first()
    return pin if pin and not end_if_over(pin, by=by) else None


def live_pins(contact: Contact, family_contact_ids: Iterable[int], *, by: Actor) -> list[Pin]:
    """The live PINs of these family contacts of the contact, children in order of age, eldest first."""
    locked = locked_family_contacts(contact, family_contact_ids)
    found = Pin.objects.filter(registration__family_contact__in=locked, state=Pin.State.ACTIVE)
    ordered = with_family(found).order_by("registration__family_contact__patient__birth_date", "pk")
    return [pin for pin in ordered if not end_if_over(pin, by=by)]


def new_pin(family_contact: FamilyContact, *, practice: Practice, by: Actor) -> str:
    """Make the registration pending with a new PIN; returns the PIN in clear. There must be no active one."""
    now, key = timezone.now(), pins.KEYS.newest
    registration, _ = Registration.objects.update_or_create(
        family_contact=family_contact,
        defaults={"status": Registration.Status.PENDING, "changed_at": now, "registered_at": None, "reason": ""},
    )
    number = pins.new_pin()
    pin = Pin.objects.create(
        registration=registration,
        digest=pins.digest(number, key),
        key_id=key.key_id,
        sealed=pins.seal(number, key),
        issued_at=now,
        issued_by=by.signed_in,
        expires_at=_end_of_last_day(practice),
    )
    record_for(Action.PIN_ISSUED, family_contact, by, pin=pin.pk)
    return number


def new_sheet(contact: Contact, live: Sequence[Pin], *, language: str, now: datetime, by: Actor) -> None:
    """Remember the sheet that was printed for this contact, and record it for each PIN on it."""
    printed = PinSheet.objects.create(contact=contact, language=language, printed_by=by.signed_in, printed_at=now)
    printed.pins.set(live)
    for pin in live:
        record_for(Action.PIN_PRINTED, pin.registration.family_contact, by, pin=pin.pk, sheet=printed.pk)


def _end_of_last_day(practice: Practice) -> datetime:
    """Midnight after the last day printed on the sheet, in the practice's time zone (R6)."""
    last_day = today() + timedelta(days=practice.pin_lifetime_days)
    return timezone.make_aware(datetime.combine(last_day + timedelta(days=1), time.min))


def shown(pin: Pin, *, by: Actor) -> str:
    """The live PIN in clear; recorded (R10). Raises UnreadablePin when its key is gone."""
    number = pins.unseal(pin.sealed)
    record_for(Action.PIN_SHOWN, pin.registration.family_contact, by, pin=pin.pk)
    return number


def ending(state: Pin.State, *, now: datetime, by: User | None = None, reason: str = "") -> dict[str, Any]:
    """What ends a PIN: its state, when, by whom, why; and the sealed copy is erased (R7)."""
    return {"state": state, "sealed": "", "ended_at": now, "ended_by": by, "end_reason": reason}


def end_active(registration: Registration, state: Pin.State, action: Action, *, by: Actor, reason: str = "") -> bool:
    """End the registration's active PIN, if there is one."""
    pin = Pin.objects.filter(registration=registration, state=Pin.State.ACTIVE).first()
    if not pin:
        return False
    Pin.objects.filter(pk=pin.pk).update(**ending(state, now=timezone.now(), by=by.user, reason=reason))
    record_for(action, registration.family_contact, by, pin=pin.pk)
    return True


def end_if_over(pin: Pin, *, by: Actor) -> bool:
    """End an active PIN that is past its date (R6) or whose child is no longer allowed (R17, R19)."""
    now, family_contact = timezone.now(), pin.registration.family_contact
    if pin.expires_at <= now:
        state, action, reason = Pin.State.EXPIRED, Action.PIN_EXPIRED, ""
    elif block(family_contact, practice=Practice.current(), today=today()):
        state, action, reason = Pin.State.REVOKED, Action.PIN_REVOKED, BLOCKED_AT_TOUCH
    else:
        return False
    Pin.objects.filter(pk=pin.pk).update(**ending(state, now=now, reason=reason))
    record_for(action, family_contact, by, pin=pin.pk)
    return True


def close(registration: Registration, status: Registration.Status, reason: str) -> None:
    """The registration is declined or removed, and why."""
    registration.status, registration.reason = status, reason
    registration.registered_at, registration.changed_at = None, timezone.now()
    registration.save()
