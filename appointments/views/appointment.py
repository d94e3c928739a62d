"""The actions of the **Add/Edit Appointment** window, and of dragging a visit on the calendar."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, staff_page
from appointments import visits
from appointments.forms import MINUTES, AppointmentForm, first_or_second, shown_time
from appointments.limits import NUMBER, YEARS
from appointments.models import Appointment, Location, Provider
from appointments.refusals import Conflicting, NotPossible
from appointments.views.window import arrival_stamped, changed_by_colleague, saved, window
from audit.trail import Actor
from patients.forms import add_errors
from patients.models import Patient
from patients.views.roundtrip import return_path
from practice.edit_conflicts import Stale, fingerprint
from practice.models import Practice

Status = Appointment.Status


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def appointment(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """The window of an appointment; read-only without the permission to change it."""
    stored = _appointment(appointment_id)
    return window(request, AppointmentForm(instance=stored), stored=stored)


@require_POST
@staff_page(Permission.EDIT_SCHEDULE)
def change(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """**Save** an appointment that exists."""
    stored = _appointment(appointment_id)
    seen = request.POST.get("seen", "")
    if seen != fingerprint(stored):
        return changed_by_colleague(request, stored)
    form = AppointmentForm(request.POST, instance=_appointment(appointment_id))
    if form.is_valid():
        try:
            changed = visits.change(
                by=Actor.of(request),
                appointment=form.as_typed(),
                fields=form.changed_columns(),
                seen=seen,
                override_reason=form.cleaned_data["override_reason"],
                warned=request.POST.getlist("warned"),
            )
        except Stale:
            return changed_by_colleague(request, _appointment(appointment_id))
        except Conflicting as refused:
            return window(request, form, stored=stored, seen=seen, conflicts=refused.conflicts)
        except NotPossible as refused:
            form.add_error("status", str(refused))
        except ValidationError as error:
            add_errors(error, form)
        else:
            if not form.changed_columns():  # the rule recorded nothing, and the answer names the patient
                visits.view(by=Actor.of(request), appointment=changed)
            return saved(request, changed, f"Saved: {changed.patient.name}, {_when(changed)}.")
    return window(request, form, stored=stored, seen=seen)


@require_POST
@staff_page(Permission.EDIT_SCHEDULE)
def arrive(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Stamp the arrival with the current time: **Arrived** on Tracking, and the window's clock button.

    The window sends ``seen`` and gets the window back with everything that is typed. Tracking gets a toast,
    and an event that makes every list of visits on the page refresh itself.
    """
    stored = _appointment(appointment_id)
    state_before, problem = fingerprint(stored), ""
    try:
        stored = visits.arrive(by=Actor.of(request), appointment=stored)
    except NotPossible as refused:
        problem, stored = str(refused), _appointment(appointment_id)
    if "seen" in request.POST:
        return arrival_stamped(request, stored, state_before=state_before, problem=problem)
    if problem:
        visits.view(by=Actor.of(request), appointment=stored)  # the message names the patient and the status
        messages.error(request, problem)
    else:
        messages.success(request, f"{stored.patient.name} arrived at {timezone.localtime():%-I:%M %p}.")
    if not request.headers.get("HX-Request"):
        return redirect(return_path(request) or "appointments:tracking")
    toast = render(request, "includes/messages.html", {"oob": True})
    toast.headers["HX-Trigger"] = "schedule:changed"
    return toast


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.EDIT_SCHEDULE)
def add(request: HttpRequest) -> HttpResponse:
    """**Add appointment**: empty, or filled in from the slot it was opened from. Choosing the patient comes first."""
    if request.method != "POST":
        patient = _patient(request.GET.get("patient", ""))
        return window(request, AppointmentForm(initial=_initial(request.GET)), patient=patient)
    patient = _patient(request.POST.get("choose", request.POST.get("patient", "")))
    if "choose" in request.POST or "fill_arrival" in request.POST:
        return _filled_in(request, patient)
    form = AppointmentForm(request.POST, instance=Appointment(patient=patient))
    if patient is None:
        return window(request, form, problem="Choose a patient first.")
    if form.is_valid():
        try:
            booked = visits.book(
                by=Actor.of(request),
                appointment=form.as_typed(),
                override_reason=form.cleaned_data["override_reason"],
                warned=request.POST.getlist("warned"),
            )
        except Conflicting as refused:
            return window(request, form, patient=patient, conflicts=refused.conflicts)
        except NotPossible as refused:
            form.add_error("status", str(refused))
        except ValidationError as error:
            add_errors(error, form)
        else:
            return saved(request, booked, f"Booked: {patient.name}, {_when(booked)}.")
    return window(request, form, patient=patient)


def _filled_in(request: HttpRequest, patient: Patient | None) -> HttpResponse:
    """Show a new appointment with another patient, or with the arrival filled in. Nothing is saved yet."""
    form = AppointmentForm()
    form.keep_typed(request.POST)
    if "fill_arrival" in request.POST:
        form.initial.update(status=Status.ARRIVED, arrival=f"{timezone.localtime():%H:%M}")
    return window(request, form, patient=patient, is_typed=True)


@require_POST
@staff_page(Permission.EDIT_SCHEDULE)
def move(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Save the new time and provider of a visit that was dragged. If there are conflicts, the window opens and asks."""
    stored = _appointment(appointment_id)
    start, number = _start(request.POST.get("start", "")), request.POST.get("provider", "")
    provider, problem = _provider(number), ""
    if start is None or (number and provider is None):
        problem = "The visit cannot be moved there. Drag it to a free time in the calendar."
    elif provider and not provider.is_active and provider != stored.provider:
        problem = f"{provider} is inactive and takes no new visits."
    elif _start(request.POST.get("from_start", "")) != stored.start.replace(second=0, microsecond=0):
        problem = "A colleague moved this visit meanwhile. This window shows its current time."
    if start is None or problem:
        return window(request, AppointmentForm(instance=stored), stored=stored, problem=problem)
    seen, moved = fingerprint(stored), _appointment(appointment_id)
    moved.start, moved.provider = start, provider
    try:
        changed = visits.change(by=Actor.of(request), appointment=moved, fields=["start", "provider"], seen=seen)
    except Conflicting as refused:
        form = AppointmentForm(instance=moved)
        return window(request, form, stored=stored, seen=seen, conflicts=refused.conflicts, is_typed=True)
    except (Stale, NotPossible) as refused:
        problem = str(refused) or "A colleague changed this visit meanwhile. This window shows it as it is now."
        stored = _appointment(appointment_id)
        return window(request, AppointmentForm(instance=stored), stored=stored, problem=problem)
    return saved(request, changed, f"Moved: {changed.patient.name}, {_when(changed)}.")


# --- Reading the request -------------------------------------------------------------------------


def _appointment(number: int) -> Appointment:
    return get_object_or_404(Appointment.objects.select_related("patient", "provider", "location"), pk=number)


def _patient(number: str) -> Patient | None:
    return Patient.objects.filter(pk=int(number)).first() if NUMBER.fullmatch(number) else None


def _provider(number: str) -> Provider | None:
    return Provider.objects.filter(pk=int(number)).first() if NUMBER.fullmatch(number) else None


def _start(text: str) -> datetime | None:
    """A time with its UTC offset, as the calendar's slots send it; None if it is not valid."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) and found.year in YEARS else None


def _initial(query: QueryDict) -> dict[str, Any]:
    """Initial values from the slot that was opened. The location is that of the provider's newest appointment."""
    initial: dict[str, Any] = {"status": Status.SCHEDULED, "duration": Practice.current().grid_minutes}
    if start := _start(query.get("start", "")):
        initial |= {"day": timezone.localdate(start), "time": shown_time(start), "second": first_or_second(start)}
    else:
        initial["day"] = _day(query.get("day", "")) or timezone.localdate()
    minutes = query.get("minutes", "")
    if NUMBER.fullmatch(minutes) and MINUTES[0] <= int(minutes) <= MINUTES[1]:
        initial["duration"] = int(minutes)
    if provider := _provider(query.get("provider", "")):
        last = Appointment.objects.filter(provider=provider, location__isnull=False).order_by("-pk").first()
        initial |= {"provider": provider.pk, "location": last.location_id if last else None}
    elif Location.objects.count() == 1:
        initial["location"] = Location.objects.get().pk
    return initial


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _when(visit: Appointment) -> str:
    start = timezone.localtime(visit.start)
    who = f" with {visit.provider}" if visit.provider else ""
    return f"{start:%a, %b %-d}, {start:%-I:%M %p}{who}"
