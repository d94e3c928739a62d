"""``manage.py backup``: see ``practice.backups``."""

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from audit.trail import Actor
from practice import backups


class Command(BaseCommand):
    help = "Back up the database to one file while the server keeps running. Back up the keys separately."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.VAR_DIR / "backups", help="The directory for the file.")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            made = backups.make(directory=options["to"], by=Actor.command("backup"))
        except (backups.BackupRefused, OSError, OperationalError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        size, seconds = made.stat().st_size / 1024 / 1024, time.monotonic() - started
        self.stdout.write(
            f"{made}\n{size:.1f} MB in {seconds:.1f} s. SECRET_KEY, PIN_KEYS, and AUDIT_KEYS are not in it."
        )
