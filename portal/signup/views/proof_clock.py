"""The page's question for more time."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from accounts.access import public_page
from portal.signup import proof_clock


@require_POST
@public_page
def more_time(request: HttpRequest) -> JsonResponse:
    """Somebody is there and needs more time. ``left``: seconds; 0 when it was too late."""
    return JsonResponse({"left": proof_clock.put_off(request)})
