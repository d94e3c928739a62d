"""The **Add/Edit Appointment** window: a dialog over the calendar, and a page at an address of its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, staff_page
from appointments import visits
from appointments.forms import MINUTES, NUMBER, YEARS, AppointmentForm, shown_time, which
from appointments.models import Appointment, Location, Provider
from appointments.refusals import Conflicting, NotPossible
from audit.trail import Actor
from patients import charts
from patients.forms import add_differences, add_errors
from patients.models import Patient
from patients.search import MAX_LENGTH
from patients.search import find_patients as search
from practice.edit_conflicts import Stale, fingerprint
from practice.models import Practice

MAX_FOUND = 6  # patients offered while somebody types

Status = Appointment.Status


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def appointment(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """The window of an appointment. Who may not change it may read it."""
    stored = _appointment(appointment_id)
    return _window(request, AppointmentForm(instance=stored), stored=stored)


@require_POST
@staff_page(Permission.EDIT_SCHEDULE)
def change(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """**Save**, or the clock beside Arrival Time, which stamps at once and keeps what is typed."""
    stored = _appointment(appointment_id)
    if "arrive" in request.POST:
        return _stamp(request, stored)
    seen = request.POST.get("seen", "")
    if seen != fingerprint(stored):
        return _told(request, stored)
    form = AppointmentForm(request.POST, instance=_appointment(appointment_id))
    if form.is_valid():
        try:
            saved = visits.change(
                by=Actor.of(request),
                appointment=form.placed(),
                fields=form.changed_columns(),
                seen=seen,
                override_reason=form.cleaned_data["override_reason"],
                warned=request.POST.getlist("warned"),
            )
        except Stale:
            return _told(request, _appointment(appointment_id))
        except Conflicting as refused:
            return _window(request, form, stored=stored, seen=seen, conflicts=refused.conflicts)
        except NotPossible as refused:
            form.add_error("status", str(refused))
        except ValidationError as error:
            add_errors(error, form)
        else:
            if not form.changed_columns():  # then nothing has been recorded yet
                visits.view(by=Actor.of(request), appointment=saved)
            return _done(request, saved, f"Saved: {saved.patient.name}, {_when(saved)}.")
    return _window(request, form, stored=stored, seen=seen)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.EDIT_SCHEDULE)
def add(request: HttpRequest) -> HttpResponse:
    """**Add appointment**: empty, or with the slot it was opened from; first of all the patient is looked for."""
    if request.method != "POST":
        patient = _patient(request.GET.get("patient", ""))
        return _window(request, AppointmentForm(initial=_initial(request.GET)), patient=patient)
    patient = _patient(request.POST.get("choose", request.POST.get("patient", "")))
    if "choose" in request.POST or "arrive" in request.POST:
        return _typed_on(request, patient)
    form = AppointmentForm(request.POST, instance=Appointment(patient=patient))
    if patient is None:
        return _window(request, form, problem="Choose the patient first.")
    if form.is_valid():
        try:
            booked = visits.book(
                by=Actor.of(request),
                appointment=form.placed(),
                override_reason=form.cleaned_data["override_reason"],
                warned=request.POST.getlist("warned"),
            )
        except Conflicting as refused:
            return _window(request, form, patient=patient, conflicts=refused.conflicts)
        except NotPossible as refused:
            form.add_error("status", str(refused))
        except ValidationError as error:
            add_errors(error, form)
        else:
            return _done(request, booked, f"Booked: {patient.name}, {_when(booked)}.")
    return _window(request, form, patient=patient)


@require_POST
@staff_page(Permission.EDIT_SCHEDULE)
def move(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """A visit was dragged to another place. Where something speaks against it, the window opens and asks."""
    stored = _appointment(appointment_id)
    start, number = _start(request.POST.get("start", "")), request.POST.get("provider", "")
    provider = _provider(number)
    if start is None or (number and provider is None):
        return _window(request, AppointmentForm(instance=stored), stored=stored, problem="That is no place in the day.")
    if provider and not provider.is_active and provider != stored.provider:
        problem = f"{provider} is inactive and takes no new visits."
        return _window(request, AppointmentForm(instance=stored), stored=stored, problem=problem)
    if _start(request.POST.get("from_start", "")) != stored.start.replace(second=0, microsecond=0):
        problem = "A colleague has moved this visit meanwhile; this is where it stands now."
        return _window(request, AppointmentForm(instance=stored), stored=stored, problem=problem)
    seen, moved = fingerprint(stored), _appointment(appointment_id)
    moved.start, moved.provider = start, provider
    try:
        saved = visits.change(by=Actor.of(request), appointment=moved, fields=["start", "provider"], seen=seen)
    except Conflicting as refused:
        form = AppointmentForm(instance=moved)
        return _window(request, form, stored=stored, seen=seen, conflicts=refused.conflicts, is_typed=True)
    except (Stale, NotPossible) as refused:
        problem = str(refused) or "A colleague has changed this visit meanwhile; this is how it stands now."
        stored = _appointment(appointment_id)
        return _window(request, AppointmentForm(instance=stored), stored=stored, problem=problem)
    return _done(request, saved, f"Moved: {saved.patient.name}, {_when(saved)}.")


@require_POST
@staff_page(Permission.EDIT_SCHEDULE)
def find_patient(request: HttpRequest) -> HttpResponse:
    """Patients for a new appointment, while somebody types."""
    query = request.POST.get("query", "")[:MAX_LENGTH]
    found = list(search(query)[:MAX_FOUND])
    charts.view_list(by=Actor.of(request), page="appointment", patient_ids=[patient.pk for patient in found])
    context = {"query": query, "found": found}
    return render(request, "appointments/_patients_found.html", context)


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def summary(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The patient beside the form: demographics, guardians, **Portal Account** as it stands now."""
    patient = get_object_or_404(Patient, pk=patient_id)
    charts.view(by=Actor.of(request), patient=patient, tab="appointment")
    return render(request, "appointments/_summary.html", _summary(patient))


# --- What was asked for --------------------------------------------------------------------------


def _appointment(number: int) -> Appointment:
    return get_object_or_404(Appointment.objects.select_related("patient", "provider", "location"), pk=number)


def _patient(number: str) -> Patient | None:
    return Patient.objects.filter(pk=int(number)).first() if NUMBER.fullmatch(number) else None


def _provider(number: str) -> Provider | None:
    return Provider.objects.filter(pk=int(number)).first() if NUMBER.fullmatch(number) else None


def _start(text: str) -> datetime | None:
    """A moment with its offset, as the calendar's slots carry it."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) and found.year in YEARS else None


def _initial(query: QueryDict) -> dict[str, Any]:
    """What the calendar knows of the slot that was opened. The location is the one the provider works at most."""
    initial: dict[str, Any] = {"status": Status.SCHEDULED, "duration": Practice.current().grid_minutes}
    if start := _start(query.get("start", "")):
        initial |= {"day": timezone.localdate(start), "time": shown_time(start), "second": which(start)}
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


def _day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None


# --- What is answered ----------------------------------------------------------------------------


def _window(
    request: HttpRequest,
    form: AppointmentForm,
    *,
    stored: Appointment | None = None,
    patient: Patient | None = None,
    seen: str = "",
    is_recorded: bool = False,
    **context: Any,
) -> HttpResponse:
    """The window: a fragment for the dialog, or a page of its own. ``context``: conflicts, notice, problem.

    However it comes to be shown, that is recorded, unless a rule has just recorded more (``is_recorded``).
    """
    patient = stored.patient if stored else patient
    if stored and not is_recorded:
        visits.view(by=Actor.of(request), appointment=stored)
    elif patient and not is_recorded:
        charts.view(by=Actor.of(request), patient=patient, tab="appointment")
    day = timezone.localdate(stored.start) if stored else timezone.localdate()
    page: dict[str, Any] = {
        "form": form,
        "appointment": stored or Appointment(),
        "patient": patient,
        "seen": seen or (fingerprint(stored) if stored else ""),
        "action": reverse("appointments:change", args=[stored.pk]) if stored else reverse("appointments:add"),
        "way_back": f"{reverse('appointments:day')}?day={day.isoformat()}",
        "is_typed": form.is_bound,
        "in_dialog": bool(request.headers.get("HX-Request")),
        **(_summary(patient) if patient else {}),
        **context,
    }
    template = "_appointment.html" if page["in_dialog"] else "appointment_page.html"
    return render(request, f"appointments/{template}", page)


def _summary(patient: Patient) -> Mapping[str, Any]:
    contacts = patient.family_contacts.filter(is_active=True).select_related("contact").order_by("sort_order", "pk")
    return {"patient": patient, "family_contacts": list(contacts)}


def _told(request: HttpRequest, stored: Appointment) -> HttpResponse:
    """A colleague saved first: say what the record holds now. Saving again keeps what is typed here.

    Except for a status that the visit cannot go to any more: it gives way to where the visit stands now.
    """
    typed = request.POST.copy()
    form = AppointmentForm(typed, instance=_appointment(stored.pk))
    gives_way = typed.get("status") not in dict(form.fields["status"].choices)  # type: ignore[attr-defined]
    if gives_way:
        typed["status"] = stored.status
    form.is_valid()
    add_differences(form)
    if gives_way:
        form.add_error("status", f"The record now says: {stored.get_status_display()}.")
    return _window(request, form, stored=stored)


def _stamp(request: HttpRequest, stored: Appointment) -> HttpResponse:
    """Arrived, now. What else is typed stays; so does the mark of what was seen, if a colleague changed more."""
    notice = problem = ""
    was_seen = request.POST.get("seen", "") == fingerprint(stored)
    try:
        stored = visits.arrive(by=Actor.of(request), appointment=stored)
        notice = f"Arrived at {timezone.localtime(stored.arrival_time):%-I:%M %p}."
    except NotPossible as refused:
        problem = str(refused)
        stored = _appointment(stored.pk)
    form = AppointmentForm(instance=stored)
    form.keep(request.POST, besides={"status", "arrival", "cancel_reason"})
    seen = fingerprint(stored) if was_seen else request.POST.get("seen", "")
    answer = _window(
        request, form, stored=stored, seen=seen, is_recorded=bool(notice), notice=notice, problem=problem, is_typed=True
    )
    if notice:
        answer.headers["HX-Trigger"] = "schedule:changed"
    return answer


def _typed_on(request: HttpRequest, patient: Patient | None) -> HttpResponse:
    """A new appointment's window with another patient, or with the arrival stamped; nothing is saved yet."""
    form = AppointmentForm()
    form.keep(request.POST)
    if "arrive" in request.POST:
        form.initial.update(status=Status.ARRIVED, arrival=f"{timezone.localtime():%H:%M}")
    return _window(request, form, patient=patient, is_typed=True)


def _done(request: HttpRequest, saved: Appointment, words: str) -> HttpResponse:
    """Saved: the dialog closes, the calendar refreshes itself and a toast says what happened."""
    messages.success(request, words)
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('appointments:day')}?day={timezone.localdate(saved.start).isoformat()}")
    answer = render(request, "includes/messages.html", {"oob": True})
    answer.headers["HX-Reswap"] = "none"
    answer.headers["HX-Trigger-After-Swap"] = "dialog:close, schedule:changed"
    return answer


def _when(visit: Appointment) -> str:
    start = timezone.localtime(visit.start)
    who = f" with {visit.provider}" if visit.provider else ""
    return f"{start:%a, %b %-d}, {start:%-I:%M %p}{who}"
