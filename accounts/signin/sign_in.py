"""How django-allauth signs people in here."""

import ipaddress
import time
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account import app_settings as allauth_settings
from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.attempt_counter import TooManyAttempts, strike_out
from accounts.factors import second_factor
from accounts.family import email_addresses
from accounts.models import SignInAttempt, User
from accounts.signin import attempts, devices
from accounts.surfaces import address, registration_address, serves
from audit.client import client_address
from audit.trail import Action, Actor, record
from practice import languages
from practice.models import Practice

UNKNOWN_ACCOUNT = "account/email/unknown_account"  # what allauth mails to an address without a sign-in


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    """E-mail and password, for people whose pages are served here.

    The others are answered as if they did not exist, in words and in time: a staff password that leaked
    opens nothing on the families' surface, and no session made on one surface is worth anything on the other.
    """

    def _check_password(self, user: User | None, password: str) -> User | None:
        checked: User | None = super()._check_password(user if user and serves(user) else None, password)
        return checked

    def get_user(self, user_id: int) -> User | None:
        user: User | None = super().get_user(user_id)
        return user if user and serves(user) else None


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Nobody signs up here (families register with a PIN); sign-ins leave their line in the trail."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This e-mail and password do not go together. Please check both."),
        "enter_current_password": _("This is not your current password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: allauth would count in a cache of each process. See ``accounts.signin.attempts``."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Look at the password, unless too many were wrong. Raises ValidationError with the time to wait until."""
        attempt = enter(step=attempts.Step.PASSWORD, account=credentials.get("email", ""), request=request)
        user: User | None = super().authenticate(request, **credentials)
        if user:
            strike_out(attempt)
        return user

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        if not user.is_active:
            record(actor=Actor.of(request), action=Action.SIGN_IN_FAILED, account=user.pk, reason="disabled")
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        record(actor=Actor.of(request), action=Action.SIGNED_IN, method=_method(request, user))
        response: HttpResponse = super().post_login(request, user, **kwargs)
        devices.remember(request, response, user)
        languages.settle(request, response, user)
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        account = User.objects.filter(email__iexact=credentials.get("email", "")).values_list("pk", flat=True).first()
        record(actor=Actor.of(request), action=Action.SIGN_IN_FAILED, account=account, step="password")
        self.notice_failure()

    def notice_failure(self) -> None:
        """A try has failed, or was refused, and stands in the trail. Another room may want to know."""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Having just signed in counts as much as typing the password again."""
        proofs = get_authentication_records(self.request, self.request.user)
        if proofs and time.time() - proofs[-1]["at"] < allauth_settings.REAUTHENTICATION_TIMEOUT:
            return False
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        return required

    def get_client_ip(self, request: HttpRequest) -> str:
        """For the list of one's sessions, which takes nothing but an address."""
        try:
            return str(ipaddress.ip_address(client_address(request)))
        except ValueError:
            return "0.0.0.0"  # noqa: S104  # a socket file has none

    def logout(self, request: HttpRequest) -> None:
        record(actor=Actor.of(request), action=Action.SIGNED_OUT)
        super().logout(request)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """No "successfully signed in": the page that opens says so itself. What went wrong is said."""
        if level >= messages.ERROR:
            super().add_message(request, level, *args, **kwargs)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """The link in the mail: at the address of whoever it is for, whatever host the request was sent to."""
        link = address(urlsplit(context["password_reset_url"]).path, of_staff=user.is_staff_member)
        super().send_password_reset_mail(user, email, context | {"password_reset_url": link})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail speaks for the practice, in the language of whom it is for.

        It leads whoever has no sign-in to where a PIN makes one.
        """
        user = context.get("user")
        if user and not serves(user):
            template_prefix = UNKNOWN_ACCOUNT
        here = urlsplit(address("/", of_staff=settings.SURFACE == "staff")).netloc
        practice = Practice.current()
        site = SimpleNamespace(name=practice.name, domain=here)
        ours = {"current_site": site, "signup_url": registration_address(), "practice": practice}
        with translation.override(languages.of(user or context.get("recipient")) or translation.get_language()):
            # Not by allauth's own, which asks the request for its host: mail is also sent when none is left.
            self.render_mail(template_prefix, email, {"email": email} | context | ours).send()

    def may_use_email(self, user: User, email: str) -> bool:
        """Whether this user's e-mail may become that one. Another room may know more reasons why not."""
        return not User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists()

    def format_email_subject(self, subject: str) -> str:
        return f"[{Practice.current().name}] {subject}"


class SessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]
    """Ending one's other sessions leaves a line."""

    def end_sessions(self, sessions: Sequence[UserSession]) -> None:
        super().end_sessions(sessions)
        if sessions:
            record(actor=Actor.of(context.request), action=Action.SESSIONS_ENDED, sessions=len(sessions))


def enter(*, step: attempts.Step, account: str, request: HttpRequest) -> SignInAttempt:
    """``attempts.enter`` for forms: a refusal leaves its line and says in words how long to wait."""
    try:
        return attempts.enter(step=step, account=account, request=request)
    except TooManyAttempts as refused:
        record(actor=Actor.of(request), action=Action.SIGN_IN_LOCKED, step=step)
        get_adapter().notice_failure()
        when = date_format(timezone.localtime(refused.retry_at), "TIME_FORMAT")
        words = gettext("There were too many tries. After %(when)s you can try again.") % {"when": when}
        raise ValidationError(words, code="too_many_attempts") from refused


def welcome(request: HttpRequest, response: HttpResponse, user: User) -> HttpResponse:
    """Sign in a user who has just made the account, as allauth does with one who comes back."""
    login(request, user)  # by the one backend there is
    # What the account was made with has just been shown: nobody is asked for it again a minute later.
    shown = {"method": "mfa", "type": "webauthn"} if second_factor.of(user) else {"method": "password"}
    record_authentication(request, user, **shown)
    UserSession.objects.create_from_request(request)
    record(actor=Actor.of(request), action=Action.SIGNED_IN, method="registration")
    email_addresses.begin(user=user, request=request)
    devices.remember(request, response, user)
    languages.settle(request, response, user)
    return response


def _method(request: HttpRequest, user: User) -> str:
    """How this session was signed in: ``password``, ``password+totp``, ``webauthn`` …"""
    proofs = get_authentication_records(request, user)
    return "+".join(proof.get("type", proof["method"]) for proof in proofs)
