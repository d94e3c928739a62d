"""Rules of appointments: book, change, arrive. Each writes one line to the audit trail (R20).

To move a visit is to change its start or provider; to cancel it is to change its status. Each rule locks
rows in the order Provider, Patient, Appointment, checks again what the page showed, and saves.
"""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils import timezone

from appointments import conflicts, statuses
from appointments.models import Appointment, Provider
from appointments.refusals import Conflicting, NotPossible
from audit.trail import Action, Actor, record
from patients.models import Patient
from practice.edit_conflicts import Stale, fingerprint

Status = Appointment.Status
PLACING = frozenset({"start", "duration", "provider"})  # a change of these can cause conflicts


def view(*, by: Actor, appointment: Appointment) -> None:
    """Record that somebody viewed this appointment."""
    record(actor=by, action=Action.APPOINTMENT_VIEWED, patient_id=appointment.patient_id, appointment=appointment.pk)


@transaction.atomic
def book(
    *, by: Actor, appointment: Appointment, override_reason: str = "", warned: Collection[str] | None = None
) -> Appointment:
    """Save a new appointment.

    ``warned``: codes of the conflicts that the reason was given for; None accepts any conflict.
    Refused: a status that a new appointment cannot have (NotPossible); conflicts without a reason (Conflicting).
    """
    _lock_provider_and_patient(appointment)
    _apply_status(appointment, before=None)
    codes = _check_conflicts(appointment, override_reason, warned)
    appointment.full_clean()
    appointment.save()
    record(
        actor=by,
        action=Action.APPOINTMENT_ADDED,
        patient_id=appointment.patient_id,
        appointment=appointment.pk,
        **({"overridden": codes} if codes else {}),
    )
    return appointment


@transaction.atomic
def change(
    *,
    by: Actor,
    appointment: Appointment,
    fields: Iterable[str],
    seen: str,
    override_reason: str = "",
    warned: Collection[str] | None = None,
) -> Appointment:
    """Save only these fields of the appointment and return it as stored. Without fields, save nothing.

    ``seen`` is the ``fingerprint`` of the appointment when it was opened. Refused: an appointment that a colleague
    changed since (Stale); a status that cannot follow (NotPossible); conflicts without a reason (Conflicting).
    """
    _lock_provider_and_patient(appointment)
    stored = _locked(appointment.pk)
    if fingerprint(stored) != seen:
        raise Stale
    changed = sorted(fields)
    if not changed:
        return stored
    before = stored.status
    for field in changed:
        setattr(stored, field, getattr(appointment, field))
    _apply_status(stored, before=before)
    if "start" in changed and (
        problem := statuses.too_early(status=stored.status, start=stored.start, now=timezone.now())
    ):
        raise NotPossible(problem)  # a visit moved to tomorrow cannot have arrived
    needs_check = bool(PLACING & set(changed)) or before in statuses.NOT_COMING
    codes = _check_conflicts(stored, override_reason, warned) if needs_check else []
    _save(stored, by=by, fields=changed, overridden=codes)
    return stored


@transaction.atomic
def arrive(*, by: Actor, appointment: Appointment) -> Appointment:
    """Set the status to Arrived and the arrival time to now. Refused: a patient who is already there (NotPossible)."""
    stored = _locked(appointment.pk)
    if stored.status in statuses.ARRIVED_OR_LATER:
        raise NotPossible(f"{stored.patient.name} is already {stored.get_status_display().lower()}.")
    before, stored.status, stored.arrival_time = stored.status, Status.ARRIVED, None
    _apply_status(stored, before=before)
    _save(stored, by=by, fields=["arrival_time", "status"])
    return stored


def _locked(number: int) -> Appointment:
    locked = Appointment.objects.select_for_update(of=("self",))
    return locked.select_related("patient", "provider", "location").get(pk=number)


def _lock_provider_and_patient(appointment: Appointment) -> None:
    """Make bookings of the same provider or patient wait for this one, so that they find the conflict."""
    if appointment.provider_id:
        Provider.objects.select_for_update().get(pk=appointment.provider_id)
    Patient.objects.select_for_update().get(pk=appointment.patient_id)


def _apply_status(appointment: Appointment, *, before: str | None) -> None:
    """Check the change of status, and set the arrival time and the reason that belong to it."""
    now, status = timezone.now(), appointment.status
    if problem := statuses.obstacle(before=before, to=status, start=appointment.start, now=now):
        raise NotPossible(problem)
    if status in statuses.ARRIVED_OR_LATER and appointment.arrival_time is None:
        appointment.arrival_time = now
    elif status in {Status.SCHEDULED, Status.CONFIRMED}:
        appointment.arrival_time = None
    if status != Status.CANCELLED:
        appointment.cancel_reason = ""


def _check_conflicts(appointment: Appointment, override_reason: str, warned: Collection[str] | None) -> list[str]:
    """Check the time for conflicts, and return the codes of those that the reason overrides."""
    found = conflicts.find(appointment)
    is_new = warned is not None and any(conflict.code not in warned for conflict in found)
    if found and (is_new or not override_reason):
        raise Conflicting(found)
    appointment.override_reason = override_reason if found else ""
    return [conflict.code for conflict in found]


def _save(appointment: Appointment, *, by: Actor, fields: list[str], overridden: Iterable[str] = ()) -> None:
    appointment.full_clean()
    appointment.save()
    codes = list(overridden)
    record(
        actor=by,
        action=Action.APPOINTMENT_CHANGED,
        patient_id=appointment.patient_id,
        appointment=appointment.pk,
        fields=fields,
        status=appointment.status,
        **({"overridden": codes} if codes else {}),
    )
