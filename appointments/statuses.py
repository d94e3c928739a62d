"""How far a visit can go from where it stands: the table of sensible steps, and what else must hold."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from appointments.models import Appointment

Status = Appointment.Status

# Forward as the visit goes, and back one step for whoever pressed the wrong button.
NEXT: Mapping[str, tuple[Status, ...]] = {
    Status.SCHEDULED: (Status.CONFIRMED, Status.ARRIVED, Status.NO_SHOW, Status.CANCELLED),
    Status.CONFIRMED: (Status.SCHEDULED, Status.ARRIVED, Status.NO_SHOW, Status.CANCELLED),
    Status.ARRIVED: (Status.CONFIRMED, Status.ROOMED, Status.CHECKED_OUT, Status.CANCELLED),
    Status.ROOMED: (Status.ARRIVED, Status.CHECKED_OUT),
    Status.CHECKED_OUT: (Status.ROOMED,),
    Status.NO_SHOW: (Status.SCHEDULED, Status.ARRIVED, Status.CANCELLED),
    Status.CANCELLED: (Status.SCHEDULED,),
}
CAME = frozenset({Status.ARRIVED, Status.ROOMED, Status.CHECKED_OUT})
# Nobody is expected: such a visit takes no place in the schedule.
NOT_COMING = frozenset({Status.CANCELLED, Status.NO_SHOW})


def obstacle(*, before: str | None, to: str, start: datetime, now: datetime) -> str:
    """Why a visit that starts then cannot go from one status to the other, in one sentence; empty when it can.

    ``before`` is None for an appointment that is just being made.
    """
    label = Status(to).label
    if to == before:
        return ""
    if before is None and to not in {Status.SCHEDULED, Status.CONFIRMED, Status.ARRIVED}:
        return f"A new appointment cannot be {label} yet."
    if before is not None and to not in NEXT[before]:
        return f"A visit cannot go from {Status(before).label} to {label}."
    return too_early(status=to, start=start, now=now)


def too_early(*, status: str, start: datetime, now: datetime) -> str:
    """Why a visit that starts then cannot have that status yet, in one sentence; empty when it can."""
    if status in CAME and timezone.localdate(start) > timezone.localdate(now):
        day = timezone.localdate(start)
        return f"{Status(status).label} is for the day of the visit, which is {day:%b %-d, %Y}."
    if status == Status.NO_SHOW and start > now:
        return "No-show is for after the start of the visit."
    return ""


def choices(*, before: str | None, start: datetime | None, now: datetime) -> list[Status]:
    """The statuses to offer: where it stands, and where it can go."""
    if start is None:
        return [Status.SCHEDULED, Status.CONFIRMED, Status.ARRIVED]
    return [status for status in Status if not obstacle(before=before, to=status, start=start, now=now)]
