"""**Patient Administration**: find patients by portal status."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.access import Permission, staff_page
from audit.trail import Actor
from patients import charts
from portal.office import administration
from portal.office.forms import AdministrationForm
from portal.pins import sealing

PAGE_SIZE = 50  # rows


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.VIEW_CHARTS)
def patients(request: HttpRequest) -> HttpResponse:
    """List the patients that match the filter. It is posted, so that names stay out of addresses and logs."""
    form = AdministrationForm(request.POST or None)
    chosen: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = administration.patients(query=chosen.get("query", ""), status=chosen.get("status", ""))
    page = Paginator(found, PAGE_SIZE).get_page(chosen.get("page") or 1)
    charts.view_list(by=Actor.of(request), page="administration", patient_ids=[patient.pk for patient in page])
    context = {"form": form, "page": page, "counts": administration.counts(), "unreadable": sealing.count_unreadable()}
    return render(request, "portal/office/administration.html", context)
