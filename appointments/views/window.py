"""Render the **Add/Edit Appointment** window: a dialog over the calendar, or a page at its own address."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from appointments import visits
from appointments.forms import AppointmentForm
from appointments.models import Appointment
from audit.trail import Actor
from patients import charts
from patients.forms import add_differences
from patients.models import Patient
from practice.edit_conflicts import fingerprint


def window(
    request: HttpRequest,
    form: AppointmentForm,
    *,
    stored: Appointment | None = None,
    patient: Patient | None = None,
    seen: str = "",
    is_recorded: bool = False,
    **context: Any,
) -> HttpResponse:
    """Render the window. ``context``: conflicts, notice, problem, is_typed.

    Showing it is recorded in the audit trail, unless a rule has already recorded this request (``is_recorded``).
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
        "calendar_url": _calendar_url(day),
        "is_typed": form.is_bound,
        "in_dialog": bool(request.headers.get("HX-Request")),
        **(summary(patient) if patient else {}),
        **context,
    }
    template = "_appointment.html" if page["in_dialog"] else "appointment_page.html"
    return render(request, f"appointments/{template}", page)


def summary(patient: Patient) -> dict[str, Any]:
    """The template context of the patient's summary."""
    contacts = patient.family_contacts.filter(is_active=True).select_related("contact").order_by("sort_order", "pk")
    return {"patient": patient, "family_contacts": list(contacts)}


def changed_by_colleague(request: HttpRequest, stored: Appointment) -> HttpResponse:
    """Keep what is typed and show what a colleague saved meanwhile. Saving again overwrites it.

    A typed status that the visit can no longer change to is replaced by its current status.
    """
    typed = request.POST.copy()
    # The form gets a record of its own: validating it writes the typed values into that record.
    form = AppointmentForm(typed, instance=Appointment.objects.select_related("patient").get(pk=stored.pk))
    is_replaced = typed.get("status") not in dict(form.fields["status"].choices)  # type: ignore[attr-defined]
    if is_replaced:
        typed["status"] = stored.status
    form.is_valid()
    add_differences(form)
    if is_replaced:
        form.add_error("status", f"The record now says: {stored.get_status_display()}.")
    return window(request, form, stored=stored)


def arrival_stamped(request: HttpRequest, stored: Appointment, *, state_before: str, problem: str) -> HttpResponse:
    """The window after its clock button. Everything else that was typed stays, unsaved.

    If a colleague changed the appointment before the button was pressed, ``seen`` stays as it was: **Save**
    then shows that change.
    """
    form = AppointmentForm(instance=stored)
    form.keep_typed(request.POST, except_for={"status", "arrival", "cancel_reason"})
    seen = request.POST["seen"]
    answer = window(
        request,
        form,
        stored=stored,
        seen=fingerprint(stored) if seen == state_before else seen,
        is_recorded=not problem,
        notice="" if problem else f"Arrived at {timezone.localtime(stored.arrival_time):%-I:%M %p}.",
        problem=problem,
        is_typed=True,
    )
    if not problem:
        answer.headers["HX-Trigger"] = "schedule:changed"
    return answer


def saved(request: HttpRequest, appointment: Appointment, words: str) -> HttpResponse:
    """Close the dialog, refresh the calendar and show a toast; without htmx, go to the day of the visit."""
    messages.success(request, words)
    if not request.headers.get("HX-Request"):
        return redirect(_calendar_url(timezone.localdate(appointment.start)))
    answer = render(request, "includes/messages.html", {"oob": True})
    answer.headers["HX-Reswap"] = "none"
    answer.headers["HX-Trigger-After-Swap"] = "dialog:close, schedule:changed"
    return answer


def _calendar_url(day: date) -> str:
    return f"{reverse('appointments:day')}?day={day.isoformat()}"
