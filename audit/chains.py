"""Write sealed lines to parallel hash chains, so that requests do not wait for each other.

With a single chain, every request would wait until the request before it has committed. So there are several
chains. A writer locks a free chain until the end of its transaction. A rollback leaves no gap, because it also
restores the chain's head.

A migration makes all chains, and nothing adds one later. So ``verify_audit`` notices a missing chain.
"""

import logging
import threading
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from audit import names, seals
from audit.models import AuditChain, AuditEvent

CHAINS = 64  # transactions that can write at once; others wait. A server process needs one.

log = logging.getLogger(__name__)

_CHAINS, _EVENTS = AuditChain._meta.db_table, AuditEvent._meta.db_table
# Plain SQL, because every line needs it and the ORM takes three times as long.
HEAD = f"UPDATE {_CHAINS} SET count = %s, digest = %s, key_id = %s, seal = %s WHERE id = %s"  # noqa: S608
_POSTGRESQL = f"""
    SELECT *, ARRAY(
        SELECT nextval(pg_get_serial_sequence('{_EVENTS}', 'id')) FROM generate_series(1, %s)
    ) AS numbers {{names}} FROM {_CHAINS} WHERE id = %s FOR UPDATE
"""  # noqa: S608
# SQLite needs no row locks: it has one writer at a time.
_SQLITE = f"""
    SELECT *, (SELECT coalesce(max(id), 0) + 1 FROM {_EVENTS}) AS first, %s AS count_wanted {{names}}
    FROM {_CHAINS} WHERE id = %s
"""  # noqa: S608
# Try to find a free chain first. If all are locked, wait for one.
_SELECTS = {"postgresql": [f"{_POSTGRESQL} SKIP LOCKED", _POSTGRESQL], "sqlite": [_SQLITE]}


@cache
def _selects(vendor: str) -> list[str]:
    """The statements that take a chain and read the names to seal. Every app has registered its names by now."""
    return [select.format(names=names.columns()) for select in _SELECTS[vendor]]


# The chain that this thread used last. It is usually still free, and within one transaction it is already ours, so a
# transaction that writes several times locks one chain only.
_last = threading.local()


class NoIntactChain(Exception):
    """No chain has an intact head with a known key. Nothing can be recorded, so the request must fail."""


def write(lines: Sequence[AuditEvent]) -> None:
    """Number, seal, and save these lines in the caller's transaction, or in a new one."""
    if not lines:
        return
    key = seals.KEYS.newest
    # No savepoint: if the trail cannot be written, the caller's transaction must not continue.
    with transaction.atomic(savepoint=False):
        chain, numbers = _take(lines)
        found = names.known(chain)
        for line, number in zip(lines, numbers, strict=True):
            chain.count += 1
            line.pk, line.at, line.chain, line.number = number, timezone.now(), chain, chain.count
            line.key_id, line.names = key.key_id, names.of(line, found)
            line.mac = seals.line_mac(key, as_sealed(line))
            chain.digest = seals.next_digest(chain.digest, line.mac)
        AuditEvent.objects.bulk_create(lines)
        seals.seal(chain)
        with connection.cursor() as cursor:
            cursor.execute(HEAD, [chain.count, chain.digest, chain.key_id, chain.seal, chain.pk])


def as_sealed(line: AuditEvent) -> seals.Line:
    """The columns of the line in the order in which they are sealed."""
    return seals.Line(*(getattr(line, column) for column in seals.Line._fields))


def make(model: type[AuditChain] = AuditChain) -> None:
    """Make the empty chains: for the migration, and for tests that have emptied the tables."""
    made = [model(id=number) for number in range(1, CHAINS + 1)]
    for chain in made:
        seals.seal(chain)
    model.objects.bulk_create(made)


def _take(lines: Sequence[AuditEvent]) -> tuple[AuditChain, Iterable[int]]:
    """Lock a chain until the transaction ends, reserve a record number for each line, and read the names to seal.

    The record numbers are part of the seal, so they are needed before the lines are saved. A head with a wrong seal
    is skipped: a new seal would hide from ``verify_audit`` that the head was changed.
    """
    mine, count, meant = getattr(_last, "chain", 1), len(lines), names.parameters(lines)
    for select in _selects(connection.vendor):
        for number in (mine, *(each for each in range(1, CHAINS + 1) if each != mine)):
            chain = next(iter(AuditChain.objects.raw(select, [count, *meant, number])), None)
            if chain is None:
                continue  # another transaction has locked it
            if seals.is_intact(chain):
                _last.chain = chain.pk
                return chain, _new_numbers(chain, count)
            log.error("The head of chain %s of the audit trail was changed, or its key is missing.", chain.pk)
    raise NoIntactChain("No chain of the audit trail has an intact head. Run: manage.py verify_audit")


def _new_numbers(chain: Any, count: int) -> Iterable[int]:
    """The reserved record numbers: from PostgreSQL's sequence, or after SQLite's newest line."""
    numbers: Iterable[int] = (
        chain.numbers if connection.vendor == "postgresql" else range(chain.first, chain.first + count)
    )
    return numbers
