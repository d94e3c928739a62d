"""Clean what an earlier version stored, in migrations before a column gets its check."""

from typing import Any

from django.apps.registry import Apps
from django.core.exceptions import ValidationError
from django.db.models import Model

from practice.emails import MailboxValidator, canonical
from practice.one_line import on_one_line


def clean_lines(apps: Apps, app: str, columns: dict[str, list[str]], *, keep_line_feeds: bool = False) -> None:
    """Put these columns on one line, or, with ``keep_line_feeds``, each of their lines."""
    for name, fields in columns.items():
        for row in _rows(apps, app, name, fields):
            _save(row, {field: _cleaned(getattr(row, field), keep_line_feeds=keep_line_feeds) for field in fields})


def clean_emails(apps: Apps, app: str, models: list[str]) -> None:
    """Bring the e-mails of these models into their canonical form. Remove what is no e-mail: nobody could use it."""
    for name in models:
        for row in _rows(apps, app, name, ["email"]):
            email = canonical(row.email)
            _save(row, {"email": email if is_email(email) else ""})


def is_email(email: str) -> bool:
    """Whether the database can keep it."""
    try:
        MailboxValidator()(email)
    except ValidationError:
        return False
    return True


def _cleaned(text: str, *, keep_line_feeds: bool) -> str:
    return "\n".join(map(on_one_line, text.splitlines())) if keep_line_feeds else on_one_line(text)


def _rows(apps: Apps, app: str, model: str, fields: list[str]) -> Any:
    return apps.get_model(app, model)._default_manager.only("pk", *fields).order_by("pk")


def _save(row: Model, values: dict[str, Any]) -> None:
    changed = {field: value for field, value in values.items() if getattr(row, field) != value}
    if changed:
        type(row)._default_manager.filter(pk=row.pk).update(**changed)
