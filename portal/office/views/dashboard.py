"""**Dashboard** of the Practice Portal: alerts, and what is left to do."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Permission, refusal, staff_page
from audit.trail import Action, Actor, record
from patients.languages import name_of
from portal.models import Alert
from portal.office import dashboard as reading
from portal.pins import alerts
from practice import languages
from practice.models import Practice

PAGE_SIZE = 50  # rows


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def dashboard(request: HttpRequest) -> HttpResponse:
    """What the practice should know of and do today. The lists are long elsewhere."""
    record(actor=Actor.of(request), action=Action.DASHBOARD_VIEWED)
    context = {
        "dashboard": reading.read(),
        "default_name": Practice().name,
        "unreviewed": [name_of(code) for code in languages.unreviewed()],
        "refusal": refusal(request.user, Permission.MANAGE_PINS),
    }
    return render(request, "portal/office/dashboard.html", context)


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def listed(request: HttpRequest, part: reading.Part) -> HttpResponse:
    """One of the dashboard's lists, whole, by pages."""
    record(actor=Actor.of(request), action=Action.DASHBOARD_VIEWED, part=part.name.lower())
    count = reading.listed(part, end=0).count
    page = Paginator(range(count), PAGE_SIZE).get_page(request.GET.get("page"))
    first = (page.number - 1) * PAGE_SIZE
    found = reading.listed(part, start=first, end=first + PAGE_SIZE)
    return render(request, "portal/office/dashboard_list.html", {"listed": found, "page": page})


@require_POST
@staff_page(Permission.MANAGE_PINS)
def alert_seen(request: HttpRequest, alert_id: int) -> HttpResponse:
    """**I have seen this**: the alert leaves the navigation, for everybody."""
    alert = get_object_or_404(Alert, pk=alert_id)
    if alerts.mark_seen(alert_id=alert.pk, by=Actor.of(request)):
        messages.success(request, "Noted that you have seen it. The limits stay in force.")
    return redirect("office:dashboard")
