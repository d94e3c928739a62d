"""Counting attempts made in forms (the rule: ``accounts.signin.attempts``)."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from accounts.attempt_counter import TooManyAttempts
from accounts.models import SignInAttempt
from accounts.signin import attempts
from audit.trail import Action, Actor, record


def count_attempt(*, step: attempts.Step, account: str, request: HttpRequest) -> SignInAttempt:
    """``attempts.enter`` for forms. A refusal is recorded and raises ValidationError with the time of the next try."""
    try:
        return attempts.enter(step=step, account=account, request=request)
    except TooManyAttempts as refused:
        record(actor=Actor.of(request), action=Action.SIGN_IN_LOCKED, step=step)
        get_adapter().notice_failure()
        when = date_format(timezone.localtime(refused.retry_at), "TIME_FORMAT")
        words = gettext("There were too many tries. After %(when)s you can try again.") % {"when": when}
        raise ValidationError(words, code="too_many_attempts") from refused
