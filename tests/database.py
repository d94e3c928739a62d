"""The tests' database: a copy of a kept one, emptied after each test that commits."""

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from audit import append_only, chains

# Django fills these with the names of models, not with data.
KEPT_TABLES = {"django_content_type", "auth_permission"}


def empty() -> None:
    """Delete what a test has committed, including the audit trail, whose triggers refuse other deletes."""
    with transaction.atomic(), connection.cursor() as cursor:
        filled = _filled_tables()
        if connection.vendor == "postgresql":
            if filled:
                cursor.execute(f"TRUNCATE {', '.join(filled)} CASCADE")  # fires no trigger
        else:
            append_only.remove(connection)
            for table in filled:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608
            append_only.install(connection)
        chains.make()  # as the migration had made them
    connection.close()


def _filled_tables() -> list[str]:
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT_TABLES
    names = sorted(connection.ops.quote_name(table) for table in tables)
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"EXISTS(SELECT 1 FROM {name})" for name in names))  # noqa: S608
        return [name for name, is_filled in zip(names, cursor.fetchone(), strict=True) if is_filled]


def copy_kept(to: Path) -> None:
    """Begin with the migrated SQLite database of an earlier run, if the code has not changed since."""
    if (kept := _kept()).exists():
        shutil.copy(kept, to)


def keep() -> None:
    """Keep this SQLite database, migrated and not yet used, for later runs. Delete older ones."""
    kept = _kept()
    if kept.exists():
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    unfinished = kept.with_suffix(f".{os.getpid()}")  # another process may be making the same file
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as source,
        closing(sqlite3.connect(unfinished)) as to,
    ):
        source.backup(to)
    for other in kept.parent.glob("*.sqlite3"):
        other.unlink(missing_ok=True)
    unfinished.replace(kept)


def _kept() -> Path:
    """The kept database. Its file name is a hash of our code, settings and packages, so a change makes a new one."""
    ours = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).is_relative_to(settings.BASE_DIR)]
    code = sorted(path for folder in ours for path in folder.rglob("*.py"))
    root = Path(settings.BASE_DIR)
    digest = hashlib.sha256()
    for path in (*code, root / "pinportal" / "settings.py", root / "tests" / "settings.py", root / "requirements.lock"):
        digest.update(path.read_bytes())
    return Path(settings.VAR_DIR) / "test-database" / f"{digest.hexdigest()[:16]}.sqlite3"
