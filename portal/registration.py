"""The life of a registration, from *issue* to *Registered*, in the order of the story.

    at the desk    issue → show, print_sheet
    at home        prove → prove_sibling → deny or check_email → redeem: the child is Registered
    ways out       reissue, revoke, remove, leave, decline, void_all, expire

Every rule takes who does it (``by``), checks again what the page has shown, changes rows in one transaction, and writes
one audit row per patient. Rows are locked in this order, so that no two rules wait for each other: the contact, then
its PINs by id. On SQLite, which has no row locks, a transaction is the only writer from its first statement on.

Answers for a whole family are in ``portal.family_answers``. Steps that only read or write rows are in
``portal.pins.storage`` and ``portal.family_accounts``. This file is longer than 400 lines because it is the whole
story.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.attempt_counter import TooManyAttempts
from accounts.models import User
from audit.trail import Action, Actor, record
from patients.ages import today
from patients.models import Contact, FamilyContact
from portal import endings, family_accounts
from portal.eligibility import block
from portal.family_accounts import NewSignIn
from portal.models import Account, Alert, Pin, Registration
from portal.pins import alerts, sealing, throttle
from portal.pins.storage import (
    KEY_IS_GONE,
    NO_LONGER_ALLOWED,
    close_registration,
    create_pin,
    end_active,
    end_if_over,
    ending,
    is_of_same_guardian,
    live_pin,
    live_pins,
    locked_family_contacts,
    locked_pins,
    locked_pins_of,
    record_for,
    registration_of,
    reveal,
    with_family,
)
from portal.refusals import (
    BLOCKED,
    AlreadyHasAccount,
    EmailNotUsable,
    NotProven,
    NotRedeemable,
    OthersAccount,
    RegistrationRefused,
    TermsChanged,
)
from portal.sheets import printing
from practice import terms
from practice.models import Practice

WRONG_BIRTH_DATES_UNTIL_LOCKED = 5  # R12
LEFT_BY_FAMILY = "The family’s own wish: given up in the Patient Portal"  # staff read it in the chart


# --- At the desk: issue, show, print -------------------------------------------------------------


@dataclass(frozen=True)
class Issued:
    """The result of **Register**, by family contact: PINs in clear, which are new, and refusals with reasons."""

    pins: dict[int, str]
    new: list[int]
    refused: dict[int, str]


@transaction.atomic
def issue(*, contact: Contact, family_contact_ids: Iterable[int], by: Actor) -> Issued:
    """Issue a PIN to the contact for each chosen child. A child with a live PIN keeps it, and it is shown (R4).

    Refused, child by child and with the reason: a registration that is blocked (R2), a child that is registered
    already, and a child whose PIN can no longer be read.
    """
    practice = Practice.current()
    given: dict[int, str] = {}
    new: list[int] = []
    refused: dict[int, str] = {}
    for family_contact in locked_family_contacts(contact, family_contact_ids):
        obstacle = block(family_contact, practice=practice, today=today())
        registration = registration_of(family_contact)
        if obstacle or (registration and registration.status == Registration.Status.REGISTERED):
            code, reason = (obstacle.code, obstacle.reason) if obstacle else ("registered", "Already registered.")
            refused[family_contact.pk] = reason
            record_for(Action.PIN_REFUSED, family_contact, by, code=code)
            continue
        pin = live_pin(registration, by=by) if registration else None
        if pin and not sealing.has_key(pin.key_id):
            refused[family_contact.pk] = KEY_IS_GONE
            record_for(Action.PIN_REFUSED, family_contact, by, code="key_gone")
        elif pin:
            given[family_contact.pk] = reveal(pin, by=by)
        else:
            given[family_contact.pk] = create_pin(family_contact, practice=practice, by=by)
            new.append(family_contact.pk)
    return Issued(given, new, refused)


@transaction.atomic
def show(*, contact: Contact, family_contact_ids: Iterable[int], by: Actor) -> dict[int, str]:
    """The live PINs of these family contacts in clear. Each one shown is recorded (R10)."""
    live = live_pins(contact, family_contact_ids, by=by)
    return {pin.registration.family_contact_id: reveal(pin, by=by) for pin in live}


def print_sheet(*, contact: Contact, family_contact_ids: Iterable[int], by: Actor) -> bytes:
    """The PIN sheet (PDF) with the live PINs of these family contacts.

    It is drawn before anything is marked: if drawing fails, nothing counts as printed (R10). Raises NothingToPrint
    when none of them has a live PIN, also if one ended while the sheet was drawn.
    """
    drawn = printing.draw_sheets(families=[(contact, list(family_contact_ids))], by=by)
    printing.mark_printed(drawn=drawn, by=by)
    return drawn.document


# --- At home: prove the PINs ---------------------------------------------------------------------


def prove(*, pin: str, birth_date: date, by: Actor, more: Sequence[str] = ()) -> Pin:
    """The live PIN whose child has this birth date: the parent's proof (R11). Nothing is spent yet.

    ``more`` are the other PINs of a scanned sheet. The birth date may be that of any child on it, so that the parent
    does not have to find the right row. If it matches no child, it counts as wrong for each of the PINs (R12).
    Raises NotProven, the same for every reason, and TooManyAttempts.
    """
    tried = [sealing.digests(number) for number in dict.fromkeys([pin, *more])]
    try:
        attempts = throttle.enter_all(by=by, digests=[digests[0] for digests in tried])
    except TooManyAttempts:
        record(actor=by, action=Action.PIN_REFUSED, verdict="too_many_attempts")
        alerts.notice(Alert.Kind.REDEMPTION)
        raise
    try:
        proven, failed = _prove_one_of(tried, birth_date=birth_date, by=by)
    except NotProven:
        alerts.notice(Alert.Kind.REDEMPTION)
        if general_until := next((each.general_until for each in attempts if each.general_until), None):
            raise TooManyAttempts(general_until, is_general=True) from None
        raise
    for attempt, has_failed in zip(attempts, failed, strict=True):
        if not has_failed:
            throttle.strike_out(attempt)
    return proven


def siblings_of(proven: Sequence[Pin]) -> list[Pin]:
    """The live PINs that are on one sheet with a proven one."""
    return list(
        Pin.objects.filter(sheets__pins__in=proven, state=Pin.State.ACTIVE, expires_at__gt=timezone.now())
        .exclude(pk__in=[pin.pk for pin in proven])
        .select_related("registration__family_contact__patient")
        .order_by("pk")
        .distinct()
    )


def prove_sibling(*, sibling: Pin, birth_date: date, by: Actor) -> Pin:
    """Proof for another child on a sheet of which one PIN is proven: the birth date is enough (R15).

    Raises NotProven. No PIN can be guessed here, and five wrong birth dates lock this one.
    """
    return _prove_one_of([[sibling.digest]], birth_date=birth_date, by=by)[0]


def _prove_one_of(tried: Sequence[list[str]], *, birth_date: date, by: Actor) -> tuple[Pin, list[bool]]:
    """Return the proven PIN and, for each PIN that was tried, whether it counts as failed. Raises NotProven.

    The other PINs of the same guardian do not count: the sheet was scanned as a whole. PINs of other guardians do.
    Otherwise one right pair would be enough to try out any number of other PINs along with it.
    """
    # The counter of wrong birth dates is committed before the refusal. Raising inside the transaction would roll it
    # back and allow endless guesses.
    with transaction.atomic():
        found = locked_pins_of(tried)
        verdicts = [_judge(pin, birth_date) for pin in found]
        proven = next((pin for pin, verdict in zip(found, verdicts, strict=True) if verdict.code == "proven"), None)
        failed = [not (pin and proven and is_of_same_guardian(pin, proven)) for pin in found]
        for pin, verdict, has_failed in zip(found, verdicts, failed, strict=True):
            if has_failed or pin == proven:
                is_second = verdict.code == "proven" and pin != proven
                _enter(verdict._replace(code="other_guardian") if is_second else verdict, pin, by=by)
    if proven is None:
        raise NotProven
    return proven, failed


class Verdict(NamedTuple):
    """The result of an attempt with one PIN: its code for the audit trail, and what it changes in the PIN's row."""

    code: str
    change: dict[str, Any]


def _judge(pin: Pin | None, birth_date: date) -> Verdict:
    """Judge an attempt with this PIN and birth date (R11, R12, R17, R19)."""
    now = timezone.now()
    unchanged: dict[str, Any] = {"wrong_birth_dates": pin.wrong_birth_dates if pin else 0}
    if pin is None:
        return Verdict("unknown", unchanged)
    if pin.state != Pin.State.ACTIVE:
        return Verdict(pin.state, unchanged)
    family_contact = pin.registration.family_contact
    if pin.expires_at <= now:
        return Verdict("expired", ending(Pin.State.EXPIRED, now=now))
    if birth_date != family_contact.patient.birth_date:
        wrong = pin.wrong_birth_dates + 1
        if wrong < WRONG_BIRTH_DATES_UNTIL_LOCKED:
            return Verdict("wrong_birth_date", {"wrong_birth_dates": wrong})
        return Verdict("locked_now", {"wrong_birth_dates": wrong, **ending(Pin.State.LOCKED, now=now)})
    if obstacle := block(family_contact, practice=Practice.current(), today=today()):
        return Verdict(f"blocked: {obstacle.code}", ending(Pin.State.REVOKED, now=now, reason=NO_LONGER_ALLOWED))
    return Verdict("proven", unchanged)


def _enter(verdict: Verdict, pin: Pin | None, *, by: Actor) -> None:
    """Change the PIN as judged, and record it, inside the caller's transaction."""
    # One UPDATE and one INSERT for every verdict, so that all refusals take the same time (R11).
    Pin.objects.filter(pk=pin.pk if pin else 0).update(**verdict.change)
    patient_id = pin.registration.family_contact.patient_id if pin else None
    action = {"proven": Action.PIN_PROVEN, "locked_now": Action.PIN_LOCKED}.get(verdict.code, Action.PIN_REFUSED)
    record(actor=by, action=action, patient_id=patient_id, verdict=verdict.code, pin=pin.pk if pin else None)


# --- At home: between the proof and the last click -----------------------------------------------


def ended_since(proven: Sequence[Pin]) -> list[NotRedeemable]:
    """Which proven PINs can no longer be redeemed, and why. Each page says so before it asks for more."""
    practice, now = Practice.current(), timezone.now()
    found = [(pin, _why_ended(pin, practice=practice, now=now)) for pin in proven]
    return [NotRedeemable(pin, why) for pin, why in found if why]


def _why_ended(pin: Pin, *, practice: Practice, now: datetime) -> str:
    """Why this PIN cannot be redeemed: the state it ended in, or BLOCKED. Empty if it can be."""
    if pin.state != Pin.State.ACTIVE:
        return BLOCKED if pin.end_reason == NO_LONGER_ALLOWED else pin.state
    if pin.expires_at <= now:
        return Pin.State.EXPIRED
    return BLOCKED if block(pin.registration.family_contact, practice=practice, today=today()) else ""


def deny(*, proven: Sequence[Pin], by: Actor) -> None:
    """Record that the person who proved these PINs is not the guardian they were printed for. Nothing is spent."""
    for pin in proven:
        record_for(Action.GUARDIAN_DENIED, pin.registration.family_contact, by, pin=pin.pk)


def check_email(*, proven: Sequence[int], email: str, by: Actor) -> None:
    """Raise EmailNotUsable if no account could be created with this e-mail, before the family chooses a password.

    Each refusal is recorded and counts toward the same limit as on the last click, REFUSED_EMAILS_PER_PIN.
    """
    try:
        family_accounts.check_refused_emails(proven)
        family_contacts = [pin.registration.family_contact for pin in with_family(Pin.objects.filter(pk__in=proven))]
        if User.objects.filter(email=email).exists():
            raise EmailNotUsable
        family_accounts.check_not_read_by_others(family_contacts, email)
    except EmailNotUsable as refused:
        record_refused_redemption(proven[0], refused, by=by)
        raise


# --- At home: the last click ---------------------------------------------------------------------


def redeem(
    *, proven: Sequence[int], sign_in: User | NewSignIn, by: Actor, births: Mapping[int, date | None] | None = None
) -> User:
    """Spend the proven PINs and link their children to the guardian's account, all or none (R13).

    Everything is checked again, also the proven birth dates (``births``, by PIN), which the chart may have changed
    since. Refused: a PIN that is no longer live or allowed (NotRedeemable), somebody else's
    account (OthersAccount, R14), a new sign-in for a guardian who has one (AlreadyHasAccount), an e-mail that cannot
    be used (EmailNotUsable), terms that are not the newest (TermsChanged). If refused, nothing is spent.
    """
    try:
        if isinstance(sign_in, NewSignIn):
            family_accounts.check_refused_emails(proven)
        # Hashing a password takes about 0.2 s on purpose, so do it before rows are locked.
        password_hash = make_password(sign_in.password or None) if isinstance(sign_in, NewSignIn) else ""
        with transaction.atomic():
            chosen = locked_pins(proven)
            contact = chosen[0].registration.family_contact.contact
            _check_redeemable(chosen, contact, births or {})
            if isinstance(sign_in, NewSignIn):
                user = _new_account(contact, chosen, sign_in, password_hash, by=by)
            else:
                user = _own_account(contact, chosen, sign_in)
            for pin in chosen:
                _spend(pin, user=user, by=by)
    except RegistrationRefused as refused:
        # After the rollback, which would erase the audit row.
        record_refused_redemption(proven[0], refused, by=by)
        raise
    return user


def _check_redeemable(chosen: Sequence[Pin], contact: Contact, births: Mapping[int, date | None]) -> None:
    practice, now = Practice.current(), timezone.now()
    for pin in chosen:
        if pin.registration.family_contact.contact_id != contact.pk:
            raise NotRedeemable(pin, "other_guardian")
        born = pin.registration.family_contact.patient.birth_date
        if births.get(pin.pk, born) != born:
            raise NotRedeemable(pin, BLOCKED)
        if why := _why_ended(pin, practice=practice, now=now):
            raise NotRedeemable(pin, why)


def _new_account(contact: Contact, chosen: Sequence[Pin], sign_in: NewSignIn, password_hash: str, *, by: Actor) -> User:
    """Create the guardian's account (R16, R18). The terms must be the newest."""
    if Account.objects.filter(contact=contact).exists():
        raise AlreadyHasAccount
    family_accounts.check_not_read_by_others([pin.registration.family_contact for pin in chosen], sign_in.email)
    newest = terms.current()
    if newest and newest.number != sign_in.terms:
        raise TermsChanged
    return family_accounts.create_account(contact, sign_in, password_hash, accepted=newest, by=by)


def _own_account(contact: Contact, chosen: Sequence[Pin], user: User) -> User:
    """The account that is signed in. It must be the guardian's (R14), and others must not read its e-mail (R18)."""
    account = Account.objects.filter(user=user).first()
    if account is None or account.contact_id != contact.pk:
        raise OthersAccount
    family_accounts.check_not_read_by_others([pin.registration.family_contact for pin in chosen], user.email)
    return user


def _spend(pin: Pin, *, user: User, by: Actor) -> None:
    """Redeem the PIN: its registration is now Registered."""
    now = timezone.now()
    spent = Pin.objects.filter(pk=pin.pk, state=Pin.State.ACTIVE, expires_at__gt=now).update(
        **ending(Pin.State.REDEEMED, now=now, by=user)
    )
    if spent != 1:  # SQLite has no row locks: the condition in the UPDATE decides who was first
        raise NotRedeemable(pin, Pin.State.REDEEMED)
    Registration.objects.filter(pk=pin.registration_id).update(
        status=Registration.Status.REGISTERED, registered_at=now, changed_at=now, reason=""
    )
    record_for(Action.PIN_REDEEMED, pin.registration.family_contact, Actor(user, by.address), pin=pin.pk)


def record_refused_redemption(first_proven: int, refused: RegistrationRefused, *, by: Actor) -> None:
    """Record why proven PINs were not redeemed: for the PIN that caused it, otherwise for the first proven one."""
    pin_id = refused.pin.pk if isinstance(refused, NotRedeemable) else first_proven
    pin = with_family(Pin.objects.filter(pk=pin_id)).get()
    record_for(Action.PIN_REFUSED, pin.registration.family_contact, by, verdict=refused.code, pin=pin.pk)


# --- Ways out ------------------------------------------------------------------------------------


@transaction.atomic
def reissue(*, family_contact: FamilyContact, by: Actor) -> Issued:
    """Supersede the active PIN and issue a new one (R9). The printed sheet is void for this child."""
    locked_family_contacts(family_contact.contact, [family_contact.pk])
    registration = registration_of(family_contact)
    if registration and not block(family_contact, practice=Practice.current(), today=today()):
        end_active(registration, Pin.State.SUPERSEDED, Action.PIN_SUPERSEDED, by=by)
    return issue(contact=family_contact.contact, family_contact_ids=[family_contact.pk], by=by)


@transaction.atomic
def revoke(*, family_contact: FamilyContact, reason: str, by: Actor) -> bool:
    """End a PIN before it is used, with a reason (R9). False if there was none."""
    locked_family_contacts(family_contact.contact, [family_contact.pk])
    registration = registration_of(family_contact)
    if not registration or not end_active(registration, Pin.State.REVOKED, Action.PIN_REVOKED, by=by, reason=reason):
        return False
    close_registration(registration, Registration.Status.REMOVED, reason)
    return True


@transaction.atomic
def remove(*, family_contact: FamilyContact, reason: str, by: Actor) -> bool:
    """End a registered guardian's access to this child, with a reason (R9). False if there was none."""
    return _end_access(family_contact, Action.ACCESS_REMOVED, reason, {Registration.Status.REGISTERED}, by=by)


@transaction.atomic
def leave(*, family_contact: FamilyContact, by: Actor) -> bool:
    """End access to this child because the family asked for it. A new PIN opens it again. False if there was none."""
    listed = {Registration.Status.REGISTERED, Registration.Status.ENDED}
    return _end_access(family_contact, Action.ACCESS_LEFT, LEFT_BY_FAMILY, listed, by=by)


def _end_access(
    family_contact: FamilyContact, action: Action, reason: str, among: Container[str], *, by: Actor
) -> bool:
    locked_family_contacts(family_contact.contact, [family_contact.pk])
    registration = registration_of(family_contact)
    if not registration or registration.status not in among:
        return False
    close_registration(registration, Registration.Status.REMOVED, reason)
    record_for(action, family_contact, by)
    return True


@transaction.atomic
def decline(*, family_contact: FamilyContact, reason: str, by: Actor) -> bool:
    """Record that the guardian does not want the portal for this child. False if the child is registered."""
    locked_family_contacts(family_contact.contact, [family_contact.pk])
    registration, _ = Registration.objects.get_or_create(family_contact=family_contact)
    if registration.status == Registration.Status.REGISTERED:
        return False
    end_active(registration, Pin.State.REVOKED, Action.PIN_REVOKED, by=by, reason=reason)
    close_registration(registration, Registration.Status.DECLINED, reason)
    record_for(Action.ACCESS_DECLINED, family_contact, by)
    return True


def void_all(*, reason: str, by: Actor) -> int:
    """End every active PIN, as after restoring an older backup. Return how many were ended.

    The families stay *Pending Registration*, so they stay on the worklist: they need new sheets.
    """
    ended = 0
    for pin_id in list(Pin.objects.filter(state=Pin.State.ACTIVE).values_list("pk", flat=True)):
        with transaction.atomic():
            registration = locked_pins([pin_id])[0].registration
            ended += end_active(registration, Pin.State.REVOKED, Action.PIN_REVOKED, by=by, reason=reason)
    return ended


def expire(*, by: Actor) -> int:
    """End every PIN and access that is over, and erase the PINs' sealed copies (R7, R19). Return how many.

    Access ends by itself when it is over, because every page asks. This records it, so that it never comes back.
    """
    ended = endings.sweep(by=by)
    for pin_id in list(Pin.objects.filter(state=Pin.State.ACTIVE).values_list("pk", flat=True)):
        with transaction.atomic():
            pin = locked_pins([pin_id])[0]
            ended += pin.state == Pin.State.ACTIVE and end_if_over(pin, by=by)
    return ended
