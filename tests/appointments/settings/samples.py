"""What the tests of Schedule Settings have in common."""

from datetime import time, timedelta

from django.utils import timezone

from appointments.models import Appointment, Provider, TimeOff, VisitType, WorkingHours
from audit.models import AuditEvent

DAY = [(time(8), time(12)), (time(13), time(17))]
MORNING = [(time(9), time(12))]


def provider(name="Dr. Iris Vale", *, week=None, **fields):
    """A provider who works on Mondays, unless another week is asked for."""
    made = Provider.objects.create(name=name, **fields)
    for weekday, spans in ({0: DAY} if week is None else week).items():
        for starts, ends in spans:
            WorkingHours.objects.create(provider=made, weekday=weekday, starts=starts, ends=ends)
    return made


def visit_type(name="Well visit", minutes=30, color="teal"):
    return VisitType.objects.create(name=name, minutes=minutes, color=color)


def time_off(whose=None, *, days_ahead=7, days=1, reason="Vacation"):
    starts = timezone.now() + timedelta(days=days_ahead)
    return TimeOff.objects.create(provider=whose, starts=starts, ends=starts + timedelta(days=days), reason=reason)


def appointment(patient, start, *, whose=None, **fields):
    return Appointment.objects.create(patient=patient, provider=whose, start=start, **fields)


def rows(whose):
    """A provider's hours as (weekday, starts, ends)."""
    return list(whose.working_hours.values_list("weekday", "starts", "ends"))


def noted():
    """What the trail says of the settings, oldest first."""
    lines = AuditEvent.objects.filter(action="schedule_settings.changed").order_by("pk")
    return [line.detail for line in lines]
