"""``manage.py prune_audit``: it deletes nothing younger than six years, and the rest still verifies."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit import retention
from audit.models import AuditChain, AuditEvent
from tests.audit.tampering import owner, verified, write

pytestmark = [pytest.mark.usefixtures("transactional_db"), pytest.mark.postgres]


def years_ago(years, *, days=0):
    return timezone.now() - timedelta(days=round(365.25 * years) + days)


@pytest.fixture
def old_and_new():
    """Three lines that may be deleted, and two that must stay."""
    with time_machine.travel(years_ago(7)):
        old = write(3)
    new = write(2)[-2:]
    return old, new


def prune(*arguments):
    call_command("prune_audit", *arguments)


def test_without_yes_it_only_says_how_many(old_and_new, capsys):
    prune("--older-than-years", "6")
    assert "3 lines from before" in capsys.readouterr().out
    assert AuditEvent.objects.count() == 5


def test_old_lines_go_and_the_rest_is_as_it_was_written(old_and_new, capsys):
    _old, new = old_and_new
    prune("--older-than-years", "6", "--yes")
    left = list(AuditEvent.objects.order_by("pk"))
    assert [line.pk for line in left[:-1]] == [line.pk for line in new]
    before = retention.years_before(timezone.localdate(), 6).isoformat()
    assert (left[-1].action, left[-1].address) == ("audit.pruned", "manage.py prune_audit")
    assert left[-1].detail == {"before": before, "lines": 3}
    assert verified(capsys)[0] == 0
    write(2)
    prune("--older-than-years", "6", "--yes")  # once more: there is nothing to do
    assert verified(capsys)[0] == 0


def test_what_was_pruned_is_marked_under_a_seal(old_and_new, capsys):
    old, _new = old_and_new
    prune("--older-than-years", "6", "--yes")
    chain = AuditChain.objects.get(pk=old[0].chain_id)
    assert chain.pruned_count == 3
    owner("DELETE FROM audit_auditevent WHERE number = 4")
    assert verified(capsys)[0] == 1
    owner("UPDATE audit_auditchain SET pruned_count = 4 WHERE id = %s", chain.pk)
    code, said = verified(capsys)
    assert (code, "head of chain" in said) == (1, True)


def test_all_lines_may_go_when_all_are_old(capsys):
    with time_machine.travel(years_ago(7)):
        write(3)
    prune("--before", years_ago(6, days=30).date().isoformat(), "--yes")
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["audit.pruned"]
    assert verified(capsys)[0] == 0


@pytest.mark.parametrize("arguments", [("--older-than-years", "5"), ("--older-than-years", "0"), ("--yes", "tomorrow")])
def test_what_is_younger_than_six_years_is_refused(old_and_new, arguments):
    if "tomorrow" in arguments:
        arguments = (
            "--yes",
            "--before",
            (retention.years_before(timezone.localdate(), 6) + timedelta(days=1)).isoformat(),
        )
    with pytest.raises(CommandError, match="must be kept for 6 years"):
        prune(*arguments)
    assert AuditEvent.objects.count() == 5


def test_years_that_nobody_counts_are_refused():
    with pytest.raises(CommandError, match="before the first day"):
        prune("--older-than-years", "3000")


def test_a_trail_that_does_not_verify_is_not_pruned(old_and_new):
    old, _new = old_and_new
    owner("UPDATE audit_auditevent SET action = 'pin.issued' WHERE id = %s", old[0].pk)
    with pytest.raises(CommandError, match="verify_audit fails"):
        prune("--older-than-years", "6", "--yes")
    assert AuditEvent.objects.count() == 5


def test_the_database_itself_keeps_six_years():
    with time_machine.travel(years_ago(6, days=-2)):
        young = write(1)[-1]
    with time_machine.travel(years_ago(6, days=2)):
        old = write(1)[-1]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE id = %s", [young.pk])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditevent SET action = 'x' WHERE id = %s", [old.pk])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE id = %s", [old.pk])
        assert cursor.rowcount == 1


def test_heads_are_sealed_under_the_newest_key_so_that_old_keys_can_go_with_their_lines(capsys, settings):
    with time_machine.travel(years_ago(7)):
        write(1)
    newest = "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8="
    settings.AUDIT_KEYS = [newest, *settings.AUDIT_KEYS]
    write(1)
    prune("--older-than-years", "6", "--yes")
    settings.AUDIT_KEYS = [newest]
    assert verified(capsys)[0] == 0


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2028, 2, 29), date(2022, 2, 28)), (date(2026, 7, 31), date(2020, 7, 31))]
)
def test_six_years_before_a_leap_day(day, expected):
    assert retention.years_before(day, 6) == expected
