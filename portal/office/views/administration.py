"""The Practice Portal: patients by portal status, a patient's portal history, staff records."""

from typing import Any

from accounts.models import StaffRecord, User
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import staff as sign_ins
from accounts.access import Permission, staff_page
from audit.trail import Action, Actor, record
from patients import charts
from patients.models import Patient
from portal.forms import AdministrationForm, StaffRecordForm
from portal.models import Pin, Registration
from portal.office import administration
from portal.pins import keys

PAGE_SIZE = 50  # rows


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.VIEW_CHARTS)
def patients(request: HttpRequest) -> HttpResponse:
    """**Patient Administration**. The filter is posted, since names must not stand in an address or a log."""
    form = AdministrationForm(request.POST or None)
    chosen: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = administration.patients(query=chosen.get("query", ""), status=chosen.get("status", ""))
    page = Paginator(found, PAGE_SIZE).get_page(chosen.get("page") or 1)
    charts.view_list(by=Actor.of(request), page="administration", patient_ids=[patient.pk for patient in page])
    context = {"form": form, "page": page, "counts": administration.counts(), "unreadable": keys.unreadable()}
    return render(request, "portal/office/administration.html", context)


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def history(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The **Portal** tab of a chart: each contact's registration and every PIN there has been."""
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


@require_safe
@staff_page(Permission.ADMINISTER)
def staff(request: HttpRequest) -> HttpResponse:
    """**Staff**: the staff records, and the sign-ins that are linked to none."""
    context = {
        "staff_records": StaffRecord.objects.select_related("user"),
        "unlinked": User.objects.filter(kind=User.Kind.STAFF, staff_record=None).order_by("email"),
    }
    return render(request, "portal/office/staff.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.ADMINISTER)
def staff_record(request: HttpRequest, staff_record_id: int | None = None) -> HttpResponse:
    """Add or edit a staff record and link a sign-in to it. It counts from that user's very next request."""
    instance = get_object_or_404(StaffRecord, pk=staff_record_id) if staff_record_id else None
    form = StaffRecordForm(request.POST or None, instance=instance)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save_staff_record(form, by=Actor.of(request))
        except sign_ins.Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"Saved: {saved.name}. It holds from {saved.name}’s next click on.")
            return redirect("office:staff") if saved.user else redirect("office:staff_record", saved.pk)
    return render(request, "portal/office/staff_record.html", {"form": form, "edited": instance})


def _save_staff_record(form: StaffRecordForm, *, by: Actor) -> StaffRecord:
    """Save, with one line that says what changed; whoever is no longer active is signed out. Raises Refused."""
    with sign_ins.administering(by):
        saved: StaffRecord = form.save()
        changed: dict[str, Any] = {"changed": ",".join(form.changed_data)}
        if "role" in form.changed_data:
            changed |= {"role": saved.role, "role_before": form.initial.get("role", "")}
        record(actor=by, action=Action.STAFF_RECORD_CHANGED, staff_record=saved.pk, **changed)
        if saved.user and not saved.is_active and "is_active" in form.changed_data:
            sign_ins.close_sessions(saved.user)
    return saved
