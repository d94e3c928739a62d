"""The **Appointments** tab of a chart."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import Permission, staff_page
from appointments.models import Appointment
from audit.trail import Actor
from patients import charts
from patients.models import Patient

MAX_PAST = 50  # visits; the latest


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def of_patient(request: HttpRequest, patient_id: int) -> HttpResponse:
    """What is coming, soonest first, and what has been, latest first."""
    patient, now = get_object_or_404(Patient, pk=patient_id), timezone.now()
    charts.view(by=Actor.of(request), patient=patient, tab="appointments")
    visits = Appointment.objects.filter(patient=patient).select_related("provider", "location")
    context = {
        "patient": patient,
        "tab": "appointments",
        "coming": list(visits.filter(start__gte=now).order_by("start", "pk")),
        "past": list(visits.filter(start__lt=now).order_by("-start", "-pk")[:MAX_PAST]),
        "max_past": MAX_PAST,
    }
    return render(request, "appointments/of_patient.html", context)
