"""Detect that a record has changed since a user opened it."""

import hashlib
from collections.abc import Sequence

from django.db.models import Model
from django.forms.models import model_to_dict

LENGTH = 16  # hexadecimal digits


class Stale(Exception):
    """Another user changed the record after the page was opened. Nothing was saved."""


def fingerprint(*records: Model, fields: Sequence[str] | None = None) -> str:
    """The fingerprint of the editable fields of these records, or of the named fields only.

    A form carries it as ``seen``. If it differs when the form is submitted, the records have changed meanwhile.
    """
    # As text: a choice that was just set and the same choice read from the database are different objects.
    values = repr(
        [sorted((name, str(value)) for name, value in model_to_dict(each, fields).items()) for each in records]
    )
    return fingerprint_of_bytes(values.encode())


def fingerprint_of_bytes(content: bytes) -> str:
    """The fingerprint of a file."""
    return hashlib.sha256(content).hexdigest()[:LENGTH]
