"""A family's e-mail address: confirming it with a code, and changing it. Only a confirmed one recovers the account.

django-allauth stores which address is confirmed (``EmailAddress``). The code is our own: allauth keeps its code as
plain text in the session, and the count of wrong tries ends with the session. Here a keyed digest is in the
database, so the code and the count survive the session.
"""

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
from practice.after_saving import go_on

DIGITS = 6


@dataclass(frozen=True)
class Confirmation:
    """The current confirmation state of a user's address, for pages. Addresses are ``masked``."""

    is_confirmed: bool
    email: str
    sent_to: str  # the address of the last code that still works; empty: none does
    is_change: bool  # whether that address is to replace the current one
    can_confirm: bool  # whether mail can be sent

    @property
    def is_needed(self) -> bool:
        """Whether to ask the user to confirm an address."""
        return self.can_confirm and (self.is_change or not self.is_confirmed)


class Outcome(Enum):
    """The result of typing a code."""

    DONE = "done"
    WRONG = "wrong"
    OVER = "over"  # no code works: none was sent, it is too old, or there were too many wrong tries
    NOT_USABLE = "not usable"  # somebody else has the address now


def confirmation_of(user: User) -> Confirmation:
    """The current confirmation state, in two queries."""
    code = EmailCode.objects.filter(user=user).first()
    is_live = code is not None and code.is_live
    return Confirmation(
        is_confirmed=mail.is_confirmed(user),
        email=masked(user.email),
        sent_to=masked(code.email) if code and is_live else "",
        is_change=bool(code and is_live and code.email != user.email),
        can_confirm=settings.WRITES_TO_FAMILIES,
    )


def masked(email: str) -> str:
    """``a…@mail.example``: enough to know which mailbox to open, without showing the address to bystanders."""
    mailbox, _at, domain = email.partition("@")
    return f"{mailbox[:1]}…@{domain}"


def start_confirmation(*, user: User, request: HttpRequest) -> None:
    """Start confirming the address of a new account: send a code, unless too many were sent."""
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True})
    if not settings.WRITES_TO_FAMILIES:
        return
    try:
        attempts.enter(step=attempts.Step.MAIL, account=user.email, request=request)
    except TooManyAttempts:
        return  # the page offers to send one later
    send_code(user=user, email=user.email, by=Actor.of(request))


@transaction.atomic
def send_code(*, user: User, email: str, by: Actor) -> None:
    """Mail a new code to this address and void the one before. The form limits how often."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    values = {"email": email, "digest": _digest(user, email, code), "sent_at": timezone.now(), "wrong": 0}
    EmailCode.objects.update_or_create(user=user, defaults=values)
    record(actor=by, action=Action.EMAIL_CODE_SENT, account=user.pk)
    transaction.on_commit(lambda: _mail(user, email, code))


def _mail(user: User, email: str, code: str) -> None:
    """Log a mail server's failure and show no error: the page offers to send another code."""
    context = {"recipient": user, "code": code}
    go_on("mail a code", lambda: get_adapter().send_mail("account/email/confirm_address", email, context))


@transaction.atomic
def confirm(*, user: User, code: str, by: Actor) -> Outcome:
    """Confirm the address that the code was sent to. A new address becomes the user's.

    Failures are returned, not raised: an exception would roll back the count of wrong tries.
    """
    sent = EmailCode.objects.select_for_update().filter(user=user).first()
    if sent is None or not sent.is_live:
        return Outcome.OVER
    if not constant_time_compare(sent.digest, _digest(user, sent.email, code)):
        EmailCode.objects.filter(pk=sent.pk).update(wrong=F("wrong") + 1)
        record(actor=by, action=Action.EMAIL_CODE_WRONG, account=user.pk)
        return Outcome.WRONG if sent.wrong + 1 < EmailCode.MOST_WRONG else Outcome.OVER
    sent.delete()
    is_new = sent.email != user.email
    if is_new and not get_adapter().may_use_email(user, sent.email):
        return Outcome.NOT_USABLE
    try:
        with transaction.atomic():
            _set_address(user, sent.email, by=by, is_new=is_new)
    except IntegrityError:
        return Outcome.NOT_USABLE
    return Outcome.DONE


def _set_address(user: User, email: str, *, by: Actor, is_new: bool) -> None:
    confirmed = user.email if mail.is_confirmed(user) else ""
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    if is_new:
        user.email = email
        user.save(update_fields=["email"])
        mail.send_news(user, mail.News.EMAIL, to=confirmed)
    record(actor=by, action=Action.EMAIL_CHANGED if is_new else Action.EMAIL_CONFIRMED, account=user.pk)


def cancel_change(*, user: User) -> None:
    """Cancel a change of address: void its code."""
    EmailCode.objects.filter(user=user).delete()


def _digest(user: User, email: str, code: str) -> str:
    value = f"{user.pk}:{email}:{code}"
    return salted_hmac("pinportal e-mail codes", value, algorithm="sha256").hexdigest()
