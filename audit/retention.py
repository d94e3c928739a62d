"""Delete old lines of the audit trail. They are kept for at least six years (45 CFR 164.316(b)(2)(i))."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from audit import seals
from audit.append_only import KEPT_YEARS
from audit.comparison import Comparison
from audit.models import AuditChain, AuditEvent
from audit.trail import Action, Actor, record

CHUNK = 2000  # MACs held in memory


class TooYoung(Exception):
    """Lines of that day must still be kept."""


@dataclass(frozen=True)
class Plan:
    """What pruning would delete: the last line of each chain to delete, and the total number of lines."""

    before: date
    through: dict[int, int]
    lines: int


def years_before(day: date, years: int) -> date:
    """The same day that many years earlier; February 28 if that year has no 29th."""
    return day - relativedelta(years=years)


def plan(*, before: date) -> Plan:
    """Plan to delete the lines from before that day, in the practice's time zone. Changes nothing.

    A chain is pruned from its beginning up to the first line that stays, so that the rest can still be verified.
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
    for chain in AuditChain.objects.order_by("pk"):
        staying = AuditEvent.objects.filter(chain=chain, at__gte=moment).aggregate(first=Min("number"))["first"]
        last = chain.count if staying is None else staying - 1
        if last > chain.pruned_count:
            through[chain.pk] = last
    lines = sum(AuditEvent.objects.filter(chain=chain, number__lte=last).count() for chain, last in through.items())
    return Plan(before, through, lines)


def prune(planned: Plan, *, by: Actor, comparisons: Iterable[Comparison] = ()) -> None:
    """Delete the planned lines and note in each chain's sealed head how far. Records this first, in one line.

    ``comparisons`` have heard all lines. What is still true of deleted ones they record again, in new lines.

    All heads get a seal with the newest key, so an old key is needed only as long as its lines are kept.
    Verify the trail before: changes to deleted lines can no longer be detected.
    """
    record(actor=by, action=Action.AUDIT_PRUNED, before=planned.before.isoformat(), lines=planned.lines)
    for each in comparisons:
        each.keep(planned.through, by=by)
    for number in AuditChain.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            chain = AuditChain.objects.select_for_update().get(pk=number)
            last = planned.through.get(number, chain.pruned_count)
            going = AuditEvent.objects.filter(chain=chain, number__lte=last)
            for mac in going.order_by("number").values_list("mac", flat=True).iterator(CHUNK):
                chain.pruned_digest = seals.next_digest(chain.pruned_digest, mac)
            chain.pruned_count = last
            seals.seal(chain)
            chain.save(force_update=True)
            going.delete()
