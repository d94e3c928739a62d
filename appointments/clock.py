"""Moments and the practice's clocks: days of 23 and 25 hours, times that do not exist or come twice.

What comes back is in UTC, since Python takes the difference of two local times by what the clocks show.
"""

from datetime import UTC, date, datetime, time, timedelta

from dateutil import tz
from django.utils import timezone


class NoSuchTime(ValueError):
    """The clocks jump over this time on this day."""


def at(day: date, clock: time, *, second: bool = False) -> datetime:
    """The moment when the practice's clocks show that time on that day.

    Where they show it twice, in autumn, it is the first time unless ``second`` is wanted. Raises
    NoSuchTime for a time that the clocks jump over in spring.
    """
    local = datetime.combine(day, clock, tzinfo=timezone.get_current_timezone()).replace(fold=int(second))
    if not tz.datetime_exists(local):
        raise NoSuchTime(f"{clock:%H:%M} does not exist on {day}: the clocks go forward.")
    return local.astimezone(UTC)


def comes_twice(day: date, clock: time) -> bool:
    """Whether the practice's clocks show that time twice on that day, because they go back."""
    local = datetime.combine(day, clock, tzinfo=timezone.get_current_timezone())
    return tz.datetime_ambiguous(local) and tz.datetime_exists(local)  # the hour that is jumped over is ambiguous too


def is_second(moment: datetime) -> bool:
    """Whether this is the second time on its day that the clocks show what they show."""
    return bool(timezone.localtime(moment).fold)


def shown(moment: datetime) -> str:
    """What the practice's clocks show, such as 1:05 PM; with the zone where they show it twice."""
    local = timezone.localtime(moment)
    return f"{local:%-I:%M %p %Z}" if shows_twice(moment) else f"{local:%-I:%M %p}"


def shows_twice(moment: datetime) -> bool:
    """Whether the practice's clocks show the time of this moment twice on its day."""
    return tz.datetime_ambiguous(timezone.localtime(moment))


def bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of the day and that of the next one: 23, 24 or 25 hours apart."""
    return _midnight(day), _midnight(day + timedelta(days=1))


def _midnight(day: date) -> datetime:
    # Where a zone changes at midnight itself, this is the first moment there is.
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone()).astimezone(UTC)
