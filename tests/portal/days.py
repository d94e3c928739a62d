"""Appointments for tests of the worklist: who comes when."""

from datetime import datetime, timedelta

from appointments import local_time
from appointments.models import Appointment, Provider
from patients.ages import today
from tests import people


def comes(child, *, at="09:00", day=None, status="scheduled", provider=None):
    """An appointment of this patient at this local time, today unless a day is given."""
    start = local_time.at(day or today(), datetime.strptime(at, "%H:%M").time())  # noqa: DTZ007  # a clock, not a moment
    more = {"cancel_reason": "Family called"} if status == "cancelled" else {}
    return Appointment.objects.create(patient=child, start=start, status=status, provider=provider, **more)


def doctor(name="Dr. Maya Feldman"):
    return Provider.objects.create(name=name)


def families(count, *, first=0, children=1, language="en"):
    """Create this many mothers whose children come today, one after another. Return the mothers."""
    start = local_time.at(today(), datetime.min.time()) + timedelta(hours=8)
    mothers = []
    for number in range(first, first + count):
        mother = people.contact("Kay", f"Moore{number:03}", language=language)
        for age in range(1, children + 1):
            child = people.patient(f"7{number:04}{age}", f"Kim{'abcdef'[age]}", "Moore", people.years_ago(age))
            people.link(mother, child)
            Appointment.objects.create(patient=child, start=start + timedelta(minutes=number))
        mothers.append(mother)
    return mothers
