from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from practice.access import Permission, staff_page


@require_safe
@staff_page(Permission.EDIT_SCHEDULE)
def add(request: HttpRequest, **numbers: int) -> HttpResponse:
    return HttpResponse("soon")


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def edit(request: HttpRequest, **numbers: int) -> HttpResponse:
    return HttpResponse("soon")


@require_POST
@staff_page(Permission.EDIT_SCHEDULE)
def arrive(request: HttpRequest, **numbers: int) -> HttpResponse:
    return HttpResponse("soon")


@require_POST
@staff_page(Permission.EDIT_SCHEDULE)
def move(request: HttpRequest, **numbers: int) -> HttpResponse:
    return HttpResponse("soon")


@require_POST
@staff_page(Permission.EDIT_SCHEDULE)
def find_patients(request: HttpRequest, **numbers: int) -> HttpResponse:
    return HttpResponse("soon")


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def summary(request: HttpRequest, **numbers: int) -> HttpResponse:
    return HttpResponse("soon")
