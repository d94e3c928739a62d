"""How django-allauth signs people in here."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from practice.audit import Action, Actor, record
from practice.models import Practice, User


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
        return _at_portal(urlsplit(super().get_reset_password_from_key_url(key)).path)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail speaks for the practice, and leads whoever has no sign-in to where a PIN makes one."""
        site = SimpleNamespace(name=Practice.current().name, domain=urlsplit(settings.PORTAL_URL).netloc)
        ours = {"current_site": site, "signup_url": _at_portal(reverse("portal:register"))}
        super().send_mail(template_prefix, email, context | ours)

    def format_email_subject(self, subject: str) -> str:
        return f"[{Practice.current().name}] {subject}"


def _at_portal(path: str) -> str:
    portal: str = settings.PORTAL_URL
    return portal.rstrip("/") + path
