"""Compute ages on request, in the practice's time zone (R17, R18)."""

from datetime import date

from dateutil.relativedelta import relativedelta
from django.utils import timezone

DAYS_UNTIL, WEEKS_UNTIL = 14, 56  # days of age
MONTHS_UNTIL = 2  # years of age


def today() -> date:
    """Today's date in the practice's time zone."""
    return timezone.localdate()


def age_on(birth_date: date, day: date) -> int:
    """Age in full years on this day. A birthday on February 29 is on March 1 in other years."""
    return -_lived(birth_date, day).years


def latest_birth_date(age: int, day: date) -> date:
    """The latest birth date of a person who has reached this age on this day."""
    return day - relativedelta(years=age)


def age_parts(birth_date: date | None, day: date) -> tuple[int, str] | None:
    """The age in days, weeks, months or years, as a pediatric practice counts it; None if unknown."""
    if birth_date is None or birth_date > day:
        return None
    days = (day - birth_date).days
    lived = _lived(birth_date, day)
    years, months = -lived.years, -(12 * lived.years + lived.months)
    if days < DAYS_UNTIL:
        return days, "day"
    if days < WEEKS_UNTIL:
        return days // 7, "week"
    return (months, "month") if years < MONTHS_UNTIL else (years, "year")


def age_words(birth_date: date | None, day: date) -> str:
    """The age in English, for staff; empty if unknown."""
    parts = age_parts(birth_date, day)
    return f"{parts[0]} {parts[1]}{'' if parts[0] == 1 else 's'}" if parts else ""


def _lived(birth_date: date, day: date) -> relativedelta:
    """The time since birth, as a negative period.

    It is counted backward, because relativedelta counted forward moves a birthday on February 29 to February 28.
    """
    return relativedelta(birth_date, day)
