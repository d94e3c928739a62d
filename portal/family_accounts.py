"""Family accounts: what a new sign-in is, which e-mails it may have, and its rows (R16, R18).

These are the small steps of ``portal.registration.redeem``.
"""

from collections.abc import Iterable, Sequence
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
from portal.refusals import EmailNotUsable
from practice import terms
from practice.models import Practice, Terms

# Without this limit, one PIN would be enough to ask which e-mails have a sign-in at this practice. Beyond it, every
# e-mail is refused in the same words; the practice issues another PIN.
REFUSED_EMAILS_PER_PIN = 10


@dataclass(frozen=True)
class NewSignIn:
    """What a family has chosen to sign in with: an e-mail, and a password or a passkey. Both are checked already.

    ``terms`` is the number of the version of the practice's terms that the family has accepted; 0 for none.
    """

    email: str
    password: str = ""
    passkey: Passkey | None = None
    terms: int = 0


def check_refused_emails(proven: Sequence[int]) -> None:
    """Raise EmailNotUsable if too many e-mails have been refused for these PINs."""
    patients = Pin.objects.filter(pk__in=proven).values("registration__family_contact__patient")
    refused = AuditEvent.objects.filter(patient_id__in=patients, action=Action.PIN_REFUSED, detail__pin__in=proven)
    if refused.filter(detail__verdict=EmailNotUsable.code).count() >= REFUSED_EMAILS_PER_PIN:
        raise EmailNotUsable


def check_not_read_by_others(family_contacts: Iterable[FamilyContact], email: str) -> None:
    """Raise EmailNotUsable if this would be a teen's account with the e-mail of another contact (R18)."""
    practice = Practice.current()
    if any(others_read_along(each, email, practice=practice, today=today()) for each in family_contacts):
        raise EmailNotUsable


def create_account(
    contact: Contact, sign_in: NewSignIn, password_hash: str, *, accepted: Terms | None, by: Actor
) -> User:
    """Create the guardian's sign-in with its passkey and accepted terms. Raises EmailNotUsable."""
    user = User(email=sign_in.email, kind=User.Kind.FAMILY, password=password_hash)
    if sign_in.passkey:
        user.pk = sign_in.passkey.user_number  # the passkey contains it
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:  # the e-mail has a sign-in; the page does not say so (R16)
        raise EmailNotUsable from error
    Account.objects.create(user=user, contact=contact)
    as_user = Actor(user, by.address)
    if sign_in.passkey:
        passkeys.add(passkey=sign_in.passkey, user=user, by=as_user)
    if accepted:
        terms.accept(user=user, terms=accepted, by=as_user)
    return user
