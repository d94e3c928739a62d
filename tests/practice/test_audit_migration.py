"""Lines that were written before the trail was sealed are sealed as they stand."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from practice.models import AuditEvent
from tests.practice.tampering import owner, verified, write

pytestmark = pytest.mark.postgres

BEFORE, AFTER = [("practice", "0005_sign_in")], [("practice", "0006_audit_integrity")]


def test_old_lines_are_sealed_in_their_order_and_the_table_is_locked_again(migrate, capsys):
    old = migrate(BEFORE).get_model("practice", "AuditEvent").objects
    for number in (1, 2, 5):  # with the gap that a rollback had left
        old.create(pk=number, action="patient.viewed", patient_id=number, at=datetime(2026, 1, number, tzinfo=UTC))
    migrate(AFTER)
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    lines = list(AuditEvent.objects.order_by("pk").values_list("pk", "lane_id", "number", "patient_id"))
    assert lines == [(1, 1, 1, 1), (2, 1, 2, 2), (5, 1, 3, 5)]
    write(2)
    assert verified(capsys)[0] == 0
    for sql in ("UPDATE practice_auditevent SET action = 'x'", "DELETE FROM practice_auditevent"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    owner("UPDATE practice_auditevent SET patient_id = 7 WHERE id = 2")
    assert verified(capsys)[0] == 1
