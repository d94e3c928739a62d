"""The page's question for more time."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from portal import proof_clock
from practice.access import public_page


@require_POST
@public_page
def more_time(request: HttpRequest) -> JsonResponse:
    """Somebody is there and needs more time. ``left``: seconds; 0 when it was too late."""
    return JsonResponse({"left": proof_clock.put_off(request)})
