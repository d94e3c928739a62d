"""Parse dates as people type them into a search box."""

import re
from collections.abc import Iterator
from datetime import date

from patients.ages import today

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_SEPARATOR = r"\s*[-/.\s]\s*"
_MONTH = r"(?P<name>(?:" + "|".join(MONTHS) + r")[a-z]*)\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_TWO_NUMBERS = r"(?P<first>\d{1,2})" + _SEPARATOR + r"(?P<second>\d{1,2})"
_NUMBERS = [
    re.compile(
        r"(?<!\d)(?P<year>\d{4})" + _SEPARATOR + r"(?P<first>\d{1,2})" + _SEPARATOR + r"(?P<second>\d{1,2})(?!\d)"
    ),
    re.compile(r"(?<!\d)(?P<first>\d{1,2})" + _SEPARATOR + r"(?P<second>\d{1,2})" + _SEPARATOR + _YEAR + r"(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<first>\d\d)(?P<second>\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<first>\d\d)(?P<second>\d\d)(?P<year>(?:19|20)\d\d)(?!\d)"),
]
_WORDS = [
    re.compile(r"(?<!\w)" + _DAY + r"[-\s.]*" + _MONTH + r"[-\s.,]*" + _YEAR + r"(?!\d)"),
    re.compile(r"(?<!\w)" + _MONTH + r"[-\s.]*" + _DAY + r"[-\s.,]+" + _YEAR + r"(?!\d)"),
]


def find_date(text: str) -> tuple[date, str] | None:
    """The first date in the text and the part of the text it is in, or None.

    In 3/4/2018 the first number is the month, as Americans write it, unless that is not a valid date.
    """
    for match, month, day in _candidates(text.lower()):
        found = _as_date(_full_year(match["year"]), month, day)
        if found:
            return found, match[0]
    return None


def _candidates(text: str) -> Iterator[tuple[re.Match[str], int, int]]:
    for pattern in _NUMBERS:
        if match := pattern.search(text):
            first, second = int(match["first"]), int(match["second"])
            yield match, first, second
            yield match, second, first
    for pattern in _WORDS:
        if match := pattern.search(text):
            yield match, MONTHS.index(match["name"][:3]) + 1, int(match["day"])


def _full_year(year: str) -> int:
    """The year with four digits. A year with two digits is in the past, because it is a birth year."""
    if len(year) == len("2018"):
        return int(year)
    this_year = today().year
    guess = this_year - this_year % 100 + int(year)
    return guess if guess <= this_year else guess - 100


def _as_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
