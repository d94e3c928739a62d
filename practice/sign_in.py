"""How django-allauth signs people in here."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from practice.audit import Action, Actor, record
from practice.models import Practice, User
from practice.surfaces import own_address, registration_address, serves

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
        "too_many_login_attempts": _("There were too many tries. Please wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("practice:home")

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        record(actor=Actor.of(request), action=Action.SIGNED_IN)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        record(actor=Actor.of(request), action=Action.SIGN_IN_FAILED)

    def logout(self, request: HttpRequest) -> None:
        record(actor=Actor.of(request), action=Action.SIGNED_OUT)
        super().logout(request)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No "successfully signed in": the page that opens says so itself."""

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail: at the configured address, whatever host the request was sent to."""
        return own_address(urlsplit(super().get_reset_password_from_key_url(key)).path)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail speaks for the practice, and leads whoever has no sign-in to where a PIN makes one."""
        if (user := context.get("user")) and not serves(user):
            template_prefix = UNKNOWN_ACCOUNT
        site = SimpleNamespace(name=Practice.current().name, domain=urlsplit(own_address("")).netloc)
        ours = {"current_site": site, "signup_url": registration_address()}
        super().send_mail(template_prefix, email, context | ours)

    def format_email_subject(self, subject: str) -> str:
        return f"[{Practice.current().name}] {subject}"
