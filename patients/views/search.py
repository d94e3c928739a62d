"""Patients › search."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import Permission, staff_page
from audit.trail import Actor
from patients import charts
from patients.ages import today
from patients.models import FamilyContact
from patients.search import MAX_LENGTH, find_patients

MAX_RESULTS = 50  # rows
PANEL_RESULTS = 10  # rows under the box on other pages


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.VIEW_CHARTS)
def search(request: HttpRequest) -> HttpResponse:
    """Patient search: the page, results while somebody types (htmx), or a redirect to the first result.

    The query comes by POST only. It is a name or a birth date, and addresses end up in access logs and in
    the browser's history.
    """
    query = request.POST.get("query", "")[:MAX_LENGTH]
    in_panel = request.headers.get("HX-Target") == "find-panel"
    limit = PANEL_RESULTS if in_panel else MAX_RESULTS
    contacts = Prefetch(
        "family_contacts",
        queryset=FamilyContact.objects.filter(is_active=True).select_related("contact"),
        to_attr="active_contacts",
    )
    found = list(find_patients(query).prefetch_related("aliases", contacts)[: limit + 1])
    if "go" in request.POST and found:
        return redirect("patients:chart", found[0].pk)
    charts.view_list(by=Actor.of(request), page="search", patient_ids=[patient.pk for patient in found[:limit]])
    context = {
        "query": query,
        "patients": found[:limit],
        "limit": limit,
        "has_more": len(found) > limit,
        "today": today(),
        "in_panel": in_panel,
    }
    is_part = bool(request.headers.get("HX-Request"))
    return render(request, "patients/_results.html" if is_part else "patients/search.html", context)
