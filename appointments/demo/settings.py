"""The demo's Schedule Settings: working hours, visit types and an upcoming vacation."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from appointments import local_time
from appointments.models import Provider, TimeOff, VisitType, WorkingHours
from appointments.settings.hours import Span

Color = VisitType.Color

# Name, usual minutes, color.
VISIT_TYPES = (
    ("Follow-up", 15, Color.VIOLET),
    ("New patient", 30, Color.ORANGE),
    ("Newborn visit", 30, Color.ROSE),
    ("Sick visit", 15, Color.AMBER),
    ("Sports physical", 20, Color.GREEN),
    ("Vaccines", 15, Color.BLUE),
    ("Well visit", 30, Color.TEAL),
)
VACATION = "Vacation"


def is_loaded() -> bool:
    """Whether the settings exist already. Changes that people made since then are kept."""
    return WorkingHours.objects.exists()


def load(*, weeks: Mapping[Provider, Mapping[int, Sequence[Span]]], on_vacation: Provider, monday: date) -> None:
    """Create the hours of each provider, the visit types, and two days off in the week after ``monday``."""
    WorkingHours.objects.bulk_create(
        WorkingHours(provider=provider, weekday=weekday, starts=starts, ends=ends)
        for provider, week in weeks.items()
        for weekday, spans in week.items()
        for starts, ends in spans
    )
    for name, minutes, color in VISIT_TYPES:
        VisitType.objects.get_or_create(name=name, defaults={"minutes": minutes, "color": color})
    thursday, friday = monday + timedelta(days=10), monday + timedelta(days=11)
    TimeOff.objects.create(
        provider=on_vacation, starts=local_time.bounds(thursday)[0], ends=local_time.bounds(friday)[1], reason=VACATION
    )
