"""Rules of a patient's chart: view, add, change, confirm the name. Each writes to the audit trail (R20)."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from audit.trail import Action, Actor, listed, record
from patients import consequences, own_contact
from patients.consequences import Ended
from patients.models import Patient
from patients.names import placeholder_problem


def view(*, by: Actor, patient: Patient, tab: str, also_shown: Iterable[int] = ()) -> None:
    """Record that somebody viewed this tab. ``also_shown``: other patients named on the page."""
    others = {"patients": listed(numbers)} if (numbers := sorted(set(also_shown))) else {}
    record(actor=by, action=Action.PATIENT_VIEWED, patient_id=patient.pk, tab=tab, **others)


def view_list(*, by: Actor, page: str, patient_ids: Iterable[int]) -> None:
    """Record that somebody viewed a list of these patients; nothing for an empty list."""
    if numbers := list(patient_ids):
        record(actor=by, action=Action.PATIENTS_LISTED, page=page, patients=listed(numbers))


@transaction.atomic
def add(*, by: Actor, patient: Patient) -> Patient:
    """Add a chart for a new patient."""
    patient.full_clean()
    patient.save()
    record(actor=by, action=Action.PATIENT_ADDED, patient_id=patient.pk)
    return patient


def change(*, by: Actor, patient: Patient, fields: Iterable[str], confirmed: str | None = None) -> Ended:
    """Save only these fields, so that a colleague's changes to others stay. Without fields, save nothing.

    Return what ended with it (R19). Refused: a change that ends access or PINs and is not ``confirmed`` (EndsAccess).
    """
    changed = sorted(fields)
    if not changed:
        return Ended()
    with consequences.change(patient_ids=[patient.pk], by=by, confirmed=confirmed) as done:
        stored = Patient.objects.select_for_update().get(pk=patient.pk)
        for field in changed:
            setattr(stored, field, getattr(patient, field))
        stored.full_clean()
        stored.save()
        if own_contact.FOLLOWING & set(changed):
            own_contact.follow(stored)
        record(actor=by, action=Action.PATIENT_CHANGED, patient_id=patient.pk, fields=changed)
    return done.ended


def confirm_name(*, by: Actor, patient: Patient) -> None:
    """Record that the given name is real although it looks like a placeholder (R3).

    Refused: an empty name, and a name that does not look like a placeholder.
    """
    with consequences.change(patient_ids=[patient.pk], by=by, confirmed=None):
        _confirm_name(by=by, patient=patient)


def _confirm_name(*, by: Actor, patient: Patient) -> None:
    stored = Patient.objects.select_for_update().get(pk=patient.pk)
    if not stored.given_name.strip():
        raise ValidationError("No given name to confirm. Enter it in Basic Info first.")
    if not placeholder_problem(stored):
        raise ValidationError(f"“{stored.given_name}” needs no confirmation.")
    stored.confirmed_given_name = stored.given_name
    stored.confirmed_by = by.user
    stored.save()
    record(actor=by, action=Action.NAME_CONFIRMED, patient_id=patient.pk)
