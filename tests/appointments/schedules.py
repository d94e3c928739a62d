"""Appointments for the tests: plain functions that save rows."""

from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from appointments import clock
from appointments.models import Appointment, Provider
from patients.models import Patient
from portal.models import Registration
from tests import people

Status = Appointment.Status


def today_at(hour: int, minute: int = 0) -> datetime:
    """That time of today on the practice's clocks."""
    return clock.at(timezone.localdate(), time(hour, minute))


def on(day: str, hour: int, minute: int = 0) -> datetime:
    return clock.at(date.fromisoformat(day), time(hour, minute))


def visit(patient: Patient, start: datetime, provider: Provider | None = None, **fields: Any) -> Appointment:
    """A saved visit, with what the database wants to go with its status."""
    status = fields.get("status", Status.SCHEDULED)
    if status == Status.CANCELLED:
        fields.setdefault("cancel_reason", "Family called")
    if status in {Status.ARRIVED, Status.ROOMED, Status.CHECKED_OUT}:
        fields.setdefault("arrival_time", start)
    return Appointment.objects.create(patient=patient, start=start, provider=provider, **fields)


def visits(count: int, start: datetime, provider: Provider) -> list[Appointment]:
    """As many more visits at one time, each of another patient with a pending registration."""
    made, first = [], Patient.objects.count()
    for number in range(first, first + count):
        patient = people.patient(f"8{number:05}", f"Kid{number}", "Moore", people.years_ago(3 + number % 10))
        link = people.link(people.contact(f"Kay{number}", "Moore"), patient)
        Registration.objects.create(family_contact=link)
        made.append(visit(patient, start, provider))
    return made
