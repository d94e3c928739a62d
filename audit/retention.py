"""How long lines of the audit trail are kept: six years at least (45 CFR 164.316(b)(2)(i))."""

from dataclasses import dataclass
from datetime import date, datetime, time

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from audit import seals
from audit.append_only import KEPT_YEARS
from audit.models import AuditEvent, AuditLane
from audit.trail import Action, Actor, record

CHUNK = 2000  # MACs held in memory


class TooYoung(Exception):
    """Lines of that day must be kept still."""


@dataclass(frozen=True)
class Plan:
    """What pruning comes to: the last line to go of each lane, and how many lines go altogether."""

    before: date
    through: dict[int, int]
    lines: int


def years_before(day: date, years: int) -> date:
    """The same day that many years ago; 28 February where that year has no 29th."""
    return day - relativedelta(years=years)


def plan(*, before: date) -> Plan:
    """What would go: the lines from before that day, in the practice's time zone. Changes nothing.

    A lane is pruned from its beginning up to the first line that stays, so that the rest can be verified.
    Raises TooYoung for a day within the last six years.
    """
    latest = years_before(timezone.localdate(), KEPT_YEARS)
    if before > latest:
        raise TooYoung(
            f"Lines of the audit trail must be kept for {KEPT_YEARS} years (45 CFR 164.316(b)(2)(i)). "
            f"The latest day to prune before is {latest}."
        )
    moment = timezone.make_aware(datetime.combine(before, time.min))
    through = {}
    for lane in AuditLane.objects.order_by("pk"):
        staying = AuditEvent.objects.filter(lane=lane, at__gte=moment).aggregate(first=Min("number"))["first"]
        last = lane.count if staying is None else staying - 1
        if last > lane.pruned_count:
            through[lane.pk] = last
    lines = sum(AuditEvent.objects.filter(lane=lane, number__lte=last).count() for lane, last in through.items())
    return Plan(before, through, lines)


def prune(planned: Plan, *, by: Actor) -> None:
    """Delete what the plan names and mark in each lane's sealed head what has gone. Recorded first, in one line.

    All heads are sealed under the newest key, so that a key is needed no longer than the lines it has sealed.
    Verify before: what was changed cannot be recognised any more when it is deleted.
    """
    record(actor=by, action=Action.AUDIT_PRUNED, before=planned.before.isoformat(), lines=planned.lines)
    for number in AuditLane.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            lane = AuditLane.objects.select_for_update().get(pk=number)
            last = planned.through.get(number, lane.pruned_count)
            going = AuditEvent.objects.filter(lane=lane, number__lte=last)
            for mac in going.order_by("number").values_list("mac", flat=True).iterator(CHUNK):
                lane.pruned_digest = seals.next_digest(lane.pruned_digest, mac)
            lane.pruned_count = last
            seals.seal(lane)
            lane.save(force_update=True)
            going.delete()
