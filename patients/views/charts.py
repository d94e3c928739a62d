"""The Patient Chart: Basic Info, and adding and editing a patient."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, staff_page
from audit.trail import Actor
from patients import charts
from patients.consequences import EndsAccess
from patients.forms import PatientForm, add_differences, add_errors
from patients.models import Patient
from patients.names import placeholder_problem
from patients.views.roundtrip import confirmed_end, is_out_of_date, return_path
from practice.edit_conflicts import fingerprint


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.EDIT_CHARTS)
def add(request: HttpRequest) -> HttpResponse:
    """Add a chart for a new patient. Family contacts are the next step."""
    form = PatientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            patient = charts.add(by=Actor.of(request), patient=form.save(commit=False))
        except ValidationError as error:
            add_errors(error, form)
        else:
            messages.success(request, f"Added: {patient.name}. Next, add a parent or guardian.")
            return redirect("patients:family_contacts", patient.pk)
    return render(request, "patients/add.html", {"form": form})


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def basic_info(request: HttpRequest, patient_id: int) -> HttpResponse:
    """**Basic Info**."""
    patient = get_object_or_404(Patient, pk=patient_id)
    charts.view(by=Actor.of(request), patient=patient, tab="basic_info")
    context = {"patient": patient, "tab": "basic_info", "problem": placeholder_problem(patient)}
    return render(request, "patients/basic_info.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.EDIT_CHARTS)
def edit(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Edit Basic Info. ``next`` is the page to return to, such as the registration window."""
    patient = get_object_or_404(Patient, pk=patient_id)
    seen, problem, ends = fingerprint(patient), placeholder_problem(patient), None
    form = PatientForm(request.POST or None, instance=patient)
    if problem:
        form.fields["given_name"].widget.attrs["autofocus"] = True
    if request.method == "POST" and form.is_valid():
        if is_out_of_date(request, seen):
            add_differences(form)
        else:
            try:
                if _changed(request, patient, form):
                    return redirect(return_path(request) or reverse("patients:chart", args=[patient.pk]))
            except EndsAccess as asked:
                ends = asked.ended
    charts.view(by=Actor.of(request), patient=patient, tab="edit")  # also when the form is shown again with errors
    context = {
        # The form has written what was typed into its patient. The banner must show what is stored.
        "patient": Patient.objects.get(pk=patient_id),
        "tab": "basic_info",
        "form": form,
        "problem": problem,
        "seen": seen,
        "ends": ends,
        "next": return_path(request),
    }
    return render(request, "patients/edit.html", context)


def _changed(request: HttpRequest, patient: Patient, form: PatientForm) -> bool:
    try:
        ended = charts.change(
            by=Actor.of(request), patient=patient, fields=form.changed_data, confirmed=confirmed_end(request)
        )
    except ValidationError as error:
        add_errors(error, form)
        return False
    messages.success(request, f"Saved: {patient.name}. {ended.ended}".strip())
    return True


@require_POST
@staff_page(Permission.EDIT_CHARTS)
def confirm_name(request: HttpRequest, patient_id: int) -> HttpResponse:
    """**This is the real name**: record it. A later change of the name needs a new confirmation (R3)."""
    patient = get_object_or_404(Patient, pk=patient_id)
    try:
        charts.confirm_name(by=Actor.of(request), patient=patient)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        name = patient.given_name
        messages.success(request, f"“{name}” is recorded as the real name. It no longer blocks registration.")
    return redirect(return_path(request) or reverse("patients:chart", args=[patient.pk]))
