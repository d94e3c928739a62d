"""The account adapter: how django-allauth signs people in, writes to them and records it."""

import ipaddress
import time
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.allauth_internals import get_authentication_records
from accounts.attempt_counter import strike_out
from accounts.models import User
from accounts.signin import attempts, devices
from accounts.signin.form_attempts import count_attempt
from accounts.surfaces import address, registration_address, serves
from audit.client import client_address
from audit.trail import Action, Actor, record
from practice import languages
from practice.after_saving import go_on
from practice.models import Practice

UNKNOWN_ACCOUNT = "account/email/unknown_account"  # the mail to an address without a sign-in


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """No sign-up (families register with a PIN). Sign-ins, sign-outs and failures are recorded."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This e-mail and password do not go together. Please check both."),
        "enter_current_password": _("This is not your current password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Do nothing: allauth would count attempts in the cache of one process. ``attempts`` counts them."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Check the password. Raises ValidationError with the time of the next try after too many wrong ones."""
        attempt = count_attempt(step=attempts.Step.PASSWORD, account=credentials.get("email", ""), request=request)
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
        go_on("remember the device", lambda: devices.remember(request, response, user))
        go_on("store the language", lambda: languages.store_after_sign_in(request, response, user))
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        account = User.objects.filter(email=credentials.get("email", "")).values_list("pk", flat=True).first()
        record(actor=Actor.of(request), action=Action.SIGN_IN_FAILED, account=account, step="password")
        self.notice_failure()

    def notice_failure(self) -> None:
        """React to a recorded failure or refusal. ``portal.signup.adapter`` overrides this."""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Accept a recent sign-in in place of typing the password again."""
        proofs = get_authentication_records(self.request, self.request.user)
        if proofs and time.time() - proofs[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return False
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        return required

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address for the list of sessions, which accepts only IP addresses."""
        try:
            return str(ipaddress.ip_address(client_address(request)))
        except ValueError:
            return "0.0.0.0"  # noqa: S104  # no address: the request came through a socket file

    def logout(self, request: HttpRequest) -> None:
        record(actor=Actor.of(request), action=Action.SIGNED_OUT)
        super().logout(request)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Show errors only: the page that opens already shows what succeeded."""
        if level >= messages.ERROR:
            super().add_message(request, level, *args, **kwargs)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Send the link with the configured address of the user's surface, never with the request's host."""
        link = address(urlsplit(context["password_reset_url"]).path, of_staff=user.is_staff_member)
        super().send_password_reset_mail(user, email, context | {"password_reset_url": link})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail in the practice's name and the recipient's language.

        A recipient without a sign-in gets the address of the registration page.
        """
        user = context.get("user")
        if user and not serves(user):
            template_prefix = UNKNOWN_ACCOUNT
        here = urlsplit(address("/", of_staff=settings.SURFACE == "staff")).netloc
        practice = Practice.current()
        site = SimpleNamespace(name=practice.name, domain=here)
        practice_context = {"current_site": site, "signup_url": registration_address(), "practice": practice}
        with translation.override(
            languages.language_of(user or context.get("recipient")) or translation.get_language()
        ):
            # allauth's own method needs the request for its host. Some mail is sent after the request has ended.
            self.render_mail(template_prefix, email, {"email": email} | context | practice_context).send()

    def may_use_email(self, user: User, email: str) -> bool:
        """Whether the user can change their e-mail to this one. ``portal.signup.adapter`` adds reasons against it."""
        return not User.objects.filter(email=email).exclude(pk=user.pk).exists()

    def format_email_subject(self, subject: str) -> str:
        return f"[{Practice.current().name}] {subject}"


def _method(request: HttpRequest, user: User) -> str:
    """How this session was signed in: ``password``, ``password+totp``, ``webauthn`` …"""
    proofs = get_authentication_records(request, user)
    return "+".join(proof.get("type", proof["method"]) for proof in proofs)
