"""Noticing that a record has changed since somebody opened it."""

import hashlib
from collections.abc import Sequence

from django.db.models import Model
from django.forms.models import model_to_dict

LENGTH = 16  # hexadecimal digits


class Stale(Exception):
    """A colleague has changed the record since the page was opened; nothing was saved."""


def fingerprint(*records: Model, fields: Sequence[str] | None = None) -> str:
    """The fingerprint of what people can edit in these records, or of these fields alone.

    A form carries it as ``seen``. Where it differs when the form comes back, the records have changed meanwhile.
    """
    # As text: a choice that was just set and the same choice read back are different objects.
    values = repr(
        [sorted((name, str(value)) for name, value in model_to_dict(each, fields).items()) for each in records]
    )
    return fingerprint_of_bytes(values.encode())


def fingerprint_of_bytes(content: bytes) -> str:
    """The same, of a file."""
    return hashlib.sha256(content).hexdigest()[:LENGTH]
