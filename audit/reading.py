"""Read the audit trail in chunks, so that memory does not grow with its length."""

import json
from collections.abc import Iterator

from django.db.models import QuerySet

from audit.chains import as_sealed
from audit.models import AuditChain, AuditEvent

CHUNK = 2000  # lines held in memory


def in_chunks(found: QuerySet[AuditEvent]) -> Iterator[list[AuditEvent]]:
    """Yield these lines, newest first. No query stays open between chunks, so a slow reader blocks nobody."""
    rest = found.order_by("-pk")
    while chunk := list(rest[:CHUNK]):
        yield chunk
        rest = found.order_by("-pk").filter(pk__lt=chunk[-1].pk)


def as_json_lines(found: QuerySet[AuditEvent]) -> Iterator[str]:
    """Yield the heads of all chains, then these lines, newest first: one JSON object each, with its seal."""
    for chain in AuditChain.objects.order_by("pk").values():
        yield json.dumps({"head": chain})
    for chunk in in_chunks(found):
        for event in chunk:
            line = as_sealed(event)
            yield json.dumps(line._asdict() | {"at": line.at.isoformat(timespec="microseconds")})
