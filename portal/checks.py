"""What ``manage.py check --database default`` checks in addition to Django's own checks."""

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import connection

from portal.models import Pin
from portal.pins import sealing


@checks.register(checks.Tags.database)
def pins_can_be_read(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn about live PINs whose key is not in ``PIN_KEYS``."""
    if not databases or Pin._meta.db_table not in connection.introspection.table_names():  # not migrated yet
        return []
    if not (lost := sealing.count_unreadable()):
        return []
    message = f"{lost} live PINs cannot be read with any of PIN_KEYS, so they do not work."
    hint = "Put the lost key back as the last of PIN_KEYS, or issue new PINs; see docs/operations.md."
    return [checks.Warning(message, hint=hint, id="portal.W001")]
