"""``manage.py export_audit``: the whole trail with its seals."""

import json
from datetime import datetime

import pytest
from django.core.management import call_command

from audit import seals
from audit.chains import CHAINS
from audit.models import AuditEvent
from tests.audit.tampering import write

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.postgres]


def test_export_can_be_checked_by_whoever_has_the_key(tmp_path, monkeypatch):
    monkeypatch.setattr("audit.reading.CHUNK", 2)
    write(5)
    file = tmp_path / "trail.jsonl"
    call_command("export_audit", str(file))
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    heads, lines = rows[:CHAINS], rows[CHAINS:]
    assert [set(row) for row in heads] == [{"head"}] * CHAINS
    assert len(lines) == 6  # its own is the newest
    assert lines[0]["action"] == "audit.exported"
    digest = seals.EMPTY
    for row in reversed(lines):
        line = seals.Line(**row | {"at": datetime.fromisoformat(row["at"])})
        assert seals.line_mac(seals.KEYS.get(line.key_id), line) == line.mac
        digest = seals.next_digest(digest, line.mac)
    assert digest in {row["head"]["digest"] for row in heads}


def test_export_to_standard_output(capsys):
    call_command("export_audit", "-")
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows[-1]["id"] == AuditEvent.objects.get().pk
