"""Parse working hours as people type them, such as “8-12, 1-5”, and display them.

Hours without am or pm are read as office hours: 8-5 is 8 AM to 5 PM, 1-5 is in the afternoon.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from itertools import groupby, pairwise

from django.core.exceptions import ValidationError

from appointments.models import WorkingHours

Span = tuple[time, time]

MAX_LENGTH = 200  # characters
NO_WORK = frozenset({"", "-", "–", "—", "closed", "off", "none"})
DAWN = 6  # without am or pm an hour before this is in the afternoon
NOON = 12
DUSK = 20  # without am or pm, no span starts later than this hour

_DASH = re.compile(r"\s*(?:[-–—−‐‑‒~]|to|through|thru|until|till?)\s*")
_BETWEEN = re.compile(r"[,;&+/\n]|and")
_TIME = re.compile(r"(?P<hour>\d{1,2}?)(?:[:.h]?(?P<minute>\d{2}))?\s*(?:(?P<half>[ap])(?:\.?m)?\.?)?", re.ASCII)
_WORDS = {"noon": "12 pm", "12 noon": "12 pm", "midday": "12 pm"}


def parse(text: str) -> list[Span]:
    """The spans of a day, in order; none for a day off. Raises ValidationError with a message for the user."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if plain in NO_WORK:
        return []
    if len(plain) > MAX_LENGTH:
        raise ValidationError("This text is too long. Enter the hours like 8-12, 1-5.")
    spans: list[Span] = []
    for part in filter(None, (part.strip() for part in _BETWEEN.split(plain))):
        spans.append(_span(part, after=spans[-1][1] if spans else time.min))
    if not spans:
        raise ValidationError(f"“{text.strip()}” is not a time. Enter the hours like 8-12, 1-5.")
    return in_order(spans)


def in_order(spans: Iterable[Span]) -> list[Span]:
    """Sort the spans and join adjacent ones. Raises ValidationError if two overlap or one ends before it starts."""
    ordered: list[Span] = []
    for span in sorted(spans):
        starts, ends = span
        if starts >= ends:
            raise ValidationError(f"{_clock(starts)} to {_clock(ends)} ends before it starts.")
        if ordered and starts < ordered[-1][1]:
            raise ValidationError(f"{_shown(ordered[-1])} and {_shown(span)} overlap.")
        if ordered and starts == ordered[-1][1]:
            ordered[-1] = (ordered[-1][0], ends)
        else:
            ordered.append(span)
    return ordered


def display(spans: Iterable[Span]) -> str:
    """The hours as text, such as ``8:00 AM – 12:00 PM, 1:00 – 5:00 PM``. ``parse`` reads it back unchanged."""
    return ", ".join(_shown(span) for span in spans)


def by_weekday(rows: Iterable[WorkingHours]) -> dict[int, list[Span]]:
    """The spans of each weekday, from a provider's rows. Days off are left out."""
    ordered = sorted(rows, key=lambda row: (row.weekday, row.starts))
    return {
        weekday: [(row.starts, row.ends) for row in those]
        for weekday, those in groupby(ordered, key=lambda row: row.weekday)
    }


def summary(week: Mapping[int, Sequence[Span]]) -> list[tuple[str, list[str]]]:
    """Summarize a week: days with equal hours, such as ``Mon – Fri``, with their spans. Days off are left out."""
    days = sorted((weekday, tuple(spans)) for weekday, spans in week.items() if spans)
    different = dict.fromkeys(spans for _, spans in days)
    return [
        (_days([weekday for weekday, own in days if own == spans]), [_shown(span) for span in spans])
        for spans in different
    ]


# --- Parsing ---------------------------------------------------------------------------------------


def _span(part: str, *, after: time) -> Span:
    """One span: the first possible reading that starts after the previous span."""
    times = _DASH.split(part)
    if len(times) != 2 or not all(times):  # noqa: PLR2004  # a start and an end
        raise ValidationError(f"“{part}” needs a start and an end, like 8-12.")
    starts, ends = _readings(times[0]), _readings(times[1])
    start_half, end_half = _half(times[0]), _half(times[1])
    if end_half and not start_half and len(starts) > 1:
        starts = _as_the_end(starts, ends[0])
    possible = [(first, last) for first in starts for last in ends if first < last]
    if not possible:
        raise ValidationError(f"“{part}” ends before it starts. Add am or pm, or correct the times.")
    # 6-8 after 1-5 is in the evening, but 10-11 after 8-12 is a mistake, not an hour at night.
    return next((span for span in possible if span[0] >= after and span[0].hour <= DUSK), possible[0])


def _as_the_end(starts: list[time], end: time) -> list[time]:
    """Apply the am or pm of the end to the start if it then comes before the end: “1-5 pm”, but not “8-5 pm”."""
    return [start for start in starts if _is_pm(start) == _is_pm(end) and start < end] or starts


def _readings(text: str) -> list[time]:
    """The possible meanings of a time, most likely first. With am or pm, or as 24-hour time, there is only one."""
    found = _TIME.fullmatch(_WORDS.get(text, text))
    if not found:
        raise ValidationError(f"“{text}” is not a time. Enter it like 8, 8:30 or 1:15 pm.")
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    is_on_24 = hour == 0 or hour > NOON or found["hour"].startswith("0")
    if hour > 23 or minute > 59 or (found["half"] and not 1 <= hour <= NOON):  # noqa: PLR2004  # of a clock
        raise ValidationError(f"“{text}” is not a time of day.")
    morning, evening = time(hour % NOON, minute), time(hour % NOON + NOON, minute)
    if found["half"]:
        return [morning if found["half"] == "a" else evening]
    if is_on_24:
        return [time(hour, minute)]
    return [evening, morning] if hour < DAWN or hour == NOON else [morning, evening]


def _half(text: str) -> str:
    found = _TIME.fullmatch(_WORDS.get(text, text))
    return (found and found["half"]) or ""


def _is_pm(clock: time) -> bool:
    return clock.hour >= NOON


# --- Display ---------------------------------------------------------------------------------------


def _clock(clock: time) -> str:
    return f"{clock:%-I:%M %p}"


def _shown(span: Span) -> str:
    starts, ends = span
    first = f"{starts:%-I:%M}" if _is_pm(starts) == _is_pm(ends) else _clock(starts)
    return f"{first} – {_clock(ends)}"


def _days(weekdays: Sequence[int]) -> str:
    """``Mon – Fri`` for three or more days in a row, otherwise ``Mon, Wed``."""
    names = [WorkingHours.Weekday(weekday).label[:3] for weekday in weekdays]
    is_consecutive = all(later == earlier + 1 for earlier, later in pairwise(weekdays))
    return f"{names[0]} – {names[-1]}" if is_consecutive and len(names) > 2 else ", ".join(names)  # noqa: PLR2004
