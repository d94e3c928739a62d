"""Template variables of the office for the staff navigation."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.pins import alerts as pin_alerts


def alerts(request: HttpRequest) -> dict[str, Any]:
    """``open_alerts``: how many alerts nobody has seen. Counted only if a template uses it."""
    return {"open_alerts": SimpleLazyObject(pin_alerts.open_count)}
