"""Write values to rows: shorten what is too long, save what differs, one savepoint per row."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, OperationalError, models, transaction

from patients.roster.records import Origin
from patients.roster.report import Kind, Report
from patients.roster.values import Warn
from practice.emails import MailboxValidator, canonical

# These are useless if shortened.
_WHOLE_OR_NONE = ("phone", "home_phone", "cell_phone", "email", "postal_code", "language")


def fitting(model: type[models.Model], values: Mapping[str, Any], *, warn: Warn) -> dict[str, Any]:
    """The values that are not empty, shortened to fit their columns. Warns about everything that is lost."""
    fitted: dict[str, Any] = {}
    for name, value in values.items():
        if value in ("", None):
            continue
        if name == "email":
            value = canonical(value)  # noqa: PLW2901
        max_length = getattr(model._meta.get_field(name), "max_length", None)
        if isinstance(value, str) and max_length and len(value) > max_length:
            if name in _WHOLE_OR_NONE:
                warn(f"{_words(name)} is too long; left out")
                continue
            warn(f"{_words(name)} is too long; cut to {max_length} characters")
            fitted[name] = value[:max_length].strip()
        elif name == "email" and not _is_email(value):
            warn("the e-mail address is not valid; left out")
        else:
            fitted[name] = value
    return fitted


def _words(name: str) -> str:
    return f"the {name.replace('_', ' ')}"


def _is_email(value: str) -> bool:
    try:
        MailboxValidator()(value)
    except ValidationError:
        return False
    return True


def assign(row: models.Model, values: Mapping[str, Any]) -> list[str]:
    """Set the values that differ and return their names."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


@contextmanager
def savepoint(*, kind: Kind, origin: Origin, report: Report) -> Iterator[None]:
    """Save one row completely or not at all. A row that the database refuses is reported, and the import goes on."""
    try:
        with transaction.atomic():
            yield
    except OperationalError:
        raise  # the database is down, full or busy, so the next row would fail too
    except DatabaseError as error:
        # The message of the error contains values of the row, so only its name is reported.
        report.skip(kind=kind, origin=origin, reason=f"the database refused it ({type(error).__name__})")


def in_batches(keys: list[int], *, size: int = 500) -> Iterator[list[int]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
