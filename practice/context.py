"""What every template may need of the practice."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from practice import sessions
from practice.access import permissions_of, staff_record_of
from practice.models import Practice
from practice.surfaces import REGISTER_PATH, registration_address


def practice(request: HttpRequest) -> dict[str, Any]:
    """``practice``, ``staff_record`` and what the user may do, looked up only by a template that uses them."""
    return {
        "practice": SimpleLazyObject(Practice.current),
        "surface": settings.SURFACE,
        "mail_is_missing": settings.IS_PRODUCTION and not settings.SENDS_MAIL,
        "registration_url": registration_address() if settings.SURFACE == "staff" else f"/{REGISTER_PATH}",
        "session_limits": SimpleLazyObject(lambda: sessions.for_page(request)),
        "staff_record": SimpleLazyObject(lambda: staff_record_of(request.user)),
        "permissions": SimpleLazyObject(lambda: permissions_of(request.user)),
    }
