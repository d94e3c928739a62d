"""Template variables for the families' navigation."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.family import children


def families(request: HttpRequest) -> dict[str, Any]:
    """``has_only_self``: whether the account has only the patient's own record. Lazy, so only looked up if used."""
    return {"has_only_self": SimpleLazyObject(lambda: children.has_only_self(request.user))}
