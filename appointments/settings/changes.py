"""Save Schedule Settings: slot length, visit types, providers with their hours, time off.

Each change is one transaction and writes one line of numbers and codes to the audit trail. If nothing
changes, nothing is written. The caller has checked ``Permission.SET_UP_SCHEDULE``.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from appointments import local_time
from appointments.models import MAX_MINUTES, Appointment, Provider, TimeOff, VisitType, WorkingHours
from appointments.settings import hours
from appointments.statuses import NOT_COMING
from audit.trail import Action, Actor, record
from practice.edit_conflicts import Stale, fingerprint
from practice.models import Practice

Week = Mapping[int, Sequence[hours.Span]]  # by ``date.weekday()``; a missing day is a day off
HOURS = "hours"  # the name of such a change in the audit trail
OVER = NOT_COMING | {Appointment.Status.CHECKED_OUT}


# --- Grid ------------------------------------------------------------------------------------------


@transaction.atomic
def set_grid(*, by: Actor, minutes: int) -> None:
    """Set the length of a calendar slot. Refused: other lengths than 5, 10 and 15 minutes."""
    practice = Practice.locked()
    if practice.grid_minutes == minutes:
        return
    practice.grid_minutes = minutes
    practice.full_clean()
    practice.save()
    _note(by, changed=["grid"], minutes=minutes)


# --- Visit types -----------------------------------------------------------------------------------


@transaction.atomic
def save_visit_type(*, by: Actor, visit_type: VisitType, seen: str = "") -> VisitType:
    """Save a new or changed visit type. Booked appointments keep the old name.

    ``seen`` is the ``fingerprint`` of the visit type when the page was opened. Refused: a visit type that a colleague
    changed since (Stale); a name that another one has, ignoring case.
    """
    stored = VisitType.objects.select_for_update().get(pk=visit_type.pk) if visit_type.pk else None
    if stored and fingerprint(stored) != seen:
        raise Stale
    fields = _differences(stored, visit_type, ("name", "minutes", "color"))
    if not fields:
        return visit_type
    if VisitType.objects.filter(name__iexact=visit_type.name).exclude(pk=visit_type.pk).exists():
        raise ValidationError({"name": "Another visit type has this name."})
    visit_type.full_clean()
    visit_type.save()
    _note(by, visit_type=visit_type.pk, changed=fields)
    return visit_type


def unused_color() -> str:
    """The first color without a visit type, as the initial value of a new one."""
    taken = set(VisitType.objects.values_list("color", flat=True))
    return next((color for color in VisitType.Color if color not in taken), VisitType.Color.SLATE)


@transaction.atomic
def remove_visit_type(*, by: Actor, visit_type: VisitType) -> None:
    """Remove a visit type from the choices. Booked appointments keep its name and lose its color."""
    number = visit_type.pk
    VisitType.objects.select_for_update().get(pk=number).delete()
    _note(by, visit_type=number, changed=["removed"])


# --- Providers -------------------------------------------------------------------------------------


def fingerprint_of_provider(provider: Provider) -> str:
    """Fingerprint of a provider with working hours, to notice changes since the page was opened."""
    return fingerprint(provider, *provider.working_hours.all())


@transaction.atomic
def save_provider(*, by: Actor, provider: Provider, week: Week, seen: str = "") -> Provider:
    """Save a new or changed provider with working hours. Unchanged rows of hours are kept.

    ``seen`` is the ``fingerprint_of_provider`` when the page was opened. Refused: a provider whom a colleague changed
    since (Stale); hours that overlap or end before they start.
    """
    stored = Provider.objects.select_for_update().get(pk=provider.pk) if provider.pk else None
    if stored and fingerprint_of_provider(stored) != seen:
        raise Stale
    fields = _differences(stored, provider, ("name", "is_active"))
    if fields:
        provider.full_clean()
        provider.save()
    if _replace_hours(provider, week):
        fields.append(HOURS)
    if fields:
        _note(by, provider=provider.pk, changed=fields)
    return provider


def _replace_hours(provider: Provider, week: Week) -> bool:
    """Store this week and return whether anything changed."""
    stored = {(row.weekday, row.starts, row.ends): row.pk for row in provider.working_hours.all()}
    wanted = {(day, starts, ends) for day, spans in week.items() for starts, ends in hours.in_order(spans)}
    gone, new = stored.keys() - wanted, sorted(wanted - stored.keys())
    WorkingHours.objects.filter(pk__in=[stored[key] for key in gone]).delete()
    WorkingHours.objects.bulk_create(
        WorkingHours(provider=provider, weekday=day, starts=starts, ends=ends) for day, starts, ends in new
    )
    return bool(gone or new)


# --- Time off --------------------------------------------------------------------------------------


@transaction.atomic
def add_time_off(*, by: Actor, time_off: TimeOff) -> TimeOff:
    """Add time off for a provider or the whole practice. Booked appointments stay: see ``visits_during``.

    Refused: an end before the start or in the past; a missing reason.
    """
    if time_off.ends <= timezone.now():
        raise ValidationError({"ends": "This time off is in the past. Check the dates."})
    time_off.full_clean()
    time_off.save()
    _note(by, time_off=time_off.pk, provider=time_off.provider_id, changed=["added"])
    return time_off


@transaction.atomic
def remove_time_off(*, by: Actor, time_off: TimeOff) -> None:
    """Remove time off, so that the time can be booked without a warning."""
    number, provider = time_off.pk, time_off.provider_id
    TimeOff.objects.select_for_update().get(pk=number).delete()
    _note(by, time_off=number, provider=provider, changed=["removed"])


def current_and_future_time_off(*, now: datetime) -> QuerySet[TimeOff]:
    """Time off that has not ended yet, soonest first."""
    return TimeOff.objects.filter(ends__gt=now).select_related("provider")


def time_off_in_words(time_off: TimeOff) -> str:
    """The period in words: whole days without times, and a single day only once."""
    starts, ends = timezone.localtime(time_off.starts), timezone.localtime(time_off.ends)
    is_from_morning = time_off.starts == local_time.bounds(starts.date())[0]
    is_to_midnight = time_off.ends == local_time.bounds(ends.date())[0]
    last_day = ends.date() - timedelta(days=int(is_to_midnight))
    first = f"{starts:%a, %b %-d, %Y}" + ("" if is_from_morning else f"{starts:, %-I:%M %p}")
    last = "" if is_to_midnight else f"{ends:%-I:%M %p}"
    if starts.date() == last_day:
        if is_from_morning:
            return f"{first}, until {last}" if last else first
        return f"{first} – {last or 'end of the day'}"
    return f"{first} – {last_day:%a, %b %-d, %Y}" + (f", {last}" if last else "")


def visits_during(time_off: TimeOff) -> int:
    """Count the visits during a time off that staff still have to move or cancel."""
    whose = Q(provider=time_off.provider_id) if time_off.provider_id else Q()
    booked = Appointment.objects.filter(whose).exclude(status__in=OVER)
    earlier = booked.filter(start__gt=time_off.starts - timedelta(minutes=MAX_MINUTES), start__lt=time_off.starts)
    reaching_into = sum(visit.end > time_off.starts for visit in earlier.only("start", "duration"))
    return reaching_into + booked.filter(start__gte=time_off.starts, start__lt=time_off.ends).count()


def future_visits(provider: Provider, *, now: datetime) -> int:
    """Count the visits booked with this provider after ``now``."""
    return provider.appointments.filter(start__gt=now).exclude(status__in=OVER).count()


# --- Shared helpers -------------------------------------------------------------------------------


def _differences(stored: Any, wanted: Any, fields: Iterable[str]) -> list[str]:
    """Which of these fields a save would change; ``added`` for a new record."""
    if stored is None:
        return ["added"]
    return [field for field in fields if getattr(stored, field) != getattr(wanted, field)]


def _note(by: Actor, *, changed: Sequence[str], **numbers: int | None) -> None:
    record(actor=by, action=Action.SCHEDULE_SETTINGS_CHANGED, changed=",".join(changed), **numbers)
