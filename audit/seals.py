"""Seals of the audit trail: what a changed or missing line is recognised by (R20).

Every line carries a keyed digest (MAC) over all its columns, its lane and its number in the lane
among them. A lane's head says how many lines there are and carries a digest over all their MACs, and is
sealed itself. Without a key of ``settings.AUDIT_KEYS`` nobody can write a line or a head that fits.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple, Protocol

from django.conf import settings

from audit.derivation import derived

NOTHING = ""  # the digest over no lines


@dataclass(frozen=True)
class AuditKey:
    """One of ``AUDIT_KEYS`` with the two keys derived from it, and a short name for it."""

    key_id: str
    line: bytes
    head: bytes


@cache
def _key(master: str) -> AuditKey:
    raw = urlsafe_b64decode(master)
    return AuditKey(
        key_id=derived(raw, b"pinportal audit key id").hex()[:8],
        line=derived(raw, b"pinportal audit line"),
        head=derived(raw, b"pinportal audit head"),
    )


def keys() -> list[AuditKey]:
    """The keys there are, newest first. The newest seals, all of them check."""
    return [_key(master) for master in settings.AUDIT_KEYS]


def key_named(key_id: str) -> AuditKey | None:
    """The key of that name; None where it is not among ``AUDIT_KEYS``."""
    return next((key for key in keys() if key.key_id == key_id), None)


class Line(NamedTuple):
    """One line of the trail as it is sealed: every column of its table, the MAC last."""

    id: int
    lane_id: int
    number: int
    at: datetime
    action: str
    user_id: int | None
    patient_id: int | None
    address: str
    detail: dict[str, Any]
    key_id: str
    mac: str = ""

    def __str__(self) -> str:
        return f"line {self.id} ({self.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, {self.action})"


class Head(Protocol):
    """What a lane says about its lines: ``practice.models.AuditLane``, also as a migration knows it."""

    id: int
    count: int
    digest: str
    pruned_count: int
    pruned_digest: str
    key_id: str
    seal: str


def line_mac(key: AuditKey, line: Line) -> str:
    """The MAC of the line, 64 hexadecimal digits. Moments count in UTC to the microsecond."""
    columns = line._replace(at=line.at.astimezone(UTC).isoformat(timespec="microseconds"))[:-1]  # type: ignore[arg-type]
    return _mac(key.line, columns)


def head_seal(key: AuditKey, head: Head) -> str:
    """The MAC of the head."""
    return _mac(key.head, [head.id, head.count, head.digest, head.pruned_count, head.pruned_digest, head.key_id])


def is_intact(head: Head) -> bool:
    """Whether the head is as it was written. Also False where its key is not among ``AUDIT_KEYS``."""
    key = key_named(head.key_id)
    return key is not None and same(head_seal(key, head), head.seal)


def seal(head: Head) -> None:
    """Seal the head under the newest key."""
    key = keys()[0]
    head.key_id = key.key_id
    head.seal = head_seal(key, head)


def next_digest(digest: str, mac: str) -> str:
    """The digest over the lines so far and one more."""
    return hashlib.sha256(f"{digest}{mac}".encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two MACs are the same, in a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())


def _mac(key: bytes, values: Iterable[Any]) -> str:
    canonical = json.dumps(list(values), sort_keys=True, separators=(",", ":"))
    return hmac.digest(key, canonical.encode(), "sha256").hex()
