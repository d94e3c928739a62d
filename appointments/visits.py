"""What may be done to an appointment: book, change, arrive; each with its line in the audit trail (R20).

Moving is a change of start or provider, cancelling a change of status. Every rule locks what it is
about, in the order Provider, Patient, Appointment, checks again what the page has shown, and writes.
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
PLACING = frozenset({"start", "duration", "provider"})  # what gives a visit its place in the schedule


def view(*, by: Actor, appointment: Appointment) -> None:
    """Note that somebody looked at this appointment."""
    record(actor=by, action=Action.APPOINTMENT_VIEWED, patient_id=appointment.patient_id, appointment=appointment.pk)


@transaction.atomic
def book(
    *, by: Actor, appointment: Appointment, override_reason: str = "", warned: Collection[str] | None = None
) -> Appointment:
    """Save a new appointment.

    ``warned``: the codes of the conflicts that the reason was given for; None for whatever there is.
    Refused: a status it cannot begin with (NotPossible), and a place that something speaks against
    unless a reason is given (Conflicting).
    """
    _lock_places(appointment)
    _settle(appointment, before=None)
    codes = _place(appointment, override_reason, warned)
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
    """Save these fields of the appointment, and only these; nothing for none. Returns it as it is now.

    ``seen`` is the ``fingerprint`` of the appointment when it was opened. Refused: when it has changed since
    (Stale), a step of the status that makes no sense (NotPossible), and a new place that something
    speaks against unless a reason is given (Conflicting).
    """
    _lock_places(appointment)
    stored = _locked(appointment.pk)
    if fingerprint(stored) != seen:
        raise Stale
    changed = sorted(fields)
    if not changed:
        return stored
    before = stored.status
    for field in changed:
        setattr(stored, field, getattr(appointment, field))
    _settle(stored, before=before)
    if "start" in changed and (
        problem := statuses.too_early(status=stored.status, start=stored.start, now=timezone.now())
    ):
        raise NotPossible(problem)  # nobody has been to a visit that is moved to tomorrow
    is_placed_anew = bool(PLACING & set(changed)) or before in statuses.NOT_COMING
    codes = _place(stored, override_reason, warned) if is_placed_anew else []
    _save(stored, by=by, fields=changed, overridden=codes)
    return stored


@transaction.atomic
def arrive(*, by: Actor, appointment: Appointment) -> Appointment:
    """Stamp the arrival with this moment: the visit has Arrived. Refused when it has gone further (NotPossible)."""
    stored = _locked(appointment.pk)
    if stored.status in statuses.CAME:
        raise NotPossible(f"{stored.patient.name} is {stored.get_status_display()} already.")
    before, stored.status, stored.arrival_time = stored.status, Status.ARRIVED, None
    _settle(stored, before=before)
    _save(stored, by=by, fields=["arrival_time", "status"])
    return stored


def _locked(number: int) -> Appointment:
    locked = Appointment.objects.select_for_update(of=("self",))
    return locked.select_related("patient", "provider", "location").get(pk=number)


def _lock_places(appointment: Appointment) -> None:
    """Whoever books the same provider or the same patient at this moment waits, and then sees the conflict."""
    if appointment.provider_id:
        Provider.objects.select_for_update().get(pk=appointment.provider_id)
    Patient.objects.select_for_update().get(pk=appointment.patient_id)


def _settle(appointment: Appointment, *, before: str | None) -> None:
    """Hold the step of the status to the table; see to arrival time and reasons that go with it."""
    now, status = timezone.now(), appointment.status
    if problem := statuses.obstacle(before=before, to=status, start=appointment.start, now=now):
        raise NotPossible(problem)
    if status in statuses.CAME and appointment.arrival_time is None:
        appointment.arrival_time = now
    elif status in {Status.SCHEDULED, Status.CONFIRMED}:
        appointment.arrival_time = None
    if status != Status.CANCELLED:
        appointment.cancel_reason = ""


def _place(appointment: Appointment, override_reason: str, warned: Collection[str] | None) -> list[str]:
    """Hold the place against the schedule; returns the codes of what the reason has overridden."""
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
