from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from practice.access import Permission, staff_page


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def tracking(request: HttpRequest, **numbers: int) -> HttpResponse:
    return HttpResponse("soon")
