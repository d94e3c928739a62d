"""The button **Arrived**, and the key that presses it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import Permission, staff_page
from appointments import visits
from appointments.models import Appointment
from appointments.refusals import NotPossible
from audit.trail import Actor
from patients.views.roundtrip import way_back


@require_POST
@staff_page(Permission.EDIT_SCHEDULE)
def arrive(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Stamp the arrival with this moment, and say so.

    To htmx the answer is the toast alone, with the event that lets every list of visits on the page
    refresh itself; else it leads back to where the button was.
    """
    appointment = get_object_or_404(Appointment, pk=appointment_id)
    try:
        arrived = visits.arrive(by=Actor.of(request), appointment=appointment)
    except NotPossible as refused:
        visits.view(by=Actor.of(request), appointment=appointment)  # what is said names the patient and the status
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{arrived.patient.name} arrived at {timezone.localtime():%-I:%M %p}.")
    if not request.headers.get("HX-Request"):
        return redirect(way_back(request) or "appointments:tracking")
    toast = render(request, "includes/messages.html", {"oob": True})
    toast.headers["HX-Trigger"] = "schedule:changed"
    return toast
