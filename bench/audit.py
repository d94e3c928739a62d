"""Measure the cost of a sealed audit line, as a ratio to a plain INSERT, and the speed of ``verify_audit``.

Each line in its own transaction, like a page view; and hundreds in one transaction, like a run of sheets.
"""

import itertools
import time
from collections.abc import Callable

from django.db import transaction

from audit import verification
from audit.models import AuditChain, AuditEvent
from audit.trail import Action, Actor, record

LINES = 500
_unused = itertools.count(10**12)
BY = Actor(None, "192.0.2.1")


def bench() -> None:
    """Print the table. The plain lines are rolled back, or verify_audit would report them."""
    print(f"\n{'line of the audit trail':<32}{'us':>8}{'x plain':>9}")
    with transaction.atomic():
        plain = _each(_plain)
        transaction.set_rollback(True)
    sealed = _each(_sealed)
    alone = _each(_sealed, alone=True)
    print(f"{'  plain INSERT, in one':<32}{plain:>8.0f}{1:>9.1f}")
    print(f"{'  sealed, in one':<32}{sealed:>8.0f}{sealed / plain:>9.1f}")
    print(f"{'  sealed, transaction of its own':<32}{alone:>8.0f}{alone / plain:>9.1f}")
    started = time.perf_counter()
    report = verification.verify(say=print)
    seconds = time.perf_counter() - started
    print(f"  verify_audit: {report.lines:,} lines, {report.lines / seconds:,.0f} lines/s")


def _each(write: Callable[[int], object], *, alone: bool = False) -> float:
    """Microseconds per line, the best of three runs, because disturbances only add time."""
    return min(_run(write, alone=alone) for _ in range(3)) / LINES * 1e6


def _run(write: Callable[[int], object], *, alone: bool) -> float:
    started = time.perf_counter()
    if alone:
        for number in range(LINES):
            write(number)
    else:
        with transaction.atomic():
            for number in range(LINES):
                write(number)
    return time.perf_counter() - started


def _sealed(number: int) -> None:
    record(actor=BY, action=Action.PATIENT_VIEWED, patient_id=number, tab="basic_info")


def _plain(number: int) -> None:
    """A line without a seal: one INSERT, with columns as wide as those of a sealed line."""
    AuditEvent.objects.create(
        action=Action.PATIENT_VIEWED,
        patient_id=number,
        address=BY.address,
        detail={"tab": "basic_info"},
        chain=AuditChain(pk=1),
        number=next(_unused),
        key_id="00000000",
        mac="0" * 64,
    )
