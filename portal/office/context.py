"""What the staff's navigation needs of the office."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.pins import alerts as found


def alerts(request: HttpRequest) -> dict[str, Any]:
    """``open_alerts``: how many nobody has seen, counted once and only by a template that asks."""
    return {"open_alerts": SimpleLazyObject(found.open_count)}
