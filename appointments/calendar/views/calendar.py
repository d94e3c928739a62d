"""**Calendar**: day, week and month. Looking at it changes nothing; what is looked at stands in the address."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import Permission, staff_page
from appointments.calendar import grid, schedule
from appointments.forms import FilterForm
from appointments.models import SchedulePreference, VisitType
from audit.trail import Action, Actor, record, record_refresh
from practice.models import Practice

SPANS = {"day": "Day", "week": "Week", "month": "Month"}
# A calendar that stays open all day leaves a line in the trail this often.
RECORD_REFRESH_EVERY = timedelta(minutes=30)


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def day(request: HttpRequest) -> HttpResponse:
    """**Day**: a column per provider."""
    form = _filter(request)
    chosen = form.chosen_day()
    shown = schedule.day(chosen, filters=form.filters(), slot_minutes=Practice.current().grid_minutes)
    context = {"shown": shown, "title": f"{chosen:%A, %B %-d, %Y}", "visits": shown.visits}
    return _calendar(request, form, "day", context)


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def week(request: HttpRequest) -> HttpResponse:
    """**Week**: the hours of one provider, or the visits of several as lists."""
    form = _filter(request)
    filters, first = form.filters(), schedule.week_start(form.chosen_day())
    last = first + timedelta(days=6)
    title = f"{first:%b %-d} to {last:%b %-d, %Y}"
    if len(filters.providers) == 1:
        slot_minutes = Practice.current().grid_minutes
        (provider,) = filters.providers
        shown = schedule.provider_week(first, provider=provider, filters=filters, slot_minutes=slot_minutes)
        return _calendar(request, form, "week", {"shown": shown, "title": title, "visits": shown.visits})
    found = schedule.week(first, filters=filters)
    return _calendar(request, form, "week", {"week": found, "title": title, "visits": found.visits})


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def month(request: HttpRequest) -> HttpResponse:
    """**Month**: how full each day is."""
    form = _filter(request)
    chosen = form.chosen_day()
    weeks = schedule.month(chosen.replace(day=1), filters=form.filters())
    return _calendar(request, form, "month", {"weeks": weeks, "title": f"{chosen:%B %Y}", "visits": []})


def _filter(request: HttpRequest) -> FilterForm:
    form = FilterForm(request.GET)
    form.is_valid()  # what makes no sense is left out rather than complained about: it came by an address
    return form


def _calendar(request: HttpRequest, form: FilterForm, span: str, context: Mapping[str, Any]) -> HttpResponse:
    chosen, by = form.chosen_day(), Actor.of(request)
    is_refresh = "refresh" in request.GET and bool(request.headers.get("HX-Request"))
    if is_refresh:
        detail = {"view": span, "day": chosen.isoformat()}
        record_refresh(actor=by, action=Action.SCHEDULE_VIEWED, within=RECORD_REFRESH_EVERY, **detail)
    else:
        record(actor=by, action=Action.SCHEDULE_VIEWED, view=span, day=chosen.isoformat())
    query = _query(form)
    links = {
        "here": _address(span, chosen, query),
        "refresh": _address(span, chosen, query) + "&refresh=1",
        "previous": _address(span, _step(span, chosen, -1), query),
        "next": _address(span, _step(span, chosen, 1), query),
        "today": _address(span, timezone.localdate(), query),
        "query": urlencode(query),
    }
    spans = [(name, label, _address(name, chosen, query)) for name, label in SPANS.items()]
    base = {
        "form": form,
        "span": span,
        "spans": spans,
        "links": links,
        "chosen": chosen,
        "today": timezone.localdate(),
        "mode": SchedulePreference.Mode.CALENDAR,
        "patients": {visit.patient for visit in context["visits"]},
        "colours": dict(VisitType.objects.values_list("name", "colour")),
        "slot_minutes": Practice.current().grid_minutes,
        "row_minutes": grid.STEP // timedelta(minutes=1),
    }
    # A refresh renews no cookie, so it keeps no idle session alive: the part it fetches has no token in it.
    return render(
        request, f"appointments/calendar/{'_calendar' if is_refresh else 'calendar'}.html", {**base, **context}
    )


def _query(form: FilterForm) -> list[tuple[str, str]]:
    """The filters as they stand in an address, without the day."""
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
    """The day that previous or next leads to."""
    if span == "day":
        return chosen + timedelta(days=direction)
    if span == "week":
        return chosen + direction * schedule.WEEK
    return chosen.replace(day=1) + relativedelta(months=direction)
