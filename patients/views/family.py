"""The Patient Chart: Family Contacts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Permission, staff_page
from audit.trail import Actor
from patients import charts, family, own_contact
from patients.ages import age_on, today
from patients.consequences import EndsAccess
from patients.forms import ContactForm, FamilyContactForm, add_differences, add_errors
from patients.models import Contact, FamilyContact, Patient
from patients.search import MAX_LENGTH, find_contacts
from patients.views.roundtrip import confirmed_end, is_out_of_date, return_path
from practice.edit_conflicts import fingerprint
from practice.models import Practice

MAX_KNOWN = 8  # people offered when adding a contact


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def family_contacts(request: HttpRequest, patient_id: int, family_contact_id: int | None = None) -> HttpResponse:
    """**Family Contacts**: the list, and below it the selected contact, at first the primary one."""
    patient = get_object_or_404(Patient, pk=patient_id)
    everyone = list(patient.family_contacts.select_related("contact").order_by("sort_order", "pk"))
    active = [each for each in everyone if each.is_active]
    selected = next((each for each in everyone if each.pk == family_contact_id), None)
    if family_contact_id and selected is None:
        raise Http404
    selected = selected or (active[0] if active else None)
    charts.view(by=Actor.of(request), patient=patient, tab="family_contacts")
    context = {
        "patient": patient,
        "tab": "family_contacts",
        "family_contacts": active,
        "former": [each for each in everyone if not each.is_active],
        "selected": selected,
        "siblings": _siblings(selected) if selected else [],
    }
    return render(request, "patients/family_contacts.html", context)


def _siblings(family_contact: FamilyContact) -> list[Patient]:
    """Other patients who have this person as a contact."""
    links = family_contact.contact.family_contacts.filter(is_active=True).exclude(patient=family_contact.patient_id)
    return [link.patient for link in links.select_related("patient").order_by("patient__birth_date", "pk")]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.EDIT_CHARTS)
def add_contact(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Add a contact. First offer people whom the practice already knows, so that siblings share one record."""
    patient = get_object_or_404(Patient, pk=patient_id)
    if request.method == "POST" and "query" not in request.POST:
        return _add(request, patient, Contact())
    query = request.POST.get("query", patient.family_name)[:MAX_LENGTH]
    known = _known(query, patient)
    children = [link.patient_id for person in known for link in person.active_links]  # type: ignore[attr-defined]
    charts.view(by=Actor.of(request), patient=patient, tab="add_contact", also_shown=children)
    return _render_add(
        request,
        patient,
        ContactForm(),
        FamilyContactForm(
            instance=FamilyContact(patient=patient), initial={"sort_order": family.next_sort_order(patient)}
        ),
        known=known,
        known_query=query,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.EDIT_CHARTS)
def link_contact(request: HttpRequest, patient_id: int, contact_id: int) -> HttpResponse:
    """Add a person whom the practice already knows as a contact of this patient."""
    patient = get_object_or_404(Patient, pk=patient_id)
    contact = get_object_or_404(Contact, pk=contact_id)
    if request.method == "POST":
        return _add(request, patient, contact)
    charts.view(by=Actor.of(request), patient=patient, tab="add_contact")
    link_form = FamilyContactForm(
        instance=FamilyContact(patient=patient), initial={"sort_order": family.next_sort_order(patient)}
    )
    return _render_add(request, patient, None, link_form, contact=contact)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.EDIT_CHARTS)
def add_self(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Make the patient their own contact (Self), in one step, from the patient's own data (R23)."""
    patient = get_object_or_404(Patient, pk=patient_id)
    problem, born = "", patient.birth_date
    if request.method == "POST":
        try:
            added = family.add_self(by=Actor.of(request), patient=patient)
        except ValidationError as error:
            problem = " ".join(error.messages)
        else:
            messages.success(request, f"{patient.name} is now an own contact (Self).")
            return redirect(return_path(request) or _address_of(added))
    charts.view(by=Actor.of(request), patient=patient, tab="add_contact")
    context = {
        "patient": patient,
        "tab": "family_contacts",
        "own": own_contact.of(patient),
        "is_too_young": bool(born and age_on(born, today()) < Practice.current().own_account_from),
        "problem": problem,
        "next": return_path(request),
    }
    return render(request, "patients/add_self.html", context)


def _known(query: str, patient: Patient) -> list[Contact]:
    """People who match and are not contacts of this patient, with their children."""
    links = Prefetch(
        "family_contacts",
        queryset=FamilyContact.objects.filter(is_active=True).select_related("patient"),
        to_attr="active_links",
    )
    is_contact_now = FamilyContact.objects.filter(patient=patient, is_active=True).values("contact")
    return list(find_contacts(query).exclude(pk__in=is_contact_now).prefetch_related(links)[:MAX_KNOWN])


def _add(request: HttpRequest, patient: Patient, contact: Contact) -> HttpResponse:
    is_new = contact.pk is None
    contact_form = ContactForm(request.POST, instance=contact) if is_new else None
    link_form = FamilyContactForm(request.POST, instance=FamilyContact(patient=patient))
    # Validate both forms, so that all errors are shown at once.
    is_valid = link_form.is_valid()
    if (contact_form is None or contact_form.is_valid()) and is_valid:
        try:
            added = family.add_contact(
                by=Actor.of(request), contact=contact, family_contact=link_form.save(commit=False)
            )
        except ValidationError as error:
            contact.pk = None if is_new else contact.pk
            add_errors(error, link_form, *([contact_form] if contact_form else []))
        else:
            messages.success(request, f"{contact.name} is now a family contact of {patient.name}.")
            return redirect(return_path(request) or reverse("patients:family_contacts", args=[patient.pk, added.pk]))
    charts.view(by=Actor.of(request), patient=patient, tab="add_contact")
    return _render_add(request, patient, contact_form, link_form, contact=None if is_new else contact)


def _render_add(
    request: HttpRequest,
    patient: Patient,
    contact_form: ContactForm | None,
    link_form: FamilyContactForm,
    **more: Any,
) -> HttpResponse:
    context = {
        "patient": patient,
        "tab": "family_contacts",
        "contact_form": contact_form,
        "link_form": link_form,
        "has_self": patient.family_contacts.filter(role=FamilyContact.Role.SELF, is_active=True).exists(),
        "next": return_path(request),
        **more,
    }
    return render(request, "patients/add_contact.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.EDIT_CHARTS)
def edit_contact(request: HttpRequest, family_contact_id: int) -> HttpResponse:
    """Edit the person for all children, and role and authority for this child."""
    family_contact = _family_contact(family_contact_id)
    seen = fingerprint(family_contact.contact, family_contact)
    ends = None
    contact_form = ContactForm(request.POST or None, instance=family_contact.contact)
    link_form = FamilyContactForm(request.POST or None, instance=family_contact)
    if request.method == "POST" and all([contact_form.is_valid(), link_form.is_valid()]):
        if is_out_of_date(request, seen):
            add_differences(contact_form, link_form)
        else:
            try:
                if _changed(request, family_contact, contact_form, link_form):
                    return redirect(return_path(request) or _address_of(family_contact))
            except EndsAccess as asked:
                ends = asked.ended
    charts.view(by=Actor.of(request), patient=family_contact.patient, tab="edit_contact")
    context = {
        "patient": family_contact.patient,
        "tab": "family_contacts",
        # The forms have written what was typed into their records. The heading must show what is stored.
        "family_contact": _family_contact(family_contact_id),
        "contact_form": contact_form,
        "link_form": link_form,
        "siblings": _siblings(family_contact),
        "seen": seen,
        "ends": ends,
        "next": return_path(request),
    }
    return render(request, "patients/edit_contact.html", context)


def _changed(
    request: HttpRequest, family_contact: FamilyContact, contact_form: ContactForm, link_form: FamilyContactForm
) -> bool:
    fields = [*contact_form.changed_data, *link_form.changed_data]
    try:
        ended = family.change_contact(
            by=Actor.of(request), family_contact=family_contact, fields=fields, confirmed=confirmed_end(request)
        )
    except ValidationError as error:
        add_errors(error, link_form, contact_form)
        return False
    messages.success(request, f"Saved: {family_contact.contact.name}. {ended.ended}".strip())
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.EDIT_CHARTS)
def inactivate_contact(request: HttpRequest, family_contact_id: int) -> HttpResponse:
    """Ask, then make this person a former contact of this child, which ends any portal access (R19)."""
    family_contact = _family_contact(family_contact_id)
    if request.method == "POST":
        ended = family.inactivate(by=Actor.of(request), family_contact=family_contact)
        said = f"{family_contact.contact.name} is no longer a family contact of {family_contact.patient.name}."
        messages.success(request, f"{said} {ended.ended}".strip())
        return redirect("patients:family_contacts", family_contact.patient_id)
    charts.view(by=Actor.of(request), patient=family_contact.patient, tab="inactivate_contact")
    context = {"patient": family_contact.patient, "tab": "family_contacts", "family_contact": family_contact}
    return render(request, "patients/inactivate_contact.html", context)


def _family_contact(family_contact_id: int) -> FamilyContact:
    return get_object_or_404(FamilyContact.objects.select_related("patient", "contact"), pk=family_contact_id)


def _address_of(family_contact: FamilyContact) -> str:
    return reverse("patients:family_contacts", args=[family_contact.patient_id, family_contact.pk])
