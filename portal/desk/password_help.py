"""Help a registered guardian who cannot sign in: the front desk makes a link to choose a new password."""

from django.db import models, transaction

from accounts.factors.second_factor import remove_factors
from accounts.models import User
from accounts.sessions.revocation import close_sessions
from accounts.signin import mail
from accounts.signin.password_links import password_link
from audit.trail import Action, Actor, record
from patients.ages import today
from patients.models import FamilyContact
from portal.eligibility import block
from portal.models import Account, Registration
from practice.models import Practice


class Lost(models.TextChoices):
    """Why the second step and the passkeys are removed, too. The audit trail stores the code."""

    PHONE = "phone", "The phone is lost or new"
    KEY = "key", "The passkey or key is lost"
    STOLEN = "stolen", "Someone else may have it"


class NotHelped(Exception):
    """The link was refused. ``str()`` is the reason for the front desk."""


def obstacle(family_contact: FamilyContact) -> str:
    """Why this guardian cannot be helped, in one sentence; empty if they can."""
    registered = Registration.Status.REGISTERED
    if not Registration.objects.filter(family_contact=family_contact, status=registered).exists():
        return f"{family_contact.contact.name} is not registered for {family_contact.patient.name}."
    blocked = block(family_contact, practice=Practice.current(), today=today())
    if blocked:
        return blocked.reason
    user = account_of(family_contact)
    return "" if user and user.is_active else "This guardian has no sign-in, or it is disabled."


def account_of(family_contact: FamilyContact) -> User | None:
    """The guardian's sign-in."""
    account = Account.objects.filter(contact=family_contact.contact_id).select_related("user").first()
    return account.user if account else None


@transaction.atomic
def make_link(*, family_contact: FamilyContact, lost: str = "", by: Actor) -> str:
    """Make a link that lets the guardian choose a password once, within an hour. Raises NotHelped.

    ``lost``: a code of ``Lost`` also removes the second step and the passkeys and ends all sessions immediately.
    Without it, the sessions end when the password is chosen.
    """
    list(Registration.objects.select_for_update(of=("self",)).filter(family_contact=family_contact))
    reason = obstacle(family_contact)
    user = account_of(family_contact)
    if reason or user is None:
        raise NotHelped(reason)
    patient_id = family_contact.patient_id
    if lost:
        detail = {"factors": remove_factors(user), "sessions": close_sessions(user), "why": lost}
        record(actor=by, action=Action.SECOND_FACTOR_RESET, patient_id=patient_id, account=user.pk, **detail)
    record(actor=by, action=Action.PASSWORD_LINK_MADE, patient_id=patient_id, account=user.pk)
    mail.send_news(user, mail.News.LINK)
    return password_link(user)
