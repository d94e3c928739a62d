"""The product's version, and which version made a database or a backup.

Version 0.2.0 replaced all migrations by one per app. So a database made by 0.1.0 cannot be migrated: some of its
recorded migrations have the same names but other content, and the others no longer exist.
"""

import tomllib
from collections.abc import Collection
from pathlib import Path

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
VERSION: str = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"]
FIRST = "0.1.0"


def earlier_version(migrations: Collection[str]) -> str:
    """The version that applied these migrations (``app.name``), if this one cannot continue them. Otherwise "".

    0.1.0 had no app ``accounts``. Since 0.2.0, the migrations of ``practice`` depend on those of ``accounts``.
    """
    return FIRST if "practice.0001_initial" in migrations and "accounts.0001_initial" not in migrations else ""


def earlier_version_of_database(database: BaseDatabaseWrapper = connection) -> str:
    """The earlier version that made this database, or "". Changes nothing."""
    return earlier_version(applied_migrations(database))


def applied_migrations(database: BaseDatabaseWrapper = connection) -> list[str]:
    """The applied migrations, as ``app.name``, sorted. Empty for an empty database."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(database).applied_migrations())


def missing_migrations() -> list[str]:
    """The migrations that this version has and the database does not, in the order in which they would run."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def cannot_use(version: str) -> str:
    """Why this version does not touch a database of that earlier version."""
    return (
        f"PIN Portal {version} made this database, and version {VERSION} cannot convert it. Nothing has changed. "
        f"Use an empty database, or install version {version}."
    )
