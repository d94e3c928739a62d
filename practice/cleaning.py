"""For migrations: clean what an earlier version stored, and add the checks of columns."""

from collections.abc import Iterator
from typing import Any

from django.apps.registry import Apps
from django.core.exceptions import ValidationError
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Model

from practice.emails import EmailField, MailboxValidator, canonical
from practice.one_line import OneLineField, on_one_line


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


def add_checks(apps: Apps, editor: BaseDatabaseSchemaEditor, app: str) -> None:
    """Add the checks of all columns of this app to PostgreSQL, where Django leaves them out when it alters a column.

    SQLite has them already: there Django makes the whole table again.
    """
    for table, name, check in _checks(apps, editor, app):
        editor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" CHECK ({check})')


def drop_checks(apps: Apps, editor: BaseDatabaseSchemaEditor, app: str) -> None:
    """Undo ``add_checks``."""
    for table, name, _check in _checks(apps, editor, app):
        editor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}"')


def _checks(apps: Apps, editor: BaseDatabaseSchemaEditor, app: str) -> Iterator[tuple[str, str, str]]:
    if editor.connection.vendor != "postgresql":
        return
    for model in apps.get_app_config(app).get_models():
        for field in model._meta.local_fields:
            if isinstance(field, OneLineField | EmailField):
                table = model._meta.db_table
                yield table, f"{table}_{field.column}_check", field.db_check(editor.connection)


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
