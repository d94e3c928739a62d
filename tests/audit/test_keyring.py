"""Keys and seals. The formats must never change, or a stored audit trail could not be verified."""

from datetime import UTC, datetime

import pytest

from audit import seals
from audit.keyring import Key, Keyring
from audit.models import AuditChain

OLD = "AAMGCQwPEhUYGx4hJCcqLTAzNjk8P0JFSEtOUVRXWl0="
NEW = "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8="
# Made in version 0.1.0 under OLD.
LINE_MAC = "067c5107e2a668babd481af72429a9aa0c6f154228992405fd13c0c5c2d95301"
HEAD_SEAL = "4d0628c0cf53fe31a78f8dd8c338f0ee72aaca3e314d27858777bca882963c34"


@pytest.fixture(autouse=True)
def rotated(settings):
    settings.AUDIT_KEYS = [NEW, OLD]


def test_a_trail_sealed_by_an_earlier_version_is_intact():
    key_id = "b9524013"
    moment = datetime(2026, 11, 29, 12, 0, 0, 5, UTC)
    line = seals.Line(7, 3, 2, moment, "pin.issued", 1, None, "192.0.2.1", {"b": 1, "a": "é"}, key_id)
    head = AuditChain(id=3, count=2, digest="ab", pruned_count=0, pruned_digest="", key_id=key_id, seal=HEAD_SEAL)
    assert seals.line_mac(seals.KEYS.get(key_id), line) == LINE_MAC
    assert seals.is_intact(head)


def test_the_newest_key_writes():
    head = AuditChain(id=3)
    seals.seal(head)
    assert head.key_id == seals.KEYS.newest.key_id
    assert [key.key_id for key in seals.KEYS] == [head.key_id, "b9524013"]


def test_each_ring_and_purpose_has_a_key_of_its_own():
    rings = [Keyring("AUDIT_KEYS", "one"), Keyring("AUDIT_KEYS", "two")]
    assert len({ring.newest.derived(purpose) for ring in rings for purpose in ("line", "head")}) == 4


def test_a_key_is_not_shown():
    assert "secret" not in repr(Key(b"secret", "ring"))
