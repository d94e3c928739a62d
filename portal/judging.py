"""What an attempt with a PIN comes to, and whether a proven PIN still holds. Steps of ``portal.registration``."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

from audit.trail import Action, Actor, record
from patients.ages import today
from portal.eligibility import block
from portal.models import Pin
from portal.pins.rows import BLOCKED_AT_TOUCH, ending, is_of_same_guardian
from portal.refusals import NotRedeemable
from practice.models import Practice

WRONG_BIRTH_DATES_UNTIL_LOCKED = 5  # R12
BLOCKED = "blocked"  # the chart does not allow it any more; no state of its own, as the PIN may not be touched yet


def judge(pin: Pin | None, birth_date: date) -> tuple[str, dict[str, object]]:
    """What an attempt with this PIN and birth date comes to, and what that changes in the PIN's row."""
    now = timezone.now()
    unchanged: dict[str, object] = {"wrong_birth_dates": pin.wrong_birth_dates if pin else 0}
    if pin is None:
        return "unknown", unchanged
    if pin.state != Pin.State.ACTIVE:
        return pin.state, unchanged
    family_contact = pin.registration.family_contact
    if pin.expires_at <= now:
        return "expired", ending(Pin.State.EXPIRED, now=now)
    if birth_date != family_contact.patient.birth_date:
        wrong = pin.wrong_birth_dates + 1
        if wrong < WRONG_BIRTH_DATES_UNTIL_LOCKED:
            return "wrong_birth_date", {"wrong_birth_dates": wrong}
        return "locked_now", {"wrong_birth_dates": wrong, **ending(Pin.State.LOCKED, now=now)}
    if obstacle := block(family_contact, practice=Practice.current(), today=today()):
        return f"blocked: {obstacle.code}", ending(Pin.State.REVOKED, now=now, reason=BLOCKED_AT_TOUCH)
    return "proven", unchanged


def is_spared(pin: Pin | None, proven: Pin | None) -> bool:
    """Whether a PIN is of the guardian who has proven another one in the same attempt."""
    return pin is not None and proven is not None and is_of_same_guardian(pin, proven)


def enter_verdict(pin: Pin | None, verdict: str, change: dict[str, object], *, by: Actor) -> None:
    """Change the PIN as judged, and record it; within the caller's transaction."""
    # One UPDATE and one INSERT whatever the verdict, so that all refusals take the same time (R11).
    Pin.objects.filter(pk=pin.pk if pin else 0).update(**change)
    patient_id = pin.registration.family_contact.patient_id if pin else None
    action = {"proven": Action.PIN_PROVEN, "locked_now": Action.PIN_LOCKED}.get(verdict, Action.PIN_REFUSED)
    record(actor=by, action=action, patient_id=patient_id, verdict=verdict, pin=pin.pk if pin else None)


def why_ended(pin: Pin, *, practice: Practice, now: datetime) -> str:
    """Why this PIN cannot be redeemed: the state it ended in, or BLOCKED; empty where it can be."""
    if pin.state != Pin.State.ACTIVE:
        return BLOCKED if pin.end_reason == BLOCKED_AT_TOUCH else pin.state
    if pin.expires_at <= now:
        return Pin.State.EXPIRED
    return BLOCKED if block(pin.registration.family_contact, practice=practice, today=today()) else ""


def ended_since(proven: Sequence[Pin]) -> list[NotRedeemable]:
    """Which of the proven PINs cannot be redeemed any more, and why: a page says it before anything more is asked."""
    practice, now = Practice.current(), timezone.now()
    found = [(pin, why_ended(pin, practice=practice, now=now)) for pin in proven]
    return [NotRedeemable(pin, why) for pin, why in found if why]
