"""Read values from JSON of unknown content. A value of another type than expected counts as missing."""

import datetime
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from patients.ages import today

# Reports a value that cannot be used. The sentence must not name a patient.
Warn = Callable[[str], None]

_FULL_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# Unicode categories of control, invisible and incomplete characters. White space is kept because it separates
# words, and zero-width joiners because some scripts need them in names.
_DROPPED = ("Cc", "Cf", "Cs")
_KEPT = "\t\r\n\u200c\u200d"
EARLIEST = datetime.date(1850, 1, 1)
LONG_AGO = datetime.datetime(1, 1, 2, tzinfo=datetime.UTC)


def text(value: Any) -> str:
    """A string on one line, without control characters, which PostgreSQL refuses. Numbers count as text."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    kept = (char for char in str(value) if char in _KEPT or unicodedata.category(char) not in _DROPPED)
    return " ".join("".join(kept).split())


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[dict[str, Any]]:
    """The objects of a list. A single object counts as a list of one, as in older FHIR releases."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    """The strings of a list, without empty ones. A single string counts as a list of one."""
    listed = value if isinstance(value, list) else [value]
    return [found for found in map(text, listed) if found]


def flag(value: Any) -> bool | None:
    """True or false, also as a word; None for anything else."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(text(value).lower())


def day(value: Any) -> datetime.date | None:
    """A full date; None for a partial or invalid one."""
    found = text(value)
    try:
        return datetime.date.fromisoformat(found) if _FULL_DATE.fullmatch(found) else None
    except ValueError:
        return None


def birth_date(value: Any, *, warn: Warn) -> datetime.date | None:
    """A possible birth date; otherwise None, with a warning."""
    if value is None or value == "":
        return None
    found = day(value)
    if found is None:
        warn("the birth date is not a full date; left unknown")
    elif found > today():
        warn("the birth date is in the future; left unknown")
        return None
    elif found < EARLIEST:
        warn("the birth date is too long ago; left unknown")
        return None
    return found


def moment(value: Any) -> datetime.datetime | None:
    """A date with a time, in UTC. Without an offset it is in the practice's time zone. A date alone gives None."""
    found = text(value)
    if "T" not in found:
        return None
    try:
        parsed = datetime.datetime.fromisoformat(found)
        aware = parsed if parsed.tzinfo else timezone.make_aware(parsed)
        return aware.astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        return None


def includes_today(period: Any) -> bool:
    """Whether a FHIR period includes today. Its ends can be partial: "2002" ends with the year."""
    now = today().isoformat()
    start, end = (text(mapping(period).get(name))[:10] for name in ("start", "end"))
    return not (end and end < now[: len(end)]) and not (start and start > now[: len(start)])
