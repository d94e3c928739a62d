"""The life of a registration, in the order of the story.

    issue → show, print_sheet → prove → redeem          the straight road
    reissue, revoke, decline, remove, leave, expire     the ways out of it
    decline_family, postpone, ask_now                   for all children of a guardian

Every rule here takes who does it (``by``), checks again what the page has shown, changes rows in one
transaction and writes one line of the audit trail per patient. Rows are locked in the order Contact,
then Family Contacts or PINs by number, so that no two rules wait for each other. On SQLite, where
there are no row locks, a transaction is the only writer from its first statement on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.attempt_counter import TooManyAttempts
from accounts.models import User
from audit.trail import Action, Actor, record
from patients.ages import today
from patients.models import Contact, FamilyContact
from portal.accounts import NewSignIn, check_refused_emails, make_account, own_account, record_refused_redemption
from portal.eligibility import block
from portal.judging import enter_verdict, is_spared, judge, why_ended
from portal.models import Alert, Pin, Postponement, Registration
from portal.pins import alerts, numbers, throttle
from portal.pins.rows import (
    KEY_IS_GONE,
    children_to_ask_about,
    close,
    end_active,
    end_if_over,
    ending,
    live_pin,
    live_pins,
    lock,
    locked_family_contacts,
    locked_pins,
    new_pin,
    record_for,
    registration_of,
    shown,
    with_family,
)
from portal.refusals import NotProven, NotRedeemable, Refused
from portal.sheets import printing
from practice.models import Practice

LEFT_BY_FAMILY = "The family’s own wish: given up in the Patient Portal"  # staff read it in the chart


# --- At the desk ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Issued:
    """What pressing Register came to: PINs in clear by family contact, and who was refused why."""

    pins: dict[int, str]
    new: list[int]
    refused: dict[int, str]


@transaction.atomic
def issue(*, contact: Contact, family_contact_ids: Iterable[int], by: Actor) -> Issued:
    """Issue a PIN to the contact for each chosen child. Whoever has a live PIN keeps it and is shown it (R4).

    Refused, child by child and with the reason: whatever blocks the registration (R2), and a child
    that is registered already, and one whose PIN nobody can read any more.
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
        if pin and not numbers.has_key(pin.key_id):
            refused[family_contact.pk] = KEY_IS_GONE
            record_for(Action.PIN_REFUSED, family_contact, by, code="key_gone")
        elif pin:
            given[family_contact.pk] = shown(pin, by=by)
        else:
            given[family_contact.pk] = new_pin(family_contact, practice=practice, by=by)
            new.append(family_contact.pk)
    return Issued(given, new, refused)


@transaction.atomic
def show(*, contact: Contact, family_contact_ids: Iterable[int], by: Actor) -> dict[int, str]:
    """The live PINs of these family contacts in clear; each showing is recorded (R10)."""
    live = live_pins(contact, family_contact_ids, by=by)
    return {pin.registration.family_contact_id: shown(pin, by=by) for pin in live}


def print_sheet(*, contact: Contact, family_contact_ids: Iterable[int], by: Actor) -> bytes:
    """The PIN sheet (PDF) with the live PINs of these family contacts.

    It is drawn before anything is marked: if drawing fails, nothing counts as printed (R10). Raises
    NothingToPrint when there is no live PIN among them, also if one ended while the sheet was drawn.
    """
    drawn = printing.draw_sheets(families=[(contact, list(family_contact_ids))], by=by)
    printing.mark_printed(drawn=drawn, by=by)
    return drawn.document


# --- At home -------------------------------------------------------------------------------------


def prove(*, pin: str, birth_date: date, by: Actor, more: Sequence[str] = ()) -> Pin:
    """The live PIN whose child was born on that day: the parent's proof (R11).

    ``more`` are the other PINs of a scanned sheet. The day may be that of any child on it, so that nobody has to
    find the row that goes with it; where it is none of theirs, it counts against each of the PINs (R12).
    Raises NotProven, the same for every reason, and TooManyAttempts. Nothing is spent yet.
    """
    tried = [numbers.digests(number) for number in dict.fromkeys([pin, *more])]
    try:
        attempts = throttle.enter_all(by=by, digests=[digests[0] for digests in tried])
    except TooManyAttempts:
        record(actor=by, action=Action.PIN_REFUSED, verdict="too_many_attempts")
        alerts.notice(Alert.Kind.REDEMPTION)
        raise
    try:
        proven, held = _prove(tried=tried, birth_date=birth_date, by=by)
    except NotProven:
        alerts.notice(Alert.Kind.REDEMPTION)
        if general_until := next((each.general_until for each in attempts if each.general_until), None):
            raise TooManyAttempts(general_until, is_general=True) from None
        raise
    for attempt, counts in zip(attempts, held, strict=True):
        if not counts:
            throttle.strike_out(attempt)
    return proven


def prove_sibling(*, sibling: Pin, birth_date: date, by: Actor) -> Pin:
    """Proof for another child of a sheet of which one PIN is proven: the birth date is enough (R15).

    Raises NotProven. No PIN can be guessed here, and five wrong birth dates lock this one.
    """
    return _prove(tried=[[sibling.digest]], birth_date=birth_date, by=by)[0]


def siblings_of(proven: Sequence[Pin]) -> list[Pin]:
    """The live PINs that stand on one sheet with a proven one."""
    return list(
        Pin.objects.filter(sheets__pins__in=proven, state=Pin.State.ACTIVE, expires_at__gt=timezone.now())
        .exclude(pk__in=[pin.pk for pin in proven])
        .select_related("registration__family_contact__patient")
        .order_by("pk")
        .distinct()
    )


def _prove(*, tried: Sequence[list[str]], birth_date: date, by: Actor) -> tuple[Pin, list[bool]]:
    """The PIN that is proven, and for each that was tried whether it counts as failed.

    The other PINs of the same guardian do not: the sheet was scanned as a whole. Anybody else's do, or whoever
    has one right pair could try out any number of PINs beside it.
    """
    # The counter of wrong birth dates is committed before the refusal: raising inside the transaction
    # would roll it back and allow endless guesses.
    with transaction.atomic():
        digests = {digest for each in tried for digest in each}
        locked = with_family(Pin.objects.select_for_update(of=("self",)).filter(digest__in=digests)).order_by("pk")
        by_digest = {pin.digest: pin for pin in locked}
        found = [next((by_digest[each] for each in digests if each in by_digest), None) for digests in tried]
        judged = [judge(pin, birth_date) for pin in found]
        proven = next((pin for pin, (verdict, _) in zip(found, judged, strict=True) if verdict == "proven"), None)
        held = [not is_spared(pin, proven) for pin in found]
        for pin, (verdict, change), counts in zip(found, judged, held, strict=True):
            if counts or pin == proven:
                is_second = verdict == "proven" and pin != proven
                enter_verdict(pin, "other_guardian" if is_second else verdict, change, by=by)
    if proven is None:
        raise NotProven
    return proven, held


def redeem(*, proven: Sequence[int], sign_in: User | NewSignIn, by: Actor) -> User:
    """Spend the proven PINs and link their children to the guardian's account, all or none (R13).

    Everything is checked again. Refused: a PIN that is no longer live or allowed (NotRedeemable), a
    signed-in account of somebody else (OthersAccount, R14), a new sign-in where the guardian has one
    (AlreadyHasAccount), an e-mail that cannot be used (EmailNotUsable), terms that are not the newest
    (TermsChanged). Refused means nothing is spent.
    """
    try:
        if isinstance(sign_in, NewSignIn):
            check_refused_emails(proven)
        # Hashing a password takes some 0.2 s on purpose: not while rows are locked.
        password_hash = make_password(sign_in.password or None) if isinstance(sign_in, NewSignIn) else ""
        return _redeem(proven, sign_in, password_hash, by=by)
    except Refused as refused:
        # After the rollback, or the line would go with it.
        record_refused_redemption(proven[0], refused, by=by)
        raise


@transaction.atomic
def _redeem(proven: Sequence[int], sign_in: User | NewSignIn, password_hash: str, *, by: Actor) -> User:
    chosen = locked_pins(proven)
    contact = chosen[0].registration.family_contact.contact
    _check_redeemable(chosen, contact)
    if isinstance(sign_in, NewSignIn):
        user = make_account(contact, chosen, sign_in, password_hash, by=by)
    else:
        user = own_account(contact, chosen, sign_in)
    for pin in chosen:
        _spend(pin, user=user, by=by)
    return user


def _check_redeemable(chosen: Sequence[Pin], contact: Contact) -> None:
    practice, now = Practice.current(), timezone.now()
    for pin in chosen:
        if pin.registration.family_contact.contact_id != contact.pk:
            raise NotRedeemable(pin, "other_guardian")
        if why := why_ended(pin, practice=practice, now=now):
            raise NotRedeemable(pin, why)


def _spend(pin: Pin, *, user: User, by: Actor) -> None:
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


# --- Ways out ------------------------------------------------------------------------------------


@transaction.atomic
def reissue(*, family_contact: FamilyContact, by: Actor) -> Issued:
    """Supersede the PIN that is out and issue a new one (R9); the sheet it stands on is void for this child."""
    locked_family_contacts(family_contact.contact, [family_contact.pk])
    registration = registration_of(family_contact)
    if registration and not block(family_contact, practice=Practice.current(), today=today()):
        end_active(registration, Pin.State.SUPERSEDED, Action.PIN_SUPERSEDED, by=by)
    return issue(contact=family_contact.contact, family_contact_ids=[family_contact.pk], by=by)


@transaction.atomic
def revoke(*, family_contact: FamilyContact, reason: str, by: Actor) -> bool:
    """End a PIN before it is used, with a reason (R9). False when there was none to revoke."""
    locked_family_contacts(family_contact.contact, [family_contact.pk])
    registration = registration_of(family_contact)
    if not registration or not end_active(registration, Pin.State.REVOKED, Action.PIN_REVOKED, by=by, reason=reason):
        return False
    close(registration, Registration.Status.REMOVED, reason)
    return True


@transaction.atomic
def remove(*, family_contact: FamilyContact, reason: str, by: Actor) -> bool:
    """End a registered guardian's access to this child, with a reason (R9). False when there was none."""
    return _end_access(family_contact, Action.ACCESS_REMOVED, reason, by=by)


@transaction.atomic
def leave(*, family_contact: FamilyContact, by: Actor) -> bool:
    """End access to this child by the family's own wish; a new PIN opens it again. False when there was none."""
    return _end_access(family_contact, Action.ACCESS_LEFT, LEFT_BY_FAMILY, by=by)


def _end_access(family_contact: FamilyContact, action: Action, reason: str, *, by: Actor) -> bool:
    locked_family_contacts(family_contact.contact, [family_contact.pk])
    registration = registration_of(family_contact)
    if not registration or registration.status != Registration.Status.REGISTERED:
        return False
    close(registration, Registration.Status.REMOVED, reason)
    record_for(action, family_contact, by)
    return True


@transaction.atomic
def decline(*, family_contact: FamilyContact, reason: str, by: Actor) -> bool:
    """Note that the guardian does not want the portal for this child. False for a registered one."""
    locked_family_contacts(family_contact.contact, [family_contact.pk])
    registration, _ = Registration.objects.get_or_create(family_contact=family_contact)
    if registration.status == Registration.Status.REGISTERED:
        return False
    end_active(registration, Pin.State.REVOKED, Action.PIN_REVOKED, by=by, reason=reason)
    close(registration, Registration.Status.DECLINED, reason)
    record_for(Action.ACCESS_DECLINED, family_contact, by)
    return True


@transaction.atomic
def decline_family(*, contact: Contact, reason: str, by: Actor) -> list[FamilyContact]:
    """Note for all children not registered yet, for whom the guardian decides, that the portal is not wanted."""
    lock(contact)
    declined = children_to_ask_about(contact)
    for family_contact in declined:
        decline(family_contact=family_contact, reason=reason, by=by)
    return declined


@transaction.atomic
def postpone(*, contact: Contact, until: date, reason: str, by: Actor) -> bool:
    """Ask this guardian again from that day on; a PIN that is out stays. False when nobody is left to ask about."""
    lock(contact)
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
    """Take back that the guardian is asked later, where that is so."""
    lock(contact)
    if Postponement.objects.filter(contact=contact).delete()[0]:
        for family_contact in children_to_ask_about(contact):
            record_for(Action.REGISTRATION_RESUMED, family_contact, by)


def void_all(*, reason: str, by: Actor) -> int:
    """End every PIN that is out, as after an older backup was restored; how many.

    The families stay *Pending Registration* and so on the worklist: they need new sheets.
    """
    ended = 0
    for number in list(Pin.objects.filter(state=Pin.State.ACTIVE).values_list("pk", flat=True)):
        with transaction.atomic():
            registration = locked_pins([number])[0].registration
            ended += end_active(registration, Pin.State.REVOKED, Action.PIN_REVOKED, by=by, reason=reason)
    return ended


def expire(*, by: Actor) -> int:
    """End every PIN that is past its date or no longer allowed, erasing its sealed copy (R7, R19); how many."""
    ended = 0
    for number in list(Pin.objects.filter(state=Pin.State.ACTIVE).values_list("pk", flat=True)):
        with transaction.atomic():
            pin = locked_pins([number])[0]
            ended += pin.state == Pin.State.ACTIVE and end_if_over(pin, by=by)
    return ended
