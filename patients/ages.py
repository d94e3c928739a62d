"""Ages, computed when asked, in the practice's time zone (R17, R18)."""

from datetime import date

from django.utils import timezone


def today() -> date:
    """Today's date where the practice is."""
    return timezone.localdate()


def age_on(birth_date: date, day: date) -> int:
    """Full years on that day. Who was born on 29 February has the birthday on 1 March in other years."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def age_words(birth_date: date | None, day: date) -> str:
    """The age as a pediatric practice says it: days, weeks, months, then years; empty when unknown."""
    if birth_date is None or birth_date > day:
        return ""
    days = (day - birth_date).days
    months = (day.year - birth_date.year) * 12 + day.month - birth_date.month - (day.day < birth_date.day)
    years = age_on(birth_date, day)
    number, unit = (
        (days, "day") if days < 14 else (days // 7, "week") if days < 56 else (months, "month") if years < 2 else (years, "year")
    )
    return f"{number} {unit}{'' if number == 1 else 's'}"
