"""PINs in the database: find, lock, create, show and end them.

These are the small steps of the rules in ``portal.registration``. They run inside the transaction of the rule that
calls them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from audit.trail import Action, Actor, record
from patients.ages import today
from patients.models import Contact, FamilyContact
from portal.eligibility import block, final_block
from portal.models import Pin, PinSheet, Registration
from portal.pins import numbers, sealing
from practice.models import Practice

MAX_REASON = 200  # characters; of the columns for reasons
KEY_IS_GONE = "This PIN no longer works and cannot be shown, because its key is gone. Issue a new one."
NO_LONGER_ALLOWED = "No longer allowed"  # why a PIN was ended without staff doing it; the chart shows the details


def record_for(action: Action, family_contact: FamilyContact, by: Actor, **detail: Any) -> None:
    """Write one audit row about this family contact's patient."""
    record(actor=by, action=action, patient_id=family_contact.patient_id, family_contact=family_contact.pk, **detail)


# --- Find and lock -------------------------------------------------------------------------------


def with_family(found: QuerySet[Pin]) -> QuerySet[Pin]:
    """The PINs with their contacts and patients, in one query."""
    return found.select_related("registration__family_contact__contact", "registration__family_contact__patient")


def is_of_same_guardian(one: Pin, other: Pin) -> bool:
    """Whether both PINs were issued to the same contact."""
    return one.registration.family_contact.contact_id == other.registration.family_contact.contact_id


def lock_contact(contact: Contact) -> None:
    """Make every other rule about this contact wait until the transaction ends."""
    Contact.objects.select_for_update().get(pk=contact.pk)


def locked_family_contacts(contact: Contact, family_contact_ids: Iterable[int]) -> list[FamilyContact]:
    """Lock the contact. Return those of the family contacts that belong to it, in the order of their ids."""
    lock_contact(contact)
    return list(
        FamilyContact.objects.filter(contact=contact, pk__in=list(family_contact_ids))
        .select_related("contact", "patient")
        .order_by("pk")
    )


def locked_pins(pin_ids: Iterable[int]) -> list[Pin]:
    """Lock the contacts of these PINs, then the PINs. Return the PINs in the order of their ids."""
    pin_ids = list(pin_ids)
    # Two statements: as one with a subquery, PostgreSQL took seconds when its statistics were old.
    contacts = Pin.objects.filter(pk__in=pin_ids).values_list("registration__family_contact__contact", flat=True)
    list(Contact.objects.select_for_update().filter(pk__in=set(contacts)).order_by("pk"))
    return list(with_family(Pin.objects.select_for_update(of=("self",)).filter(pk__in=pin_ids)).order_by("pk"))


def locked_pins_of(tried: Sequence[Sequence[str]]) -> list[Pin | None]:
    """Lock the PINs with these digests and return them in the same order; None for a PIN that does not exist.

    Each PIN comes as its digests with every key. The order of locks is that of ``locked_pins``.
    """
    digests = {digest for each in tried for digest in each}
    locked = with_family(Pin.objects.select_for_update(of=("self",)).filter(digest__in=digests)).order_by("pk")
    by_digest = {pin.digest: pin for pin in locked}
    return [next((by_digest[digest] for digest in each if digest in by_digest), None) for each in tried]


def registration_of(family_contact: FamilyContact) -> Registration | None:
    """The family contact's registration, read again from the database."""
    return Registration.objects.filter(family_contact=family_contact).first()


def live_pin(registration: Registration, *, by: Actor) -> Pin | None:
    """The registration's live PIN. Ends it first if it has expired or is no longer allowed (R7, R19)."""
    pin = with_family(Pin.objects.filter(registration=registration, state=Pin.State.ACTIVE)).first()
    return pin if pin and not end_if_over(pin, by=by) else None


def live_pins(contact: Contact, family_contact_ids: Iterable[int], *, by: Actor) -> list[Pin]:
    """The live PINs of these family contacts of the contact, eldest child first."""
    locked = locked_family_contacts(contact, family_contact_ids)
    found = Pin.objects.filter(registration__family_contact__in=locked, state=Pin.State.ACTIVE)
    ordered = with_family(found).order_by("registration__family_contact__patient__birth_date", "pk")
    return [pin for pin in ordered if not end_if_over(pin, by=by)]


# --- Create and show -----------------------------------------------------------------------------


def create_pin(family_contact: FamilyContact, *, practice: Practice, by: Actor) -> str:
    """Set the registration to Pending with a new PIN. Return the PIN in clear. There must be no active one."""
    now, key = timezone.now(), sealing.KEYS.newest
    registration, _ = Registration.objects.update_or_create(
        family_contact=family_contact,
        defaults={"status": Registration.Status.PENDING, "changed_at": now, "registered_at": None, "reason": ""},
    )
    number = numbers.generate()
    pin = Pin.objects.create(
        registration=registration,
        digest=sealing.digest(number, key),
        key_id=key.key_id,
        sealed=sealing.seal(number, key),
        issued_at=now,
        issued_by=by.signed_in,
        expires_at=_end_of_last_day(practice),
    )
    record_for(Action.PIN_ISSUED, family_contact, by, pin=pin.pk)
    return number


def _end_of_last_day(practice: Practice) -> datetime:
    """Midnight after the last day printed on the sheet, in the practice's time zone (R6)."""
    last_day = today() + timedelta(days=practice.pin_lifetime_days)
    return timezone.make_aware(datetime.combine(last_day + timedelta(days=1), time.min))


def create_sheet(contact: Contact, live: Sequence[Pin], *, language: str, now: datetime, by: Actor) -> None:
    """Store that a sheet with these PINs was printed for this contact, with one audit row per PIN."""
    printed = PinSheet.objects.create(contact=contact, language=language, printed_by=by.signed_in, printed_at=now)
    printed.pins.set(live)
    for pin in live:
        record_for(Action.PIN_PRINTED, pin.registration.family_contact, by, pin=pin.pk, sheet=printed.pk)


def reveal(pin: Pin, *, by: Actor) -> str:
    """The live PIN in clear, with an audit row (R10). Raises UnreadablePin when its key is gone."""
    number = sealing.unseal(pin.sealed)
    record_for(Action.PIN_SHOWN, pin.registration.family_contact, by, pin=pin.pk)
    return number


# --- End -----------------------------------------------------------------------------------------


def ending(state: Pin.State, *, now: datetime, by: User | None = None, reason: str = "") -> dict[str, Any]:
    """The fields that end a PIN: state, when, by whom and why. The sealed copy is erased (R7)."""
    return {"state": state, "sealed": "", "ended_at": now, "ended_by": by, "end_reason": reason}


def end_active(registration: Registration, state: Pin.State, action: Action, *, by: Actor, reason: str = "") -> bool:
    """End the registration's active PIN. False if it has none."""
    pin = Pin.objects.filter(registration=registration, state=Pin.State.ACTIVE).first()
    if not pin:
        return False
    Pin.objects.filter(pk=pin.pk).update(**ending(state, now=timezone.now(), by=by.user, reason=reason))
    record_for(action, registration.family_contact, by, pin=pin.pk)
    return True


def end_if_over(pin: Pin, *, by: Actor) -> bool:
    """End an active PIN that has expired (R6) or whose registration is no longer allowed (R17, R19)."""
    now, family_contact = timezone.now(), pin.registration.family_contact
    if pin.expires_at <= now:
        state, action, reason = Pin.State.EXPIRED, Action.PIN_EXPIRED, ""
    elif block(family_contact, practice=Practice.current(), today=today()):
        state, action, reason = Pin.State.REVOKED, Action.PIN_REVOKED, NO_LONGER_ALLOWED
    else:
        return False
    Pin.objects.filter(pk=pin.pk).update(**ending(state, now=now, reason=reason))
    record_for(action, family_contact, by, pin=pin.pk)
    if obstacle := final_block(family_contact, practice=Practice.current(), today=today()):
        close_registration(pin.registration, Registration.Status.ENDED, obstacle.reason[:MAX_REASON])
    return True


def close_registration(registration: Registration, status: Registration.Status, reason: str) -> None:
    """Set the registration to Declined or Removed, with the reason."""
    registration.status, registration.reason = status, reason
    registration.registered_at, registration.changed_at = None, timezone.now()
    registration.save()
