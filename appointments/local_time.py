"""Convert local times of the practice to moments in UTC, on days of 23 and 25 hours too.

Results are in UTC because Python subtracts two local times by what the clocks show, not by elapsed time.
"""

from datetime import UTC, date, datetime, time, timedelta

from dateutil import tz
from django.utils import timezone


class NoSuchTime(ValueError):
    """This time does not exist on this day: the clocks go forward."""


def at(day: date, clock: time, *, second: bool = False) -> datetime:
    """The moment of a local date and time, in UTC.

    If the time occurs twice, in autumn, ``second`` chooses the later moment. Raises NoSuchTime for a time
    that the clocks skip in spring.
    """
    local = datetime.combine(day, clock, tzinfo=timezone.get_current_timezone()).replace(fold=int(second))
    if not tz.datetime_exists(local):
        raise NoSuchTime(f"{clock:%H:%M} does not exist on {day}: the clocks go forward.")
    return local.astimezone(UTC)


def comes_twice(day: date, clock: time) -> bool:
    """Whether this local time occurs twice on this day, because the clocks go back."""
    local = datetime.combine(day, clock, tzinfo=timezone.get_current_timezone())
    return tz.datetime_ambiguous(local) and tz.datetime_exists(local)  # dateutil calls the skipped hour ambiguous too


def is_second(moment: datetime) -> bool:
    """Whether this is the later of two moments with the same local time."""
    return bool(timezone.localtime(moment).fold)


def shown(moment: datetime) -> str:
    """The local time, such as 1:05 PM; with the zone if it occurs twice that day."""
    local = timezone.localtime(moment)
    return f"{local:%-I:%M %p %Z}" if shows_twice(moment) else f"{local:%-I:%M %p}"


def shows_twice(moment: datetime) -> bool:
    """Whether the local time of this moment occurs twice on its day."""
    return tz.datetime_ambiguous(timezone.localtime(moment))


def bounds(day: date) -> tuple[datetime, datetime]:
    """The first moments of this day and of the next one, 23, 24 or 25 hours apart."""
    return _midnight(day), _midnight(day + timedelta(days=1))


def _midnight(day: date) -> datetime:
    # In a zone whose clocks change at midnight, this is the first moment of the day.
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone()).astimezone(UTC)
