"""The demo's Schedule Settings: hours of the providers, visit types, a vacation to come."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from appointments import clock
from appointments.hours import Span
from appointments.models import Provider, TimeOff, VisitType, WorkingHours

Colour = VisitType.Colour

# What the demo's families come for: name, usual minutes, colour.
VISIT_TYPES = (
    ("Follow-up", 15, Colour.VIOLET),
    ("New patient", 30, Colour.ORANGE),
    ("Newborn visit", 30, Colour.ROSE),
    ("Sick visit", 15, Colour.AMBER),
    ("Sports physical", 20, Colour.GREEN),
    ("Vaccines", 15, Colour.BLUE),
    ("Well visit", 30, Colour.TEAL),
)
VACATION = "Vacation"


def is_loaded() -> bool:
    """Whether it has been set up before. What people have changed or removed since stays as they left it."""
    return WorkingHours.objects.exists()


def load(*, weeks: Mapping[Provider, Mapping[int, Sequence[Span]]], on_vacation: Provider, monday: date) -> None:
    """Set up the schedule: the hours of each provider, the visit types, two days off in the week after ``monday``."""
    WorkingHours.objects.bulk_create(
        WorkingHours(provider=provider, weekday=weekday, starts=starts, ends=ends)
        for provider, week in weeks.items()
        for weekday, spans in week.items()
        for starts, ends in spans
    )
    for name, minutes, colour in VISIT_TYPES:
        VisitType.objects.get_or_create(name=name, defaults={"minutes": minutes, "colour": colour})
    thursday, friday = monday + timedelta(days=10), monday + timedelta(days=11)
    TimeOff.objects.create(
        provider=on_vacation, starts=clock.bounds(thursday)[0], ends=clock.bounds(friday)[1], reason=VACATION
    )
