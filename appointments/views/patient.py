"""One patient on the schedule: the **Appointments** tab of the chart, the window's search and its summary."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Permission, staff_page
from appointments.models import Appointment
from appointments.views import window
from audit.trail import Actor
from patients import charts, search
from patients.models import Patient

MAX_PAST = 50  # visits; the latest
MAX_FOUND = 6  # patients offered while somebody types


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def patient_appointments(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The **Appointments** tab: upcoming visits, soonest first, and past ones, latest first."""
    patient, now = get_object_or_404(Patient, pk=patient_id), timezone.now()
    charts.view(by=Actor.of(request), patient=patient, tab="appointments")
    visits = Appointment.objects.filter(patient=patient).select_related("provider", "location")
    context = {
        "patient": patient,
        "tab": "appointments",
        "upcoming": list(visits.filter(start__gte=now).order_by("start", "pk")),
        "past": list(visits.filter(start__lt=now).order_by("-start", "-pk")[:MAX_PAST]),
        "max_past": MAX_PAST,
    }
    return render(request, "appointments/patient_appointments.html", context)


@require_POST
@staff_page(Permission.EDIT_SCHEDULE)
def find_patients(request: HttpRequest) -> HttpResponse:
    """Search results for a new appointment, while somebody types."""
    query = request.POST.get("query", "")[: search.MAX_LENGTH]
    found = list(search.find_patients(query)[:MAX_FOUND])
    charts.view_list(by=Actor.of(request), page="appointment", patient_ids=[patient.pk for patient in found])
    return render(request, "appointments/_patients_found.html", {"query": query, "found": found})


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def summary(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The patient beside the form: demographics, guardians and current **Portal Account** status."""
    patient = get_object_or_404(Patient, pk=patient_id)
    charts.view(by=Actor.of(request), patient=patient, tab="appointment")
    return render(request, "appointments/_summary.html", window.summary(patient))
