"""Writing the audit trail: in chains, without gaps, and without waiting."""

import threading
import time

import pytest
from django.db import connection, transaction

from audit import chains, verification
from audit.models import AuditChain, AuditEvent
from audit.trail import Action, record, record_each
from tests.at_once import at_once
from tests.audit.tampering import BY, write

pytestmark = pytest.mark.postgres

WRITERS = 20
postgresql_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


def numbers():
    """The lines as (chain, number), oldest first."""
    return list(AuditEvent.objects.order_by("pk").values_list("chain_id", "number"))


def is_clean():
    said = []
    return verification.verify(say=said.append).is_clean and not said


def together(count, action):
    """Run the action many times at once, and return what was raised."""
    return [each for each in at_once(*[action] * count) if isinstance(each, Exception)]


@pytest.mark.usefixtures("db")
def test_lines_of_one_transaction_are_in_one_chain_without_gaps():
    with transaction.atomic():
        lines = write(3)
        record_each(actor=BY, action=Action.CHILDREN_VIEWED, patient_ids=[1, 2, 3])
    chain = lines[0].chain_id
    assert numbers() == [(chain, number) for number in range(1, 7)]
    assert is_clean()


@pytest.mark.usefixtures("db")
def test_no_patients_no_line():
    record_each(actor=BY, action=Action.CHILDREN_VIEWED, patient_ids=[])
    assert numbers() == []


@pytest.mark.usefixtures("transactional_db")
def test_what_is_rolled_back_leaves_no_gap():
    write(1)
    with transaction.atomic():
        write(3)
        transaction.set_rollback(True)
    with transaction.atomic():
        write(1)
        with transaction.atomic():  # a savepoint
            write(2)
            transaction.set_rollback(True)
        write(1)
    assert [number for _chain, number in numbers()] == [1, 2, 3]
    assert is_clean()


@pytest.mark.usefixtures("transactional_db")
def test_a_trail_without_heads_takes_no_line():
    AuditChain.objects.all().delete()
    with pytest.raises(chains.NoIntactChain):
        write(1)
    assert numbers() == []


@pytest.mark.usefixtures("transactional_db")
def test_many_who_write_at_once_all_get_their_lines():
    assert together(WRITERS, lambda: [write(1) for _ in range(5)]) == []
    assert AuditEvent.objects.count() == WRITERS * 5
    assert is_clean()


@postgresql_only
@pytest.mark.usefixtures("transactional_db")
def test_a_transaction_that_stays_open_keeps_nobody_waiting():
    seconds = []

    def quick():
        started = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '30s'")
        write(1)
        seconds.append(time.monotonic() - started)

    with transaction.atomic():
        held = write(1)[0]
        assert together(WRITERS, quick) == []
        assert held.chain_id not in set(AuditEvent.objects.exclude(pk=held.pk).values_list("chain_id", flat=True))
    assert len(seconds) == WRITERS
    assert is_clean()


@postgresql_only
@pytest.mark.usefixtures("transactional_db")
def test_twenty_transactions_open_at_once_write_in_twenty_chains():
    """All keep their transaction open until the last has written. If one had to wait, none would finish."""
    all_have_written = threading.Barrier(WRITERS, timeout=60)

    def hold():
        with transaction.atomic():
            record(actor=BY, action=Action.PATIENT_VIEWED, patient_id=1)
            all_have_written.wait()

    assert together(WRITERS, hold) == []
    assert AuditEvent.objects.values("chain").distinct().count() == WRITERS
    assert is_clean()


@postgresql_only
@pytest.mark.usefixtures("transactional_db")
def test_more_writers_than_chains_wait_and_then_write(monkeypatch):
    AuditChain.objects.filter(pk__gt=1).delete()
    monkeypatch.setattr(chains, "CHAINS", 1)
    monkeypatch.setattr(verification, "CHAINS", 1)
    assert together(8, lambda: write(1)) == []
    assert sorted(numbers()) == [(1, number) for number in range(1, 9)]
    assert is_clean()
