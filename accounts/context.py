"""What every template may need of the practice."""

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
    """``practice``, ``staff_record`` and what the user may do, looked up only by a template that uses them."""
    return {
        "practice": SimpleLazyObject(Practice.current),
        "surface": settings.SURFACE,
        "mail_is_missing": settings.IS_PRODUCTION and not settings.SENDS_MAIL,
        "registration_url": registration_address() if settings.SURFACE == "staff" else f"/{REGISTER_PATH}",
        "session_limits": SimpleLazyObject(lambda: limits.for_page(request)),
        "staff_record": SimpleLazyObject(lambda: staff_record_of(request.user)),
        "own_layout": _layout(request),
        "email_standing": SimpleLazyObject(lambda: _email_standing(request)),
        "permissions": SimpleLazyObject(lambda: permissions_of(request.user)),
    }


def _email_standing(request: HttpRequest) -> email_addresses.Standing | None:
    return email_addresses.standing(Actor.of(request).signed_in) if _is_family(request) else None


def _is_family(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and not request.user.is_staff_member


def _layout(request: HttpRequest) -> str:
    """What pages about signing in are drawn in: families get their own design."""
    own = settings.SURFACE == "public" or _is_family(request)
    return f"allauth/layouts/{'family' if own else 'lone'}.html"
