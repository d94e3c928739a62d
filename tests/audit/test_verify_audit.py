"""``manage.py verify_audit``: it names everything that the owner of the database does to the trail (attack 20)."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit import seals, verification
from audit.chains import CHAINS, NoIntactChain
from audit.models import AuditChain, AuditEvent
from tests.audit.tampering import chain_of, copy_of, owner, put_back, verified, write

pytestmark = [pytest.mark.usefixtures("transactional_db"), pytest.mark.postgres]

NEW_KEY = "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8="


def name_of(line):
    return f"ine {line.pk} ({line.at:%Y-%m-%d %H:%M:%S} UTC, {line.action})"


def test_a_trail_nobody_touched_is_as_it_was_written(capsys):
    write(5)
    code, said = verified(capsys)
    assert code == 0
    assert "5 lines checked" in said
    assert "lines/s" in said
    assert "is intact" in said


def test_an_empty_trail_is_as_it_was_written(capsys):
    assert verified(capsys)[0] == 0


@pytest.mark.parametrize(
    "change",
    [
        "id = id + 1000",
        "at = '2020-01-01 00:00:00+00:00'",
        "action = 'pin.issued'",
        "patient_id = 4711",
        "patient_id = NULL",
        "address = '192.0.2.1'",
        "detail = '{}'",
        """detail = '{"tab": "portal"}'""",
        "names = NULL",
        """names = '{"user": {"email": "x@x.example"}}'""",
        "mac = 'f000000000000000000000000000000000000000000000000000000000000000'",
    ],
)
def test_a_changed_line_is_named_and_only_that(capsys, change):
    lines = write(5)
    assert owner(f"UPDATE audit_auditevent SET {change} WHERE id = %s", lines[2].pk) == 1  # noqa: S608
    changed = AuditEvent.objects.get(chain=lines[2].chain, number=lines[2].number)
    code, said = verified(capsys)
    assert code == 1
    assert f"L{name_of(changed)} was changed or forged" in said
    assert said.count("was changed or forged") == 1
    assert "1 findings" in said


def test_another_user_in_a_line_is_named(capsys, front_desk):
    line = write(1)[0]
    owner("UPDATE audit_auditevent SET user_id = %s", front_desk.pk)
    code, said = verified(capsys)
    assert (code, f"L{name_of(line)} was changed or forged" in said) == (1, True)


def test_every_column_is_sealed():
    assert set(seals.Line._fields) == {field.attname for field in AuditEvent._meta.concrete_fields}


def test_a_deleted_line_is_missed_between_its_neighbours(capsys):
    lines = write(5)
    owner("DELETE FROM audit_auditevent WHERE id IN (%s, %s)", lines[1].pk, lines[2].pk)
    code, said = verified(capsys)
    assert code == 1
    assert f"2 lines are missing between l{name_of(lines[0])} and l{name_of(lines[3])}" in said
    assert "was changed or forged" not in said


def test_the_first_line_deleted_is_missed(capsys):
    lines = write(3)
    owner("DELETE FROM audit_auditevent WHERE id = %s", lines[0].pk)
    code, said = verified(capsys)
    assert (code, f"1 line is missing before l{name_of(lines[1])}" in said) == (1, True)


def test_the_last_line_deleted_is_missed(capsys):
    lines = write(3)
    owner("DELETE FROM audit_auditevent WHERE id = %s", lines[-1].pk)
    code, said = verified(capsys)
    assert code == 1
    assert f"1 line is missing at the end of chain {lines[0].chain_id}, after l{name_of(lines[1])}" in said


def test_all_lines_of_a_chain_deleted_are_missed(capsys):
    chain = write(3)[0].chain_id
    owner("DELETE FROM audit_auditevent")
    code, said = verified(capsys)
    assert (code, f"3 lines are missing at the end of chain {chain}: all of its lines" in said) == (1, True)


def test_a_deleted_head_is_missed_with_its_lines_or_without(capsys):
    chain = write(3)[0].chain_id
    owner("DELETE FROM audit_auditchain WHERE id = %s", chain)
    code, said = verified(capsys)
    assert (code, f"The head of chain {chain} is missing" in said) == (1, True)
    owner("DELETE FROM audit_auditevent")
    code, said = verified(capsys)
    assert (code, f"The head of chain {chain} is missing" in said) == (1, True)


def test_everything_deleted_is_missed(capsys):
    write(3)
    owner("DELETE FROM audit_auditevent")
    owner("DELETE FROM audit_auditchain")
    code, said = verified(capsys)
    assert (code, said.count("is missing, so")) == (1, CHAINS)


def test_a_head_set_back_to_hide_a_deleted_end_is_named(capsys):
    lines = write(3)
    owner("DELETE FROM audit_auditevent WHERE id = %s", lines[-1].pk)
    owner("UPDATE audit_auditchain SET count = count - 1 WHERE id = %s", lines[0].chain_id)
    code, said = verified(capsys)
    assert (code, f"The head of chain {lines[0].chain_id} was changed or forged" in said) == (1, True)


def test_a_changed_head_is_not_made_genuine_by_the_next_line(capsys):
    lines = write(3)
    owner("DELETE FROM audit_auditevent WHERE id = %s", lines[-1].pk)
    owner("UPDATE audit_auditchain SET count = count - 1 WHERE id = %s", lines[0].chain_id)
    assert write(2)[-1].chain_id != lines[0].chain_id
    code, said = verified(capsys)
    assert (code, f"The head of chain {lines[0].chain_id} was changed or forged" in said) == (1, True)


def test_an_older_head_put_back_is_named(capsys):
    line = write(1)[0]
    older = chain_of(line)
    write(2)
    owner(
        "UPDATE audit_auditchain SET count = %s, digest = %s, seal = %s WHERE id = %s",
        older.count,
        older.digest,
        older.seal,
        older.pk,
    )
    code, said = verified(capsys)
    assert (code, f"Chain {older.pk} has 2 lines more than its head says" in said) == (1, True)


def test_two_lines_swapped_are_named(capsys):
    first, second = write(3)[:2]
    columns = ("at", "action", "user_id", "patient_id", "address", "detail", "key_id", "mac")
    rows = {row["id"]: row for row in AuditEvent.objects.filter(pk__in=[first.pk, second.pk]).values("id", *columns)}
    for line, other in [(first, second), (second, first)]:
        owner(
            f"UPDATE audit_auditevent SET {', '.join(f'{name} = %s' for name in columns)} WHERE id = %s",  # noqa: S608
            *[
                json.dumps(value) if name == "detail" else value
                for name, value in rows[other.pk].items()
                if name != "id"
            ],
            line.pk,
        )
    code, said = verified(capsys)
    assert (code, said.count("was changed or forged")) == (1, 2)


def test_numbers_swapped_are_named(capsys):
    first, second = write(3)[:2]
    for line, number in [(first, 99), (second, first.number), (first, second.number)]:
        owner("UPDATE audit_auditevent SET number = %s WHERE id = %s", number, line.pk)
    code, said = verified(capsys)
    assert (code, said.count("was changed or forged")) == (1, 2)


FORGED = (
    "INSERT INTO audit_auditevent (id, at, action, address, detail, chain_id, number, key_id, mac) "
    "SELECT id + 1000, at, 'pin.issued', address, detail, chain_id, %s, key_id, mac "
    "FROM audit_auditevent WHERE id = %s"
)


@pytest.mark.parametrize("number", [0, 2, 99])
def test_a_forged_line_is_named(capsys, number):
    lines = write(3)
    if number == 2:  # in the place of one that goes
        owner("DELETE FROM audit_auditevent WHERE id = %s", lines[1].pk)
    owner(FORGED, number, lines[2].pk)
    code, said = verified(capsys)
    assert (code, f"L{name_of(AuditEvent.objects.get(pk=lines[2].pk + 1000))} " in said) == (1, True)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no way to drop it")
def test_a_line_put_in_under_a_number_that_is_taken_is_named(capsys, monkeypatch):
    """Without the constraint, two lines have one number, at the border between two chunks of the check."""
    monkeypatch.setattr(verification, "CHUNK", 2)
    lines = write(3)
    constraint = "one_line_per_chain_and_number"
    owner(f"ALTER TABLE audit_auditevent DROP CONSTRAINT {constraint}")
    try:
        owner(FORGED, 2, lines[1].pk)
        code, said = verified(capsys)
        assert (code, f"Line {lines[1].pk + 1000} (" in said, "number 2" in said) == (1, True, True)
    finally:
        owner("DELETE FROM audit_auditevent WHERE id = %s", lines[1].pk + 1000)
        owner(f"ALTER TABLE audit_auditevent ADD CONSTRAINT {constraint} UNIQUE (chain_id, number)")


def test_a_line_moved_to_another_chain_is_named(capsys):
    lines = write(2)
    other = lines[0].chain_id % CHAINS + 1
    owner("UPDATE audit_auditevent SET chain_id = %s WHERE id = %s", other, lines[1].pk)
    code, said = verified(capsys)
    assert code == 1
    assert f"L{name_of(lines[1])} was changed or forged" in said or f"L{name_of(lines[1])} does not" in said
    assert "missing" in said


def test_a_chain_that_never_was_is_named(capsys):
    line = write(1)[0]
    owner("UPDATE audit_auditevent SET chain_id = 1000 WHERE id = %s", line.pk)
    code, said = verified(capsys)
    assert (code, "The head of chain 1000 is missing" in said) == (1, True)


def test_lines_of_an_older_state_in_the_place_of_later_ones_are_found(capsys):
    """A restored database gives the same numbers again: each line is genuine, but they do not belong together."""
    write(1)
    chains = copy_of(AuditChain)
    rows = copy_of(AuditEvent)
    first = write(1)[-1]
    put_back(AuditEvent, rows)
    put_back(AuditChain, chains)
    with_other_patient = write(1)[-1]
    assert (with_other_patient.chain_id, with_other_patient.number) == (first.chain_id, first.number)
    owner("DELETE FROM audit_auditevent WHERE id = %s", with_other_patient.pk)
    first.save(force_insert=True)
    code, said = verified(capsys)
    assert (code, "lines from an older copy replaced them" in said) == (1, True)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL holds to its types")
@pytest.mark.parametrize("change", ["at = 'yesterday'", "action = x'00ff'", "mac = x'00ff'", "patient_id = 'two'"])
def test_what_no_column_should_hold_is_named_rather_than_ending_the_look(capsys, change):
    lines = write(3)
    owner(f"UPDATE audit_auditevent SET {change} WHERE id = %s", lines[1].pk)  # noqa: S608
    code, said = verified(capsys)
    assert (code, str(lines[1].pk) in said) == (1, True)


# --- Keys ----------------------------------------------------------------------------------------


def test_old_keys_check_what_they_have_sealed(capsys, settings):
    old = settings.AUDIT_KEYS
    write(2)
    settings.AUDIT_KEYS = [NEW_KEY, *old]
    write(2)
    assert len(set(AuditEvent.objects.values_list("key_id", flat=True))) == 2
    assert verified(capsys)[0] == 0


def test_lines_whose_key_is_gone_cannot_be_checked_and_are_not_called_changed(capsys, settings):
    old = settings.AUDIT_KEYS
    lines = write(2)
    settings.AUDIT_KEYS = [NEW_KEY]
    code, said = verified(capsys)
    assert code == 2
    assert f"cannot be checked: key '{lines[0].key_id}' is missing" in said
    assert "was changed or forged" not in said
    settings.AUDIT_KEYS = [NEW_KEY, *old]
    assert verified(capsys)[0] == 0


def test_nothing_is_written_under_heads_whose_key_is_gone_until_they_are_sealed_anew(capsys, settings):
    lost = write(1)[0].key_id
    settings.AUDIT_KEYS = [NEW_KEY]
    with pytest.raises(NoIntactChain):
        write(1)
    call_command("reseal_audit", lost)
    write(1)
    assert AuditEvent.objects.filter(action="audit.resealed").count() == 1
    code, said = verified(capsys)
    assert (code, f"1 lines and heads cannot be checked: key '{lost}'" in said) == (2, True)


@pytest.mark.parametrize("name", ["00000000", "in force"])
def test_only_a_lost_key_is_given_up(settings, name):
    name = write(1)[0].key_id if name == "in force" else name
    with pytest.raises(CommandError):
        call_command("reseal_audit", name)


def test_a_change_is_found_although_a_key_is_gone(capsys, settings):
    lost = write(2)[0].key_id
    settings.AUDIT_KEYS = [NEW_KEY]
    call_command("reseal_audit", lost)
    line = write(1)[-1]
    owner("UPDATE audit_auditevent SET action = 'pin.issued' WHERE id = %s", line.pk)
    assert verified(capsys)[0] == 1


def test_a_line_under_a_key_of_the_forger_s_own_does_not_pass(capsys):
    write(1)
    owner("UPDATE audit_auditevent SET action = 'pin.issued', key_id = 'f0f0f0f0'")
    code, said = verified(capsys)
    assert (code, "key 'f0f0f0f0' is missing" in said, "they are forged" in said) == (2, True, True)


# --- Checkpoints -------------------------------------------------------------------------------------


def test_a_checkpoint_finds_a_trail_that_was_put_back_heads_and_all(capsys, tmp_path):
    write(2)
    lines, chains = copy_of(AuditEvent), copy_of(AuditChain)
    write(2)
    checkpoint = tmp_path / "checkpoint.json"
    assert verified(capsys, "--checkpoint", str(checkpoint))[0] == 0
    put_back(AuditEvent, lines)
    put_back(AuditChain, chains)
    assert verified(capsys)[0] == 0  # nothing in the database itself can show it
    code, said = verified(capsys, "--since-checkpoint", str(checkpoint))
    assert (code, "had 4 lines when the checkpoint was made and has 2 now" in said) == (1, True)
    write(5)  # other lines were written since
    code, said = verified(capsys, "--since-checkpoint", str(checkpoint))
    assert (code, "differs from the checkpoint" in said) == (1, True)


def test_a_checkpoint_holds_while_the_trail_grows(capsys, tmp_path):
    checkpoint = tmp_path / "checkpoint.json"
    verified(capsys, "--checkpoint", str(checkpoint))
    write(3)
    assert verified(capsys, "--since-checkpoint", str(checkpoint))[0] == 0
    verified(capsys, "--checkpoint", str(checkpoint))
    write(3)
    assert verified(capsys, "--since-checkpoint", str(checkpoint))[0] == 0
    assert "patient" not in checkpoint.read_text()


def test_no_checkpoint_is_made_of_a_trail_that_is_not_as_written(capsys, tmp_path):
    write(1)
    owner("UPDATE audit_auditevent SET action = 'pin.issued'")
    assert verified(capsys, "--checkpoint", str(tmp_path / "checkpoint.json"))[0] == 1
    assert not (tmp_path / "checkpoint.json").exists()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"chains": {"one": {}}}', '{"chains": {"1": 2}}'])
def test_a_file_that_is_no_checkpoint_is_said_to_be_none(capsys, tmp_path, content):
    file = tmp_path / "checkpoint.json"
    file.write_text(content)
    code, said = verified(capsys, "--since-checkpoint", str(file))
    assert (code, "is not a checkpoint" in said) == (1, True)
    assert verified(capsys, "--since-checkpoint", str(tmp_path / "none.json"))[0] == 1


# --- While others write, and at length --------------------------------------------------------------


def test_what_is_written_during_the_look_is_no_finding(capsys, monkeypatch):
    monkeypatch.setattr(verification, "CHUNK", 2)
    write(5)

    def meanwhile(_words):
        if AuditEvent.objects.count() < 12:
            write(1)

    said = []
    report = verification.verify(say=said.append, progress=meanwhile)
    assert (said, report.lines, report.is_clean) == ([], 12, True)


def test_a_trail_longer_than_one_piece_is_looked_at_in_pieces(capsys, monkeypatch):
    monkeypatch.setattr(verification, "CHUNK", 2)
    lines = write(7)
    owner("DELETE FROM audit_auditevent WHERE id IN (%s, %s)", lines[1].pk, lines[5].pk)
    code, said = verified(capsys)
    assert (code, said.count("1 line is missing between"), "5 lines checked" in said) == (1, 2, True)
