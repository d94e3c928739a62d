"""``manage.py migrate``: Django's command, after a check that this version can continue the database's migrations."""

import sqlite3
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections

from audit import private_files
from practice import version
from practice.demo import database as demo_database


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--replace-old-demo",
            action="store_true",
            help="For make demo: set a demo database of an earlier version aside and make a new one.",
        )

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Look at the database before Django's system checks, which read this version's tables."""
        connection = connections[options["database"]]
        if earlier := version.earlier_version_of_database(connection):
            if not (options["replace_old_demo"] and settings.IS_DEMO and connection.vendor == "sqlite"):
                hint = " For the demo, run: make demo" if settings.IS_DEMO else ""
                raise CommandError(version.cannot_use(earlier) + hint)
            try:
                kept = demo_database.set_aside(version=earlier)
            except (sqlite3.OperationalError, OSError) as error:
                raise CommandError(
                    "The demo's database is in use. Stop the server that uses it, then try again."
                ) from error
            self.stdout.write(
                f"The demo's database is from version {earlier}. A new one for version {version.VERSION} replaces it; "
                f"the old one is kept in {kept}."
            )
        if connection.vendor == "sqlite":
            private_files.protect_sqlite(connection.settings_dict["NAME"])
        return super().execute(*args, **options)
