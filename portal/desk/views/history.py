"""The **Portal** tab of a chart."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import Permission, staff_page
from audit.trail import Action, Actor, record
from patients.models import Patient
from portal.models import Pin, Registration


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def history(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Each contact's registration with all of its PINs."""
    patient = get_object_or_404(Patient, pk=patient_id)
    record(actor=Actor.of(request), action=Action.PATIENT_VIEWED, patient_id=patient.pk, tab="portal")
    pins = Prefetch("pins", queryset=Pin.objects.select_related("issued_by", "ended_by").order_by("-pk"))
    registrations = (
        Registration.objects.filter(family_contact__patient=patient)
        .select_related("family_contact__contact")
        .prefetch_related(pins)
        .order_by("family_contact__sort_order", "pk")
    )
    unregistered = patient.family_contacts.filter(registration=None, is_active=True).select_related("contact")
    context = {"patient": patient, "tab": "portal", "registrations": registrations, "unregistered": unregistered}
    return render(request, "portal/desk/history.html", context)
