"""Appointments as families see them.

A ``Visit`` leaves out what limited guardians must not see (R18), so no page, calendar file, or download can show it.
It never contains why a visit was cancelled or booked despite a warning, because staff write those notes for staff.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from appointments import local_time
from appointments.models import MAX_MINUTES, Appointment, Location
from appointments.statuses import NOT_COMING
from patients.ages import today
from practice.models import Practice

PAST_SHOWN = 20  # on the page; downloads have all


def day_in_words(day: date, *, near: str = "") -> str:
    """Such as "Friday, Nov. 27, 2026", with the language's comma. ``near`` replaces the weekday."""
    weekday = near or capfirst(date_format(day, "l"))
    return _("%(weekday)s, %(date)s") % {"weekday": weekday, "date": date_format(day, "DATE_FORMAT")}


@dataclass(frozen=True)
class Visit:
    """One appointment, without what this reader must not see."""

    number: int
    start: datetime
    end: datetime
    status: str
    provider: str
    visit_type: str  # empty for limited guardians
    place: str
    address: str
    phone: str

    @property
    def is_cancelled(self) -> bool:
        return self.status == Appointment.Status.CANCELLED

    @property
    def was_missed(self) -> bool:
        return self.status == Appointment.Status.NO_SHOW

    @property
    def day(self) -> str:
        """The day in the practice's time zone, such as "Tomorrow, Nov. 26, 2026" or "Friday, Nov. 27, 2026"."""
        local = timezone.localtime(self.start)
        near = {0: _("Today"), 1: _("Tomorrow")}.get((local.date() - today()).days, "")
        return day_in_words(local.date(), near=near)

    @property
    def time(self) -> str:
        """The time in the practice's time zone, plus its name in the hour that occurs twice in fall."""
        local = timezone.localtime(self.start)
        return date_format(local, "TIME_FORMAT") + (f" {local:%Z}" if local_time.shows_twice(self.start) else "")

    @property
    def directions(self) -> str:
        """A link to directions on Google Maps. It contains only the office's address.

        This is the only such link that is documented to open an app or a page on every kind of phone. The page loads
        nothing from Google; the browser contacts it only after a tap on the link.
        """
        query = urlencode({"api": "1", "destination": self.address})
        return f"https://www.google.com/maps/dir/?{query}" if self.address else ""


def next_of(patients: Mapping[int, bool]) -> dict[int, Visit]:
    """The next visit of each patient who has one, in one query. ``patients``: patient number to "is limited"."""
    found = _upcoming().filter(patient__in=patients).exclude(status__in=NOT_COMING)
    practice, visits = Practice.current(), dict[int, Visit]()
    for appointment in found:
        if appointment.patient_id not in visits and not _is_over(appointment):
            is_limited = patients[appointment.patient_id]
            visits[appointment.patient_id] = _visit(appointment, practice=practice, is_limited=is_limited)
    return visits


def upcoming(patient_id: int, *, is_limited: bool) -> list[Visit]:
    """Current and future visits, soonest first. Includes cancelled ones, so that no family comes for nothing."""
    practice = Practice.current()
    found = _upcoming().filter(patient=patient_id)
    return [_visit(each, practice=practice, is_limited=is_limited) for each in found if not _is_over(each)]


def past(patient_id: int, *, is_limited: bool, limit: int | None = None) -> list[Visit]:
    """Visits that are over, latest first."""
    practice, now = Practice.current(), timezone.now()
    found = _with_places().filter(patient=patient_id, start__lt=now).order_by("-start", "-pk")
    # The first one may still be going on, so read one more.
    over = [each for each in found[: limit + 1 if limit else None] if _is_over(each)]
    return [_visit(each, practice=practice, is_limited=is_limited) for each in over[:limit]]


def _with_places() -> QuerySet[Appointment]:
    return Appointment.objects.select_related("provider", "location")


def _upcoming() -> QuerySet[Appointment]:
    """All current and future visits, and perhaps some that are just over, which callers must filter out."""
    return _with_places().filter(start__gt=timezone.now() - timedelta(minutes=MAX_MINUTES)).order_by("start", "pk")


def _is_over(appointment: Appointment) -> bool:
    return appointment.end <= timezone.now()


def _visit(appointment: Appointment, *, practice: Practice, is_limited: bool) -> Visit:
    # An office without its own address or phone uses the practice's.
    place = appointment.location or Location(name=practice.name)
    return Visit(
        number=appointment.pk,
        start=appointment.start,
        end=appointment.end,
        status=appointment.status,
        provider=appointment.provider.name if appointment.provider else "",
        visit_type="" if is_limited else appointment.visit_type,
        place=place.name,
        address=place.address or practice.address,
        phone=place.phone or practice.phone,
    )
