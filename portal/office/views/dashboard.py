"""**Dashboard** of the Practice Portal: alerts and open tasks."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import access_requests, staff
from accounts.access import Permission, permissions_of, refusal, staff_page
from accounts.models import User
from audit.trail import Action, Actor, record
from patients.languages import name_of
from portal.models import Alert
from portal.office import dashboard as office_dashboard
from portal.pins import alerts
from practice import languages
from practice.models import Practice

PAGE_SIZE = 50  # rows


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def dashboard(request: HttpRequest) -> HttpResponse:
    """Today's alerts and tasks, with the first rows of each list."""
    record(actor=Actor.of(request), action=Action.DASHBOARD_VIEWED)
    context = {
        "dashboard": office_dashboard.read(for_administrator=Permission.ADMINISTER in permissions_of(request.user)),
        "default_name": Practice().name,
        "unreviewed": [name_of(code) for code in languages.unreviewed()],
        "refusal": refusal(request.user, Permission.MANAGE_PINS),
    }
    return render(request, "portal/office/dashboard.html", context)


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def listed(request: HttpRequest, part: office_dashboard.Part) -> HttpResponse:
    """One complete list of the dashboard, in pages."""
    record(actor=Actor.of(request), action=Action.DASHBOARD_VIEWED, part=part.name.lower())
    count = office_dashboard.listed(part, end=0).count
    page = Paginator(range(count), PAGE_SIZE).get_page(request.GET.get("page"))
    first = (page.number - 1) * PAGE_SIZE
    found = office_dashboard.listed(part, start=first, end=first + PAGE_SIZE)
    return render(request, "portal/office/dashboard_list.html", {"listed": found, "page": page})


@require_POST
@staff_page(Permission.MANAGE_PINS)
def alert_seen(request: HttpRequest, alert_id: int) -> HttpResponse:
    """**I have seen this**: remove the alert from everyone's navigation."""
    alert = get_object_or_404(Alert, pk=alert_id)
    if alerts.mark_seen(alert_id=alert.pk, by=Actor.of(request)):
        messages.success(request, "Marked as seen. The limits stay in effect.")
    return redirect("office:dashboard")


@require_POST
@staff_page(Permission.ADMINISTER)
def dismiss_request(request: HttpRequest, user_id: int) -> HttpResponse:
    """**Dismiss** a colleague's request for access. The sign-in stays as it is."""
    user = get_object_or_404(User, pk=user_id, kind=User.Kind.STAFF)
    try:
        if access_requests.dismiss(user=user, by=Actor.of(request)):
            messages.success(request, f"Request dismissed. {user.email} still has no access.")
        else:
            messages.warning(request, f"{user.email} no longer waits for an answer.")
    except staff.ChangeRefused as refused:
        messages.error(request, str(refused))
    return redirect("office:dashboard")
