"""What every template may need of the practice."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from practice.access import Permission, refusal, staff_record_of
from practice.models import Practice
from practice.surfaces import REGISTER_PATH, registration_address


def practice(request: HttpRequest) -> dict[str, Any]:
    """``practice`` and ``staff_record``, looked up only by a template that uses them."""
    return {
        "practice": SimpleLazyObject(Practice.current),
        "surface": settings.SURFACE,
        "registration_url": registration_address() if settings.SURFACE == "staff" else f"/{REGISTER_PATH}",
        "staff_record": SimpleLazyObject(lambda: staff_record_of(request.user)),
        "may_administer": SimpleLazyObject(lambda: not refusal(request.user, Permission.ADMINISTER)),
        "may_set_up_schedule": SimpleLazyObject(lambda: not refusal(request.user, Permission.SET_UP_SCHEDULE)),
    }
