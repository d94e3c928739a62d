"""What the owner of the database can do to the audit trail, past triggers and constraints."""

from contextlib import contextmanager

from django.core.management import CommandError, call_command
from django.db import connection

from audit import append_only, chains, comparison
from audit.models import AuditChain, AuditEvent
from audit.trail import Action, Actor, record

BY = Actor(None, "203.0.113.9")


def write(count):
    """Write ``count`` lines to one chain, and return all lines, oldest first."""
    for number in range(count):
        record(actor=BY, action=Action.PATIENT_VIEWED, patient_id=number + 1, tab="basic_info")
    return list(AuditEvent.objects.order_by("pk"))


def owner(sql, *values):
    """Run this SQL as the owner of the database, and return the number of affected rows."""
    with _unlocked(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


@contextmanager
def _unlocked():
    """Without triggers and foreign keys; on PostgreSQL in the mode of a replica."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = DEFAULT")
        return
    append_only.remove(connection)
    connection.disable_constraint_checking()
    try:
        yield
    finally:
        connection.enable_constraint_checking()
        append_only.install(connection)


def copy_of(model):
    """All rows of the table, to restore them later."""
    return list(model.objects.order_by("pk").values())


def put_back(model, rows):
    """Replace the rows of the table, like restoring a backup."""
    table = model._meta.db_table
    owner(f"DELETE FROM {table}")  # noqa: S608
    with _unlocked():
        model.objects.bulk_create(model(**row) for row in rows)


def verified(capsys, *arguments):
    """Run ``verify_audit``, and return its exit code and output."""
    code, words = 0, ""
    try:
        call_command("verify_audit", *arguments)
    except CommandError as error:
        code, words = error.returncode, str(error)
    said = capsys.readouterr()
    return code, said.out + said.err + words


def differences():
    """What ``verify_audit`` says of records, without the seals: looking at every chain takes longer."""
    comparisons = comparison.all_of_them()
    for each in comparisons:
        for line in AuditEvent.objects.all():
            each.hear(chains.as_sealed(line))
        each.look()
    return [sentence for each in comparisons for sentence in each.differences()]


def chain_of(line):
    return AuditChain.objects.get(pk=line.chain_id)
