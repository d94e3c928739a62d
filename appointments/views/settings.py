"""**Schedule Settings**: what the calendar rests on, for administrators."""

from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Permission, staff_page
from appointments import hours, setup
from appointments.models import Provider, TimeOff, VisitType
from appointments.setup_forms import WHOLE_PRACTICE, GridForm, ProviderForm, TimeOffForm, VisitTypeForm
from audit.trail import Actor
from patients.forms import add_differences, add_errors
from practice.edit_conflicts import Stale, fingerprint
from practice.models import Practice

PAGE = "appointments:settings"
AnyModel = TypeVar("AnyModel", bound=Model)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SET_UP_SCHEDULE)
def settings(request: HttpRequest) -> HttpResponse:
    """The overview, and the length of a slot, which is set right here."""
    form = GridForm(request.POST or None, initial={"minutes": Practice.current().grid_minutes})
    if request.method == "POST" and form.is_valid():
        minutes = form.cleaned_data["minutes"]
        setup.set_grid(by=Actor.of(request), minutes=minutes)
        messages.success(request, f"Saved: a slot of the calendar is {minutes} minutes.")
        return redirect(PAGE)
    providers = [
        {"provider": provider, "hours": hours.in_short(hours.by_weekday(provider.working_hours.all()))}
        for provider in Provider.objects.order_by("-is_active", "name", "pk").prefetch_related("working_hours")
    ]
    context = {
        "form": form,
        "visit_types": VisitType.objects.all(),
        "providers": providers,
        "time_off": [
            {"off": off, "who": _who(off), "when": setup.when(off)} for off in setup.coming_time_off(now=timezone.now())
        ],
    }
    return _page(request, "settings", **context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SET_UP_SCHEDULE)
def provider(request: HttpRequest, provider_id: int | None = None) -> HttpResponse:
    """Add or edit a provider with the hours of a week."""
    edited = _stored(Provider, provider_id)
    seen = setup.fingerprint_of_provider(edited) if edited else ""
    form = ProviderForm(request.POST or None, instance=edited)
    if request.method == "POST" and form.is_valid():
        try:
            saved = setup.save_provider(
                by=Actor.of(request), provider=form.save(commit=False), week=form.week, seen=_seen(request, seen)
            )
        except Stale:
            form = _out_of_date(ProviderForm(request.POST, instance=_stored(Provider, provider_id)))
        except ValidationError as error:
            add_errors(error, form)
        else:
            _say_saved(request, saved, form.week)
            return redirect(PAGE)
    return _page(request, "provider", form=form, edited=_stored(Provider, provider_id), seen=seen)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SET_UP_SCHEDULE)
def visit_type(request: HttpRequest, visit_type_id: int | None = None) -> HttpResponse:
    """Add or edit a visit type."""
    edited = _stored(VisitType, visit_type_id)
    seen = fingerprint(edited) if edited else ""
    initial = {} if edited else {"colour": setup.free_colour()}
    form = VisitTypeForm(request.POST or None, instance=edited, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = setup.save_visit_type(
                by=Actor.of(request), visit_type=form.save(commit=False), seen=_seen(request, seen)
            )
        except Stale:
            form = _out_of_date(VisitTypeForm(request.POST, instance=_stored(VisitType, visit_type_id)))
        except ValidationError as error:
            add_errors(error, form)
        else:
            messages.success(request, f"Saved: {saved.name}, {saved.minutes} minutes.")
            return redirect(PAGE)
    return _page(request, "visit_type", form=form, edited=_stored(VisitType, visit_type_id), seen=seen)


@require_POST
@staff_page(Permission.SET_UP_SCHEDULE)
def remove_visit_type(request: HttpRequest, visit_type_id: int) -> HttpResponse:
    """**Remove** a visit type: it is offered no more."""
    removed = get_object_or_404(VisitType, pk=visit_type_id)
    setup.remove_visit_type(by=Actor.of(request), visit_type=removed)
    messages.success(request, f"Removed: {removed.name}. Appointments already booked keep that name.")
    return redirect(PAGE)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SET_UP_SCHEDULE)
def add_time_off(request: HttpRequest) -> HttpResponse:
    """Add time off. What is booked then stays, and the desk is told how much that is."""
    form = TimeOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = setup.add_time_off(by=Actor.of(request), time_off=form.time_off)
        except ValidationError as error:
            add_errors(error, form)
        else:
            _say_added(request, added)
            return redirect(PAGE)
    return _page(request, "time_off", form=form)


@require_POST
@staff_page(Permission.SET_UP_SCHEDULE)
def remove_time_off(request: HttpRequest, time_off_id: int) -> HttpResponse:
    """**Remove** time off: the time can be booked again."""
    removed = get_object_or_404(TimeOff.objects.select_related("provider"), pk=time_off_id)
    setup.remove_time_off(by=Actor.of(request), time_off=removed)
    messages.success(request, f"Removed: {removed.reason} ({_who(removed)}). The time can be booked again.")
    return redirect(PAGE)


def _page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    return render(request, f"appointments/settings/{name}.html", {"in_settings": True, **context})


def _stored(model: type[AnyModel], number: int | None) -> AnyModel | None:
    """The record as it is stored: a form puts what was typed into its own, and a heading must not show that."""
    return get_object_or_404(model, pk=number) if number is not None else None


def _seen(request: HttpRequest, now: str) -> str:
    return request.POST.get("seen", now)


def _out_of_date(form: forms.BaseForm) -> Any:
    add_differences(form)
    return form


def _say_saved(request: HttpRequest, saved: Provider, week: setup.Week) -> None:
    understood = "; ".join(f"{days} {', '.join(spans)}" for days, spans in hours.in_short(week)) or "no hours set"
    booked = 0 if saved.is_active else setup.still_to_come(saved, now=timezone.now())
    if booked:
        messages.warning(request, f"Saved: {saved.name} is inactive. {_appointments(booked)} to come, to be moved.")
    else:
        messages.success(request, f"Saved: {saved.name}, {understood}.")


def _say_added(request: HttpRequest, added: TimeOff) -> None:
    booked = setup.inside(added)
    words = f"Added: {added.reason} ({_who(added)})."
    if booked:
        stand = "stands" if booked == 1 else "stand"
        messages.warning(request, f"{words} {_appointments(booked)} already {stand} inside it, to be moved.")
    else:
        messages.success(request, f"{words} No appointment stands inside it.")


def _appointments(count: int) -> str:
    return "1 appointment" if count == 1 else f"{count} appointments"


def _who(time_off: TimeOff) -> str:
    return time_off.provider.name if time_off.provider else WHOLE_PRACTICE
