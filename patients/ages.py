"""Ages, computed when asked, in the practice's time zone (R17, R18)."""

from datetime import date

from dateutil.relativedelta import relativedelta
from django.utils import timezone

DAYS_UNTIL, WEEKS_UNTIL = 14, 56  # days of age
MONTHS_UNTIL = 2  # years of age


def today() -> date:
    """Today's date where the practice is."""
    return timezone.localdate()


def age_on(birth_date: date, day: date) -> int:
    """Full years on that day. The birthday of 29 February is 1 March in other years."""
    return -_lived(birth_date, day).years


def latest_birth_date(age: int, day: date) -> date:
    """The latest birth date with which somebody is that many full years old on that day."""
    return day - relativedelta(years=age)


def age_parts(birth_date: date | None, day: date) -> tuple[int, str] | None:
    """The age as a pediatric practice counts it: days, weeks, months, then years; None when unknown."""
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
    """The age in English, as staff read it; empty when unknown."""
    parts = age_parts(birth_date, day)
    return f"{parts[0]} {parts[1]}{'' if parts[0] == 1 else 's'}" if parts else ""


def _lived(birth_date: date, day: date) -> relativedelta:
    """The life so far, as a negative span.

    Counted back from the day: counted forward, relativedelta puts the birthday of 29 February on 28 February.
    """
    return relativedelta(birth_date, day)
