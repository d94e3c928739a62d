"""What the families' navigation needs of the family's children."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.family import children


def families(request: HttpRequest) -> dict[str, Any]:
    """``has_only_own``: whether the first page is called after one's own visits, looked up where it is named."""
    return {"has_only_own": SimpleLazyObject(lambda: children.has_only_own(request.user))}
