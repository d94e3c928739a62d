"""Read today's visits for **Tracking**: who has arrived, when, and who is still expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from appointments import local_time
from appointments.models import Appointment
from appointments.statuses import ARRIVED_OR_LATER, NEXT, NOT_COMING
from patients.models import Patient

Status = Appointment.Status
LONG_WAIT = 20  # minutes; a longer wait is highlighted


@dataclass(frozen=True)
class TrackedVisit:
    """One of today's visits. ``waiting`` is in minutes; None if the family is not waiting."""

    appointment: Appointment
    waiting: int | None

    @property
    def is_long(self) -> bool:
        return self.waiting is not None and self.waiting > LONG_WAIT

    @property
    def is_off(self) -> bool:
        """Whether the visit is cancelled or a no-show."""
        return self.appointment.status in NOT_COMING

    @property
    def may_arrive(self) -> bool:
        """Whether to offer **Arrived**; also for a no-show, because some families come late."""
        return self.appointment.status not in ARRIVED_OR_LATER and Status.ARRIVED in NEXT[self.appointment.status]


@dataclass(frozen=True)
class Tracking:
    """The list at one moment. The numbers count the whole day, even if the list is filtered."""

    day: date
    now: datetime
    visits: Sequence[TrackedVisit]
    total: int  # without those who are not coming
    waiting: int
    longest: int | None  # minutes
    is_empty: bool  # no appointments today

    @property
    def patients(self) -> list[Patient]:
        return [visit.appointment.patient for visit in self.visits]


def read_tracking(*, now: datetime, exclude_checked_out: bool = False) -> Tracking:
    """The visits on the day of ``now`` in the practice's time zone, sorted by start."""
    day = timezone.localdate(now)
    first, end = local_time.bounds(day)
    found = Appointment.objects.filter(start__gte=first, start__lt=end)
    visits = [
        TrackedVisit(appointment, _waiting(appointment, now))
        for appointment in found.select_related("patient", "provider", "location").order_by("start", "pk")
    ]
    waits = [visit.waiting for visit in visits if visit.waiting is not None]
    return Tracking(
        day=day,
        now=now,
        visits=[
            visit for visit in visits if not (exclude_checked_out and visit.appointment.status == Status.CHECKED_OUT)
        ],
        total=sum(not visit.is_off for visit in visits),
        waiting=sum(visit.appointment.status == Status.ARRIVED for visit in visits),
        longest=max(waits, default=None),
        is_empty=not visits,
    )


def _waiting(appointment: Appointment, now: datetime) -> int | None:
    """Full minutes in the waiting room; None for a family that is not there."""
    if appointment.status != Status.ARRIVED or appointment.arrival_time is None:
        return None
    return max(0, (now - appointment.arrival_time) // timedelta(minutes=1))
