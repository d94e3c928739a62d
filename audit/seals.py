"""Seals of the audit trail, which reveal changed and missing lines (R20).

Every line has a keyed digest (MAC) over all its columns, including its chain and its number in the chain. The head
of a chain has the number of its lines, a digest over all their MACs, and a MAC of its own. Without a key of
``settings.AUDIT_KEYS`` nobody can write a line or a head that passes.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from audit.keyring import Key, Keyring

KEYS = Keyring("AUDIT_KEYS", "pinportal audit")
EMPTY = ""  # the digest over no lines


class Line(NamedTuple):
    """The sealed columns of one line: every column of its table, the MAC last."""

    id: int
    chain_id: int
    number: int
    at: datetime
    action: str
    user_id: int | None
    patient_id: int | None
    address: str
    detail: dict[str, Any]
    key_id: str
    names: dict[str, Any] | None = None  # None: written before names were sealed
    mac: str = ""

    def __str__(self) -> str:
        return f"line {self.id} ({self.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, {self.action})"


class Head(Protocol):
    """The head of a chain: ``audit.models.AuditChain``, or the same model inside a migration."""

    id: int
    count: int
    digest: str
    pruned_count: int
    pruned_digest: str
    key_id: str
    seal: str


def line_mac(key: Key, line: Line) -> str:
    """The MAC of the line, 64 hexadecimal digits. Times are in UTC, to the microsecond."""
    columns = line._replace(at=line.at.astimezone(UTC).isoformat(timespec="microseconds"))[:-1]  # type: ignore[arg-type]
    return key.mac("line", _canonical(columns[:-1] if line.names is None else columns))


def head_seal(key: Key, head: Head) -> str:
    """The MAC of the head."""
    columns = [head.id, head.count, head.digest, head.pruned_count, head.pruned_digest, head.key_id]
    return key.mac("head", _canonical(columns))


def is_intact(head: Head) -> bool:
    """Whether the head is unchanged. False also if its key is not in ``AUDIT_KEYS``."""
    key = KEYS.get(head.key_id)
    return key is not None and macs_equal(head_seal(key, head), head.seal)


def seal(head: Head) -> None:
    """Seal the head with the newest key."""
    key = KEYS.newest
    head.key_id = key.key_id
    head.seal = head_seal(key, head)


def next_digest(digest: str, mac: str) -> str:
    """The digest after one more line."""
    return hashlib.sha256(f"{digest}{mac}".encode()).hexdigest()


def macs_equal(one: str, other: str) -> bool:
    """Compare two MACs in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def _canonical(values: Iterable[Any]) -> str:
    return json.dumps(list(values), sort_keys=True, separators=(",", ":"))
