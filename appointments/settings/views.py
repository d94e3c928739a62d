"""**Schedule Settings**, for administrators: slot length, visit types, providers and time off."""

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
from appointments.models import Provider, TimeOff, VisitType
from appointments.settings import changes, hours
from appointments.settings.forms import WHOLE_PRACTICE, GridForm, ProviderForm, TimeOffForm, VisitTypeForm
from audit.trail import Actor
from patients.forms import add_differences, add_errors
from practice.edit_conflicts import Stale, fingerprint
from practice.models import Practice

PAGE = "appointments:settings"
AnyModel = TypeVar("AnyModel", bound=Model)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SET_UP_SCHEDULE)
def settings(request: HttpRequest) -> HttpResponse:
    """The overview, with the form for the slot length."""
    form = GridForm(request.POST or None, initial={"minutes": Practice.current().grid_minutes})
    if request.method == "POST" and form.is_valid():
        minutes = form.cleaned_data["minutes"]
        changes.set_grid(by=Actor.of(request), minutes=minutes)
        messages.success(request, f"Saved: calendar slots are {minutes} minutes long.")
        return redirect(PAGE)
    providers = [
        {"provider": provider, "hours": hours.summary(hours.by_weekday(provider.working_hours.all()))}
        for provider in Provider.objects.order_by("-is_active", "name", "pk").prefetch_related("working_hours")
    ]
    context = {
        "form": form,
        "visit_types": VisitType.objects.all(),
        "providers": providers,
        "time_off": [
            {"off": off, "who": _who(off), "when": changes.time_off_in_words(off)}
            for off in changes.current_and_future_time_off(now=timezone.now())
        ],
    }
    return _page(request, "settings", **context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SET_UP_SCHEDULE)
def provider(request: HttpRequest, provider_id: int | None = None) -> HttpResponse:
    """Add or edit a provider with working hours."""
    edited = _stored(Provider, provider_id)
    seen = changes.fingerprint_of_provider(edited) if edited else ""
    form = ProviderForm(request.POST or None, instance=edited)
    if request.method == "POST" and form.is_valid():
        try:
            saved = changes.save_provider(
                by=Actor.of(request), provider=form.save(commit=False), week=form.week, seen=_seen(request, seen)
            )
        except Stale:
            form = _out_of_date(ProviderForm(request.POST, instance=_stored(Provider, provider_id)))
        except ValidationError as error:
            add_errors(error, form)
        else:
            _provider_message(request, saved, form.week)
            return redirect(PAGE)
    return _page(request, "provider", form=form, edited=_stored(Provider, provider_id), seen=seen)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SET_UP_SCHEDULE)
def visit_type(request: HttpRequest, visit_type_id: int | None = None) -> HttpResponse:
    """Add or edit a visit type."""
    edited = _stored(VisitType, visit_type_id)
    seen = fingerprint(edited) if edited else ""
    initial = {} if edited else {"color": changes.unused_color()}
    form = VisitTypeForm(request.POST or None, instance=edited, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = changes.save_visit_type(
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
    """**Remove** a visit type from the choices."""
    removed = get_object_or_404(VisitType, pk=visit_type_id)
    changes.remove_visit_type(by=Actor.of(request), visit_type=removed)
    messages.success(request, f"Removed: {removed.name}. Booked appointments keep this name.")
    return redirect(PAGE)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SET_UP_SCHEDULE)
def add_time_off(request: HttpRequest) -> HttpResponse:
    """Add time off. Booked appointments stay; the message says how many there are."""
    form = TimeOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = changes.add_time_off(by=Actor.of(request), time_off=form.time_off)
        except ValidationError as error:
            add_errors(error, form)
        else:
            _time_off_message(request, added)
            return redirect(PAGE)
    return _page(request, "time_off", form=form)


@require_POST
@staff_page(Permission.SET_UP_SCHEDULE)
def remove_time_off(request: HttpRequest, time_off_id: int) -> HttpResponse:
    """**Remove** time off, so that the time can be booked again."""
    removed = get_object_or_404(TimeOff.objects.select_related("provider"), pk=time_off_id)
    changes.remove_time_off(by=Actor.of(request), time_off=removed)
    messages.success(request, f"Removed: {removed.reason} ({_who(removed)}). The time can be booked again.")
    return redirect(PAGE)


def _page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    return render(request, f"appointments/settings/{name}.html", {"in_settings": True, **context})


def _stored(model: type[AnyModel], number: int | None) -> AnyModel | None:
    """The stored record. A form writes what is typed into its own copy, which the heading must not show."""
    return get_object_or_404(model, pk=number) if number is not None else None


def _seen(request: HttpRequest, now: str) -> str:
    return request.POST.get("seen", now)


def _out_of_date(form: forms.BaseForm) -> Any:
    add_differences(form)
    return form


def _provider_message(request: HttpRequest, saved: Provider, week: changes.Week) -> None:
    hours_in_words = "; ".join(f"{days} {', '.join(spans)}" for days, spans in hours.summary(week)) or "no hours set"
    booked = 0 if saved.is_active else changes.future_visits(saved, now=timezone.now())
    if booked:
        messages.warning(request, f"Saved: {saved.name} is inactive. Move {_appointments(booked)} to other providers.")
    else:
        messages.success(request, f"Saved: {saved.name}, {hours_in_words}.")


def _time_off_message(request: HttpRequest, added: TimeOff) -> None:
    booked = changes.visits_during(added)
    words = f"Added: {added.reason} ({_who(added)})."
    if booked:
        messages.warning(request, f"{words} Move or cancel {_appointments(booked)} already booked during this time.")
    else:
        messages.success(request, f"{words} No appointments are booked during this time.")


def _appointments(count: int) -> str:
    return "1 appointment" if count == 1 else f"{count} appointments"


def _who(time_off: TimeOff) -> str:
    return time_off.provider.name if time_off.provider else WHOLE_PRACTICE
