"""Whose account the proven children are added to: a new sign-in, or the one the guardian has (R14, R16, R18).

Steps of ``portal.registration.redeem``, inside its transaction; and what can be said about an e-mail before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.factors import passkeys
from accounts.factors.passkeys import Passkey
from accounts.models import User
from audit.models import AuditEvent
from audit.trail import Action, Actor
from patients.ages import today
from patients.models import Contact, FamilyContact
from portal.eligibility import others_read_along
from portal.models import Account, Pin
from portal.pins.rows import record_for, with_family
from portal.refusals import AlreadyHasAccount, EmailNotUsable, NotRedeemable, OthersAccount, Refused, TermsChanged
from practice import terms
from practice.models import Practice

# Whoever has a PIN could otherwise ask of everybody whether they have a sign-in at this practice. Beyond it every
# e-mail is refused in the same words; the practice issues another PIN.
REFUSED_EMAILS_PER_PIN = 10


@dataclass(frozen=True)
class NewSignIn:
    """What a family has chosen to sign in with: an e-mail, and a password or a passkey. Either has been checked.

    ``terms`` is the number of the version of the practice's terms that the family has accepted; 0 for none.
    """

    email: str
    password: str = ""
    passkey: Passkey | None = None
    terms: int = 0


def deny(*, proven: Sequence[Pin], by: Actor) -> None:
    """Whoever proved these PINs says that the guardian they were printed for is somebody else. Nothing is used up."""
    for pin in proven:
        record_for(Action.GUARDIAN_DENIED, pin.registration.family_contact, by, pin=pin.pk)


def check_email(*, proven: Sequence[int], email: str, by: Actor) -> None:
    """Whether an account could be made with this e-mail, before a password is thought of. Raises EmailNotUsable.

    Each refusal leaves its line, and they are as few as on the last click: REFUSED_EMAILS_PER_PIN.
    """
    try:
        check_refused_emails(proven)
        links = [pin.registration.family_contact for pin in with_family(Pin.objects.filter(pk__in=proven))]
        if User.objects.filter(email__iexact=email).exists() or _is_read_by_others(links, email):
            raise EmailNotUsable
    except EmailNotUsable as refused:
        record_refused_redemption(proven[0], refused, by=by)
        raise


def record_refused_redemption(proven: int, refused: Refused, *, by: Actor) -> None:
    """Note why a proven PIN was not redeemed: for the PIN that was the reason, else for the one proven first."""
    number = refused.pin.pk if isinstance(refused, NotRedeemable) else proven
    pin = with_family(Pin.objects.filter(pk=number)).get()
    record_for(Action.PIN_REFUSED, pin.registration.family_contact, by, verdict=refused.code, pin=pin.pk)


def check_refused_emails(proven: Sequence[int]) -> None:
    """Raises EmailNotUsable once too many e-mails have been refused to these PINs."""
    patients = Pin.objects.filter(pk__in=proven).values("registration__family_contact__patient")
    refused = AuditEvent.objects.filter(patient_id__in=patients, action=Action.PIN_REFUSED, detail__pin__in=proven)
    if refused.filter(detail__verdict=EmailNotUsable.code).count() >= REFUSED_EMAILS_PER_PIN:
        raise EmailNotUsable


def make_account(contact: Contact, chosen: Sequence[Pin], sign_in: NewSignIn, password_hash: str, *, by: Actor) -> User:
    """The guardian's new sign-in with its passkey and accepted terms; within the caller's transaction."""
    if Account.objects.filter(contact=contact).exists():
        raise AlreadyHasAccount
    if _is_read_by_others([pin.registration.family_contact for pin in chosen], sign_in.email):
        raise EmailNotUsable
    newest = terms.current()
    if newest and newest.number != sign_in.terms:
        raise TermsChanged
    user = User(email=sign_in.email.lower(), kind=User.Kind.FAMILY, password=password_hash)
    if sign_in.passkey:
        user.pk = sign_in.passkey.user_number  # which the passkey carries
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:  # the address has a sign-in: said in words that do not say so (R16)
        raise EmailNotUsable from error
    Account.objects.create(user=user, contact=contact)
    own = Actor(user, by.address)
    if sign_in.passkey:
        passkeys.add(passkey=sign_in.passkey, user=user, by=own)
    if newest:
        terms.accept(user=user, terms=newest, by=own)
    return user


def _is_read_by_others(links: Sequence[FamilyContact], email: str) -> bool:
    practice = Practice.current()
    return any(others_read_along(link, email, practice=practice, today=today()) for link in links)


def own_account(contact: Contact, chosen: Sequence[Pin], user: User) -> User:
    """The signed-in user. Raises OthersAccount for somebody else (R14), EmailNotUsable if others read along (R18)."""
    account = Account.objects.filter(user=user).first()
    if account is None or account.contact_id != contact.pk:
        raise OthersAccount
    if _is_read_by_others([pin.registration.family_contact for pin in chosen], user.email):
        raise EmailNotUsable
    return user
