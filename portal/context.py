"""What the navigation of staff and families needs of the portal."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.family import children
from portal.pins import alerts as found


def alerts(request: HttpRequest) -> dict[str, Any]:
    """``open_alerts``: how many nobody has seen, counted once and only by a template that asks."""
    return {"open_alerts": SimpleLazyObject(found.open_count)}


def families(request: HttpRequest) -> dict[str, Any]:
    """``has_only_own``: whether the first page is called after one's own visits, looked up where it is named."""
    return {"has_only_own": SimpleLazyObject(lambda: children.has_only_own(request.user))}
