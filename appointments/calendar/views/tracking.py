"""**Tracking**: today's patients as a list that keeps itself up to date."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import Permission, staff_page
from appointments.calendar import tracking as reading
from audit.trail import Action, Actor, record, record_refresh

RECORDED_WITHIN = timedelta(minutes=30)  # of a page that stays open all day


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def tracking(request: HttpRequest) -> HttpResponse:
    """The page; or only its list, where the page asks for that by itself (``refresh``).

    The list holds no form, so that its answer renews no cookie: a page that refreshes itself must not
    keep alive the session of somebody who has gone home.
    """
    exclude_checked_out, not_registered = "exclude_checked_out" in request.GET, "not_registered" in request.GET
    found = reading.read(now=timezone.now(), exclude_checked_out=exclude_checked_out)
    by, day = Actor.of(request), found.day.isoformat()
    context = {
        "tracking": found,
        "exclude_checked_out": exclude_checked_out,
        "not_registered": not_registered,
    }
    if "refresh" in request.GET and request.headers.get("HX-Request"):
        record_refresh(actor=by, action=Action.SCHEDULE_VIEWED, within=RECORDED_WITHIN, view="tracking", day=day)
        return render(request, "appointments/calendar/_tracking_rows.html", context)
    record(actor=by, action=Action.SCHEDULE_VIEWED, view="tracking", day=day)
    return render(request, "appointments/calendar/tracking.html", context)
