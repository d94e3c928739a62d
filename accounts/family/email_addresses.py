"""A family's e-mail address: confirmed by a code, which it must be before it can recover the account, and changed.

django-allauth keeps which address is confirmed (``EmailAddress``). The code is ours: allauth's lives in the
session, in clear, and with it ends the count of wrong tries. Here a keyed digest stands in the database, so that
the code outlives the session, and its tries do too.
"""

import logging
import secrets
from dataclasses import dataclass
from enum import Enum

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.attempt_counter import TooManyAttempts
from accounts.models import EmailCode, User
from accounts.signin import attempts, mail
from audit.trail import Action, Actor, record

logger = logging.getLogger(__name__)
DIGITS = 6


@dataclass(frozen=True)
class Standing:
    """How it stands with somebody's address, for the page. Addresses are ``masked``."""

    is_confirmed: bool
    email: str
    sent_to: str  # the address that a code is out for; empty: none is
    is_change: bool  # whether that is to become the new address
    can_confirm: bool  # whether there is mail to do it with

    @property
    def is_asked(self) -> bool:
        """Whether to ask for something: nothing is asked for that no mail could bring."""
        return self.can_confirm and (self.is_change or not self.is_confirmed)


class Outcome(Enum):
    """What a typed code comes to."""

    DONE = "done"
    WRONG = "wrong"
    OVER = "over"  # none is out, it is too old, or had too many wrong tries
    NOT_USABLE = "not usable"  # the address was taken in the meantime


def standing(user: User) -> Standing:
    """How it stands now, in two queries."""
    code = EmailCode.objects.filter(user=user).first()
    is_out = code is not None and code.is_live
    return Standing(
        is_confirmed=mail.is_confirmed(user),
        email=masked(user.email),
        sent_to=masked(code.email) if code and is_out else "",
        is_change=bool(code and is_out and code.email.lower() != user.email.lower()),
        can_confirm=settings.WRITES_TO_FAMILIES,
    )


def masked(email: str) -> str:
    """``a…@mail.example``: enough to know which mailbox to open, for whoever looks over the shoulder no address."""
    mailbox, _at, domain = email.partition("@")
    return f"{mailbox[:1]}…@{domain}"


def begin(*, user: User, request: HttpRequest) -> None:
    """The account has just been made: its address is not confirmed yet, and a code goes there. Refuses nothing."""
    EmailAddress.objects.get_or_create(user=user, email=user.email.lower(), defaults={"primary": True})
    if not settings.WRITES_TO_FAMILIES:
        return
    try:
        attempts.enter(step=attempts.Step.MAIL, account=user.email, request=request)
    except TooManyAttempts:
        return  # the page offers to send one later
    send_code(user=user, email=user.email, by=Actor.of(request))


@transaction.atomic
def send_code(*, user: User, email: str, by: Actor) -> None:
    """Mail a new code to this address, in place of the one before. How often is for the form to limit."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    values = {"email": email, "digest": _digest(user, email, code), "sent_at": timezone.now(), "wrong": 0}
    EmailCode.objects.update_or_create(user=user, defaults=values)
    record(actor=by, action=Action.EMAIL_CODE_SENT, account=user.pk)
    transaction.on_commit(lambda: _mail(user, email, code))


def _mail(user: User, email: str, code: str) -> None:
    """A mail server that fails is no reason to show an error: the page offers to send another."""
    try:
        get_adapter().send_mail("account/email/confirm_address", email, {"recipient": user, "code": code})
    except OSError as error:  # what smtplib raises, too
        logger.error("A code to confirm an address could not be mailed: %s", type(error).__name__)


@transaction.atomic
def confirm(*, user: User, code: str, by: Actor) -> Outcome:
    """Confirm the address that the code was sent to; if it is a new one, it becomes the user's.

    Returned and not raised, so that a wrong try stays counted.
    """
    sent = EmailCode.objects.select_for_update().filter(user=user).first()
    if sent is None or not sent.is_live:
        return Outcome.OVER
    if not constant_time_compare(sent.digest, _digest(user, sent.email, code)):
        EmailCode.objects.filter(pk=sent.pk).update(wrong=F("wrong") + 1)
        record(actor=by, action=Action.EMAIL_CODE_WRONG, account=user.pk)
        return Outcome.WRONG if sent.wrong + 1 < EmailCode.MOST_WRONG else Outcome.OVER
    sent.delete()
    is_new = sent.email.lower() != user.email.lower()
    if is_new and not get_adapter().may_use_email(user, sent.email):
        return Outcome.NOT_USABLE
    try:
        with transaction.atomic():
            _take(user, sent.email, by=by, is_new=is_new)
    except IntegrityError:
        return Outcome.NOT_USABLE
    return Outcome.DONE


def _take(user: User, email: str, *, by: Actor, is_new: bool) -> None:
    confirmed = user.email if mail.is_confirmed(user) else ""
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=email.lower(), verified=True, primary=True)
    if is_new:
        user.email = email.lower()
        user.save(update_fields=["email"])
        mail.tell(user, mail.News.EMAIL, to=confirmed)
    record(actor=by, action=Action.EMAIL_CHANGED if is_new else Action.EMAIL_CONFIRMED, account=user.pk)


def keep_old(*, user: User) -> None:
    """Think no more of a change of address: its code is void."""
    EmailCode.objects.filter(user=user).delete()


def _digest(user: User, email: str, code: str) -> str:
    value = f"{user.pk}:{email.lower()}:{code}"
    return salted_hmac("accounts.family.email_addresses", value, algorithm="sha256").hexdigest()
