"""Which status can follow which, and what else a status requires."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from appointments.models import Appointment

Status = Appointment.Status

# Forward as the visit proceeds, and one step back to correct a mistake.
NEXT: Mapping[str, tuple[Status, ...]] = {
    Status.SCHEDULED: (Status.CONFIRMED, Status.ARRIVED, Status.NO_SHOW, Status.CANCELLED),
    Status.CONFIRMED: (Status.SCHEDULED, Status.ARRIVED, Status.NO_SHOW, Status.CANCELLED),
    Status.ARRIVED: (Status.CONFIRMED, Status.ROOMED, Status.CHECKED_OUT, Status.CANCELLED),
    Status.ROOMED: (Status.ARRIVED, Status.CHECKED_OUT),
    Status.CHECKED_OUT: (Status.ROOMED,),
    Status.NO_SHOW: (Status.SCHEDULED, Status.ARRIVED, Status.CANCELLED),
    Status.CANCELLED: (Status.SCHEDULED,),
}
ARRIVED_OR_LATER = frozenset({Status.ARRIVED, Status.ROOMED, Status.CHECKED_OUT})
# These visits take no time in the schedule.
NOT_COMING = frozenset({Status.CANCELLED, Status.NO_SHOW})


def obstacle(*, before: str | None, to: str, start: datetime, now: datetime) -> str:
    """Why a visit cannot change from one status to another, in one sentence; empty if it can.

    ``before`` is None for a new appointment.
    """
    label = Status(to).label
    if to == before:
        return ""
    if before is None and to not in {Status.SCHEDULED, Status.CONFIRMED, Status.ARRIVED}:
        return f"A new appointment cannot start as {label}."
    if before is not None and to not in NEXT[before]:
        return f"The status cannot change from {Status(before).label} to {label}."
    return too_early(status=to, start=start, now=now)


def too_early(*, status: str, start: datetime, now: datetime) -> str:
    """Why it is too early for this status, in one sentence; empty if it is not."""
    if status in ARRIVED_OR_LATER and timezone.localdate(start) > timezone.localdate(now):
        day = timezone.localdate(start)
        return f"{Status(status).label} can only be set from the day of the visit, {day:%b %-d, %Y}."
    if status == Status.NO_SHOW and start > now:
        return "No-show can only be set after the start of the visit."
    return ""


def choices(*, before: str | None, start: datetime | None, now: datetime) -> list[Status]:
    """The statuses to offer: the current one and those it can change to."""
    if start is None:
        return [Status.SCHEDULED, Status.CONFIRMED, Status.ARRIVED]
    return [status for status in Status if not obstacle(before=before, to=status, start=start, now=now)]
