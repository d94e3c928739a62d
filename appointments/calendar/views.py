"""The **Schedule**: **Calendar** (day, week, month) and **Tracking**. The address says what is shown."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Permission, staff_page
from appointments.calendar import grid
from appointments.calendar.forms import FilterForm
from appointments.calendar.schedule import WEEK, read_day, read_month, read_provider_week, read_week, week_start
from appointments.calendar.tracking import read_tracking
from appointments.models import SchedulePreference, VisitType
from audit.trail import Action, Actor, record, record_refresh
from practice.models import Practice

Mode = SchedulePreference.Mode
MODE_PAGES = {Mode.CALENDAR: "appointments:day", Mode.TRACKING: "appointments:tracking"}
SPANS = {"day": "Day", "week": "Week", "month": "Month"}
# A page that stays open all day and refreshes itself is recorded this often.
RECORD_REFRESH_EVERY = timedelta(minutes=30)


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def schedule(request: HttpRequest) -> HttpResponse:
    """Redirect to the mode this user chose last; to the calendar the first time."""
    preference = SchedulePreference.objects.filter(user=request.user.pk).first()
    return redirect(MODE_PAGES[Mode(preference.mode)] if preference else MODE_PAGES[Mode.CALENDAR])


@require_POST
@staff_page(Permission.VIEW_CHARTS)
def choose_mode(request: HttpRequest) -> HttpResponse:
    """Save what the radio buttons **Calendar** and **Tracking** say, for this user."""
    mode = Mode.TRACKING if request.POST.get("mode") == Mode.TRACKING else Mode.CALENDAR
    SchedulePreference.objects.update_or_create(user_id=request.user.pk or 0, defaults={"mode": mode})
    return redirect(MODE_PAGES[mode])


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def day(request: HttpRequest) -> HttpResponse:
    """**Day**: a column per provider."""
    form = _filter(request)
    chosen = form.chosen_day()
    shown = read_day(chosen, filters=form.filters(), slot_minutes=Practice.current().grid_minutes)
    context = {"shown": shown, "title": f"{chosen:%A, %B %-d, %Y}", "visits": shown.visits}
    return _calendar(request, form, "day", context)


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def week(request: HttpRequest) -> HttpResponse:
    """**Week**: one provider's hours as a grid, or several providers' visits as lists."""
    form = _filter(request)
    filters, first = form.filters(), week_start(form.chosen_day())
    last = first + timedelta(days=6)
    title = f"{first:%b %-d} to {last:%b %-d, %Y}"
    if len(filters.providers) == 1:
        slot_minutes = Practice.current().grid_minutes
        (provider,) = filters.providers
        shown = read_provider_week(first, provider=provider, filters=filters, slot_minutes=slot_minutes)
        return _calendar(request, form, "week", {"shown": shown, "title": title, "visits": shown.visits})
    found = read_week(first, filters=filters)
    return _calendar(request, form, "week", {"week": found, "title": title, "visits": found.visits})


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def month(request: HttpRequest) -> HttpResponse:
    """**Month**: the number of visits on each day."""
    form = _filter(request)
    chosen = form.chosen_day()
    weeks = read_month(chosen.replace(day=1), filters=form.filters())
    return _calendar(request, form, "month", {"weeks": weeks, "title": f"{chosen:%B %Y}", "visits": []})


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def tracking(request: HttpRequest) -> HttpResponse:
    """**Tracking**: today's patients as a list that refreshes itself. ``refresh`` asks for the list alone.

    The list contains no form, so a refresh renews no cookie. A page that refreshes itself must not keep
    the session alive of somebody who has gone home.
    """
    exclude_checked_out, not_registered = "exclude_checked_out" in request.GET, "not_registered" in request.GET
    found = read_tracking(now=timezone.now(), exclude_checked_out=exclude_checked_out)
    by, day = Actor.of(request), found.day.isoformat()
    context = {
        "tracking": found,
        "exclude_checked_out": exclude_checked_out,
        "not_registered": not_registered,
    }
    if _is_refresh(request):
        record_refresh(actor=by, action=Action.SCHEDULE_VIEWED, within=RECORD_REFRESH_EVERY, view="tracking", day=day)
        return render(request, "appointments/calendar/_tracking_rows.html", context)
    record(actor=by, action=Action.SCHEDULE_VIEWED, view="tracking", day=day)
    return render(request, "appointments/calendar/tracking.html", context)


# --- Calendar ------------------------------------------------------------------------------------


def _is_refresh(request: HttpRequest) -> bool:
    return "refresh" in request.GET and bool(request.headers.get("HX-Request"))


def _filter(request: HttpRequest) -> FilterForm:
    form = FilterForm(request.GET)
    form.is_valid()  # invalid values are ignored: they come from an address, not from a field somebody can correct
    return form


def _calendar(request: HttpRequest, form: FilterForm, span: str, context: Mapping[str, Any]) -> HttpResponse:
    """The page, or only its changing part for a refresh; recorded either way."""
    chosen, by, is_refresh = form.chosen_day(), Actor.of(request), _is_refresh(request)
    if is_refresh:
        detail = {"view": span, "day": chosen.isoformat()}
        record_refresh(actor=by, action=Action.SCHEDULE_VIEWED, within=RECORD_REFRESH_EVERY, **detail)
    else:
        record(actor=by, action=Action.SCHEDULE_VIEWED, view=span, day=chosen.isoformat())
    query = _query(form)
    base = {
        "form": form,
        "span": span,
        "spans": [(name, label, _address(name, chosen, query)) for name, label in SPANS.items()],
        "links": _links(span, chosen, query),
        "chosen": chosen,
        "today": timezone.localdate(),
        "mode": Mode.CALENDAR,
        "patients": {visit.patient for visit in context["visits"]},
        "colors": dict(VisitType.objects.values_list("name", "color")),
        "slot_minutes": Practice.current().grid_minutes,
        "row_minutes": grid.STEP // timedelta(minutes=1),
    }
    # The part for a refresh contains no token: it renews no cookie, so it keeps no idle session alive.
    template = "_calendar.html" if is_refresh else "calendar.html"
    return render(request, f"appointments/calendar/{template}", {**base, **context})


def _links(span: str, chosen: date, query: list[tuple[str, str]]) -> dict[str, str]:
    return {
        "here": _address(span, chosen, query),
        "refresh": _address(span, chosen, query) + "&refresh=1",
        "previous": _address(span, _step(span, chosen, -1), query),
        "next": _address(span, _step(span, chosen, 1), query),
        "today": _address(span, timezone.localdate(), query),
        "query": urlencode(query),
    }


def _query(form: FilterForm) -> list[tuple[str, str]]:
    """The filters for an address, without the day."""
    filters = form.filters()
    query = [("provider", str(provider.pk)) for provider in filters.providers]
    if filters.location:
        query.append(("location", str(filters.location.pk)))
    if filters.visit_type:
        query.append(("type", str(filters.visit_type.pk)))
    return query


def _address(span: str, chosen: date, query: list[tuple[str, str]]) -> str:
    return f"{reverse(f'appointments:{span}')}?{urlencode([('day', chosen.isoformat()), *query])}"


def _step(span: str, chosen: date, direction: int) -> date:
    """The day that **Previous** (-1) or **Next** (1) leads to."""
    if span == "day":
        return chosen + timedelta(days=direction)
    if span == "week":
        return chosen + direction * WEEK
    return chosen.replace(day=1) + relativedelta(months=direction)
