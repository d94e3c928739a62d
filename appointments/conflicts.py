"""Find conflicts of an appointment with the schedule. Each is a warning that staff can override with a reason."""

from dataclasses import dataclass
from datetime import time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from appointments import local_time
from appointments.models import MAX_MINUTES, Appointment, TimeOff, WorkingHours
from appointments.statuses import NOT_COMING
from patients.models import Patient


@dataclass(frozen=True)
class Conflict:
    """One warning: a code for the audit trail and a sentence for staff."""

    code: str
    sentence: str


def find(appointment: Appointment) -> list[Conflict]:
    """All conflicts of this appointment, saved or not. A cancelled visit or a no-show has none."""
    if appointment.status in NOT_COMING:
        return []
    checks = (_double_booked, _patient_twice, _time_off, _hours, _chart)
    found = [check(appointment) for check in checks]
    return [conflict for conflict in found if conflict]


def _double_booked(appointment: Appointment) -> Conflict | None:
    if appointment.provider is None:
        return None
    other = _overlapping(appointment, Appointment.objects.filter(provider=appointment.provider))
    if other is None:
        return None
    return Conflict(
        "double_booked",
        f"{appointment.provider} already has a visit with {other.patient.name} at that time, {_span(other)}.",
    )


def _patient_twice(appointment: Appointment) -> Conflict | None:
    other = _overlapping(appointment, Appointment.objects.filter(patient=appointment.patient_id))
    if other is None:
        return None
    where = f" with {other.provider}" if other.provider else ""
    return Conflict(
        "patient_twice", f"{appointment.patient.name} already has an appointment{where} at that time, {_span(other)}."
    )


def _overlapping(appointment: Appointment, among: QuerySet[Appointment]) -> Appointment | None:
    """The first of these that overlaps with the appointment."""
    earliest = appointment.start - timedelta(minutes=MAX_MINUTES)
    near = among.filter(start__gt=earliest, start__lt=appointment.end).exclude(pk=appointment.pk)
    near = near.exclude(status__in=NOT_COMING).select_related("patient", "provider")
    return next((other for other in near if other.end > appointment.start), None)


def _time_off(appointment: Appointment) -> Conflict | None:
    whose = Q(provider=None) | Q(provider=appointment.provider) if appointment.provider else Q(provider=None)
    off = TimeOff.objects.filter(whose, starts__lt=appointment.end, ends__gt=appointment.start).first()
    if off is None:
        return None
    who = str(appointment.provider) if off.provider_id else "The practice"
    return Conflict("time_off", f"{who} is off at that time: {off.reason}.")


def _hours(appointment: Appointment) -> Conflict | None:
    """A visit outside the provider's working hours. A provider without known hours has no such conflict."""
    if appointment.provider is None:
        return None
    hours = list(WorkingHours.objects.filter(provider=appointment.provider))
    start, end = timezone.localtime(appointment.start), timezone.localtime(appointment.end)
    that_day = [each for each in hours if each.weekday == start.weekday()]
    # Working hours cannot end at midnight, so 11:59 PM means the end of the day.
    is_until_midnight = end == local_time.bounds(start.date())[1]
    until = time(23, 59) if is_until_midnight else end.time()
    is_inside = (is_until_midnight or start.date() == end.date()) and any(
        each.starts <= start.time() and until <= each.ends for each in that_day
    )
    if not hours or is_inside:
        return None
    when = ", ".join(f"{each.starts:%-I:%M %p} to {each.ends:%-I:%M %p}" for each in that_day)
    works = f"works {when} on" if when else "does not work on"
    return Conflict("outside_hours", f"{appointment.provider} {works} {start:%A}s.")


def _chart(appointment: Appointment) -> Conflict | None:
    patient = appointment.patient
    if patient.status == Patient.Status.ACTIVE:
        return None
    return Conflict("chart_closed", f"The chart of {patient.name} is not active: {patient.get_status_display()}.")


def _span(appointment: Appointment) -> str:
    start, end = timezone.localtime(appointment.start), timezone.localtime(appointment.end)
    return f"{start:%-I:%M} to {end:%-I:%M %p}"
