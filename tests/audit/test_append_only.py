"""The database itself refuses to change or delete a line of the audit trail (R20)."""

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import AuditEvent
from audit.trail import Action, Actor, record

pytestmark = pytest.mark.postgres


def unchanged(event):
    return {field.attname: getattr(event, field.attname) for field in AuditEvent._meta.concrete_fields}


class AppendOnly:
    @pytest.fixture
    def event(self):
        record(actor=Actor.command("test"), action=Action.PATIENT_VIEWED, patient_id=1)
        return AuditEvent.objects.get()

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE audit_auditevent SET action = 'pin.issued'",
            "UPDATE audit_auditevent SET patient_id = NULL",
            "DELETE FROM audit_auditevent",
            "INSERT INTO audit_auditevent (id, at, action, address, detail, chain_id, number, key_id, mac) "
            "SELECT id, at, 'pin.issued', '', '{}', 2, 1, '', '' FROM audit_auditevent WHERE true "
            "ON CONFLICT (id) DO UPDATE SET action = 'pin.issued'",
        ],
    )
    def test_sql_is_refused(self, event, sql):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
        assert AuditEvent.objects.values().get() == unchanged(event)

    @pytest.mark.parametrize(
        "change",
        [
            lambda event: event.save(),
            lambda event: event.delete(),
            lambda event: AuditEvent.objects.update(action="pin.issued"),
            lambda event: AuditEvent.objects.all().delete(),
            lambda event: AuditEvent.objects.bulk_update([event], ["action"]),
        ],
        ids=["save", "delete", "update", "delete all", "bulk_update"],
    )
    def test_orm_is_refused(self, event, change):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(event)
        assert AuditEvent.objects.count() == 1

    def test_further_lines_are_accepted(self, event):
        record(actor=Actor.command("test"), action=Action.PATIENT_VIEWED, patient_id=2)
        assert list(AuditEvent.objects.order_by("pk").values_list("patient_id", flat=True)) == [1, 2]


@pytest.mark.usefixtures("db")
class TestInATransaction(AppendOnly):
    pass


@pytest.mark.usefixtures("transactional_db")
class TestCommitted(AppendOnly):
    """With commits. This also shows that the triggers are back after a test emptied the tables."""
