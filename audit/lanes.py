"""Writing sealed lines without waiting for each other.

If all lines hung on one chain, every request would wait until the one before it has committed. So there
are several lanes, each with lines of its own. A writer takes a lane that nobody holds and keeps it to the
end of its transaction; what is rolled back leaves no gap, since the lane's head goes back with its lines.

All lanes are made by a migration and none afterwards: a lane that is gone is missed by ``verify_audit``.
"""

import logging
import threading
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from audit import seals
from audit.models import AuditEvent, AuditLane

LANES = 64  # transactions that can write at once; one more waits. A server process needs one.

log = logging.getLogger(__name__)

_LANES, _EVENTS = AuditLane._meta.db_table, AuditEvent._meta.db_table
# SQL by hand for what comes with every line: built by the ORM, it would take three times as long.
HEAD = f"UPDATE {_LANES} SET count = %s, digest = %s, key_id = %s, seal = %s WHERE id = %s"  # noqa: S608
_POSTGRESQL = f"""
    SELECT *, ARRAY(
        SELECT nextval(pg_get_serial_sequence('{_EVENTS}', 'id')) FROM generate_series(1, %s)
    ) AS numbers FROM {_LANES} WHERE id = %s FOR UPDATE
"""  # noqa: S608
# There are no row locks and none are needed: a transaction is the only writer.
_SQLITE = f"""
    SELECT *, (SELECT coalesce(max(id), 0) + 1 FROM {_EVENTS}) AS first, %s AS count_wanted
    FROM {_LANES} WHERE id = %s
"""  # noqa: S608
# First a lane that is free; where all are held, wait for one.
_SELECTS = {"postgresql": [f"{_POSTGRESQL} SKIP LOCKED", _POSTGRESQL], "sqlite": [_SQLITE]}

# The lane that this thread took last. Mostly it is free still, and within one transaction it is held:
# whoever writes several lines holds one lane, not several.
_last = threading.local()


class NoLanes(Exception):
    """The heads of all lanes are gone or changed, or their keys are. Nothing can be recorded, so nothing may happen."""


def write(lines: Sequence[AuditEvent]) -> None:
    """Number, seal and save these lines inside the caller's transaction, or in one of their own."""
    if not lines:
        return
    key = seals.KEYS.newest
    # Without a savepoint: where the trail cannot be written, the caller's transaction must not go on.
    with transaction.atomic(savepoint=False):
        lane, numbers = _take(len(lines))
        for line, number in zip(lines, numbers, strict=True):
            lane.count += 1
            line.pk, line.at, line.lane, line.number = number, timezone.now(), lane, lane.count
            line.key_id = key.key_id
            line.mac = seals.line_mac(key, as_sealed(line))
            lane.digest = seals.next_digest(lane.digest, line.mac)
        AuditEvent.objects.bulk_create(lines)
        seals.seal(lane)
        with connection.cursor() as cursor:
            cursor.execute(HEAD, [lane.count, lane.digest, lane.key_id, lane.seal, lane.pk])


def as_sealed(line: AuditEvent) -> seals.Line:
    """The columns of the line as they are sealed."""
    return seals.Line(*(getattr(line, column) for column in seals.Line._fields))


def make(model: type[AuditLane] = AuditLane) -> None:
    """Make the lanes, empty. For the migration, and for tests that have emptied the tables."""
    made = [model(id=number) for number in range(1, LANES + 1)]
    for lane in made:
        seals.seal(lane)
    model.objects.bulk_create(made)


def _take(count: int) -> tuple[AuditLane, Iterable[int]]:
    """A lane that nobody else holds, held until the transaction ends; and record numbers for so many new lines.

    The numbers are sealed too, so they are wanted before the lines are saved. A head whose seal does not
    fit is left as it is, for ``verify_audit`` to find: sealed anew, it would be made genuine.
    """
    mine = getattr(_last, "lane", 1)
    for select in _SELECTS[connection.vendor]:
        for number in (mine, *(each for each in range(1, LANES + 1) if each != mine)):
            lane = next(iter(AuditLane.objects.raw(select, [count, number])), None)
            if lane is None:
                continue  # somebody else holds it
            if seals.is_intact(lane):
                _last.lane = lane.pk
                return lane, _new_numbers(lane, count)
            log.error("The head of lane %s of the audit trail was changed, or its key is missing.", lane.pk)
    raise NoLanes("No head of the audit trail is as it was written. Run: manage.py verify_audit")


def _new_numbers(lane: Any, count: int) -> Iterable[int]:
    """The record numbers that came with the lane: from PostgreSQL's sequence, or after SQLite's newest line."""
    numbers: Iterable[int] = (
        lane.numbers if connection.vendor == "postgresql" else range(lane.first, lane.first + count)
    )
    return numbers
