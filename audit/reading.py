"""Reading the audit trail in pieces of a bounded size, however long it is."""

import json
from collections.abc import Iterator

from django.db.models import QuerySet

from audit.lanes import as_sealed
from audit.models import AuditEvent, AuditLane

CHUNK = 2000  # lines held in memory


def in_chunks(found: QuerySet[AuditEvent]) -> Iterator[list[AuditEvent]]:
    """These lines, newest first. No query stays open meanwhile, so nobody waits for a slow reader."""
    rest = found.order_by("-pk")
    while chunk := list(rest[:CHUNK]):
        yield chunk
        rest = found.order_by("-pk").filter(pk__lt=chunk[-1].pk)


def as_json_lines(found: QuerySet[AuditEvent]) -> Iterator[str]:
    """The heads of all lanes, then these lines, newest first: one JSON object each, with their seals."""
    for lane in AuditLane.objects.order_by("pk").values():
        yield json.dumps({"head": lane})
    for chunk in in_chunks(found):
        for event in chunk:
            line = as_sealed(event)
            yield json.dumps(line._asdict() | {"at": line.at.isoformat(timespec="microseconds")})
