"""One row per child of a guardian: whether the child can be registered, the registration so far, and the PIN."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Prefetch, QuerySet

from patients.ages import age_words, today
from patients.models import FamilyContact, Patient
from portal import status
from portal.eligibility import Block, block, is_limited, may_decide
from portal.models import Pin, Registration
from portal.pins.numbers import grouped
from portal.pins.sealing import has_key
from portal.pins.storage import KEY_IS_GONE, NO_LONGER_ALLOWED
from portal.sheets.sheet import last_day
from practice.models import Practice

OPEN = (Registration.Status.PENDING, Registration.Status.ENDED)  # proposed for registering


@dataclass(frozen=True)
class Row:
    """One child of a guardian, with its registration and newest PIN."""

    family_contact: FamilyContact
    registration: Registration | None
    pin: Pin | None
    block: Block | None
    age: str
    is_limited: bool
    may_decide: bool  # whether the contact decides about this child
    number: str  # the PIN in clear, grouped; only in the response that issued or showed it
    is_ticked: bool = False

    @property
    def patient(self) -> Patient:
        return self.family_contact.patient

    @property
    def status(self) -> status.PortalStatus:
        return status.for_registration(self.registration)

    @property
    def has_live_pin(self) -> bool:
        """Whether the child has a working PIN. An expired one may still be stored as active."""
        return self.pin is not None and self.pin.is_live and self.block is None and has_key(self.pin.key_id)

    @property
    def has_lost_pin(self) -> bool:
        """Whether the PIN does not work because its key is no longer in ``PIN_KEYS``."""
        return self.pin is not None and self.pin.is_live and not has_key(self.pin.key_id)

    @property
    def is_registered(self) -> bool:
        return self.registration is not None and self.registration.status == Registration.Status.REGISTERED

    @property
    def is_open(self) -> bool:
        """Whether the registration is neither complete nor closed. Closed ones are not proposed again."""
        return self.registration is None or self.registration.status in OPEN

    @property
    def passed_over(self) -> str:
        """Why Register and Print for several families leaves out this child, in one sentence; empty if it does not."""
        if self.block:
            return self.block.reason
        if self.has_lost_pin:
            return KEY_IS_GONE
        if self.registration is None or self.is_open:
            return ""
        if self.is_registered:
            return "Already registered."
        return f"{self.registration.get_status_display()}: {self.registration.reason}"

    @property
    def can_choose(self) -> bool:
        """Whether Register or Print can include this row."""
        return self.block is None and not self.is_registered and not self.has_lost_pin

    @property
    def note(self) -> str:
        """What the desk should know about the PIN, in one sentence. The window shows the block's reason separately."""
        if self.registration is None:
            return ""
        if self.registration.reason and not self.is_open:
            return f"Reason: {self.registration.reason}"
        if self.registration.status == Registration.Status.ENDED:
            return f"Ended: {self.registration.reason}" if self.block is None else ""
        return _pin_note(self.pin) if self.pin and not self.is_registered else ""

    @property
    def last_day(self) -> date | None:
        return last_day(self.pin) if self.pin and self.has_live_pin else None


def _pin_note(pin: Pin) -> str:
    if pin.state == Pin.State.LOCKED:
        return "The PIN is locked after five wrong birth dates. Issue a new one."
    if pin.state == Pin.State.REVOKED and pin.end_reason == NO_LONGER_ALLOWED:
        return "The PIN ended because registration is no longer allowed."
    if pin.state == Pin.State.REVOKED:
        return f"The PIN was revoked: {pin.end_reason}. Issue a new one."
    if not pin.is_live:
        return "The PIN has expired. Issue a new one."
    if not has_key(pin.key_id):
        return KEY_IS_GONE
    return "" if pin.printed_at else "Not printed yet."


def rows_of(
    links: QuerySet[FamilyContact],
    *,
    numbers: Mapping[int, str] | None = None,
    ticked: Collection[int] | None = None,
) -> list[Row]:
    """Make a row for each of these family contacts, in a constant number of queries."""
    practice, day, numbers = Practice.current(), today(), numbers or {}
    newest = Prefetch("registration__pins", queryset=Pin.objects.order_by("-pk"))
    found = links.select_related("patient", "contact", "registration").prefetch_related(newest)
    return [_row(link, practice, day, numbers.get(link.pk, ""), ticked) for link in found]


def _row(link: FamilyContact, practice: Practice, day: date, number: str, ticked: Collection[int] | None) -> Row:
    registration: Registration | None = getattr(link, "registration", None)
    newest = list(registration.pins.all())[:1] if registration else []
    row = Row(
        family_contact=link,
        registration=registration,
        pin=newest[0] if newest else None,
        block=block(link, practice=practice, today=day),
        age=age_words(link.patient.birth_date, day),
        is_limited=is_limited(link, practice=practice, today=day),
        may_decide=may_decide(link, practice=practice, today=day),
        number=grouped(number) if number else "",
    )
    return replace(row, is_ticked=row.is_open if ticked is None else link.pk in ticked)
