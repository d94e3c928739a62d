"""The context processor for values that every template can use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.access import permissions_of, staff_record_of
from accounts.family import email_addresses
from accounts.models import User
from accounts.sessions import limits
from accounts.surfaces import REGISTER_PATH, registration_address
from audit.trail import Actor
from practice.models import Practice


def practice(request: HttpRequest) -> dict[str, Any]:
    """The practice, the user's staff record, permissions and session. Values with queries are looked up when used."""
    return {
        "practice": SimpleLazyObject(Practice.current),
        "surface": settings.SURFACE,
        "mail_is_missing": settings.IS_PRODUCTION and not settings.SENDS_MAIL,
        "registration_url": registration_address() if settings.SURFACE == "staff" else f"/{REGISTER_PATH}",
        "session_limits": SimpleLazyObject(lambda: limits.for_page(request)),
        "staff_record": SimpleLazyObject(lambda: staff_record_of(request.user)),
        "sign_in_layout": _sign_in_layout(request),
        "email_confirmation": SimpleLazyObject(lambda: _email_confirmation(request)),
        "permissions": SimpleLazyObject(lambda: permissions_of(request.user)),
    }


def _email_confirmation(request: HttpRequest) -> email_addresses.Confirmation | None:
    return email_addresses.confirmation_of(Actor.of(request).signed_in) if _is_family(request) else None


def _is_family(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and not request.user.is_staff_member


def _sign_in_layout(request: HttpRequest) -> str:
    """The layout of pages about signing in: families have their own."""
    is_for_family = settings.SURFACE == "public" or _is_family(request)
    return f"allauth/layouts/{'family' if is_for_family else 'lone'}.html"
