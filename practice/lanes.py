"""Writing sealed lines without waiting for each other.

If all lines hung on one chain, every request would wait until the one before it has committed. So there
are several lanes, each with lines of its own. A writer takes a lane that nobody holds and keeps it to the
end of its transaction; what is rolled back leaves no gap, since the lane's head goes back with its lines.

All lanes are made by a migration and none afterwards: a lane that is gone is missed by ``verify_audit``.
"""

import logging
import threading
from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from practice import seals
from practice.models import AuditEvent, AuditLane

LANES = 64  # transactions that can write at once; one more waits. A server process needs one.

log = logging.getLogger(__name__)

# The lane that this thread took last. Mostly it is free still, and within one transaction it is held:
# whoever writes several lines holds one lane, not several.
_last = threading.local()


class NoLanes(Exception):
    """The heads of all lanes are gone or changed, or their keys are. Nothing can be recorded, so nothing may happen."""


def write(lines: Sequence[AuditEvent]) -> None:
    """Number, seal and save these lines inside the caller's transaction, or in one of their own."""
    if not lines:
        return
    key = seals.keys()[0]
    # Without a savepoint: where the trail cannot be written, the caller's transaction must not go on.
    with transaction.atomic(savepoint=False):
        lane = _take()
        for line, number in zip(lines, _new_ids(len(lines)), strict=True):
            lane.count += 1
            line.pk, line.at, line.lane, line.number = number, timezone.now(), lane, lane.count
            line.key_id = key.key_id
            line.mac = seals.line_mac(key, as_sealed(line))
            lane.digest = seals.next_digest(lane.digest, line.mac)
        AuditEvent.objects.bulk_create(lines)
        seals.seal(lane)
        lane.save(force_update=True)


def as_sealed(line: AuditEvent) -> seals.Line:
    """The columns of the line as they are sealed."""
    return seals.Line(*(getattr(line, column) for column in seals.Line._fields))


def make(model: type[AuditLane] = AuditLane) -> None:
    """Make the lanes, empty. For the migration, and for tests that have emptied the tables."""
    made = [model(id=number) for number in range(1, LANES + 1)]
    for lane in made:
        seals.seal(lane)
    model.objects.bulk_create(made)


def _take() -> AuditLane:
    """A lane that nobody else holds, held until the transaction ends.

    On SQLite there are no row locks and none are needed: a transaction is the only writer. A head whose
    seal does not fit is left as it is, for ``verify_audit`` to find: sealed anew, it would be made genuine.
    """
    free, broken = AuditLane.objects.select_for_update(skip_locked=True), set[int]()
    # The last: all are held. Then wait for one.
    for lanes in (free.filter(pk=getattr(_last, "lane", 1)), free, AuditLane.objects.select_for_update()):
        while lane := lanes.exclude(pk__in=broken).order_by("pk").first():
            if seals.is_intact(lane):
                _last.lane = lane.pk
                return lane
            broken.add(lane.pk)
            log.error("The head of lane %s of the audit trail was changed, or its key is missing.", lane.pk)
    raise NoLanes("No head of the audit trail is as it was written. Run: manage.py verify_audit")


def _new_ids(count: int) -> Iterable[int]:
    """Record numbers for so many new lines, known beforehand because they are sealed too."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [AuditEvent._meta.db_table, count],
            )
            return [row[0] for row in cursor.fetchall()]
    first = (AuditEvent.objects.aggregate(newest=Max("pk"))["newest"] or 0) + 1
    return range(first, first + count)
