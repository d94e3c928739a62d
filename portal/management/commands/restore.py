"""``manage.py restore FILE``: see ``practice.backups``."""

import time
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection

from accounts.models import User
from audit.models import AuditEvent
from audit.trail import Action, Actor, record
from patients.models import Contact, Patient
from portal import registration
from portal.models import Pin
from portal.pins import sealing
from practice import backups, version

WHY_VOIDED = "A backup of {day} was restored"
STILL_OUT = """
The backup has {live} live PINs. PINs that were redeemed, revoked or replaced since then work again. A family that has
registered since then can register again with the same sheet. A sheet that was voided since then works again too.
To prevent that, end them all: manage.py void_pins --reason "{why}"
""".strip()


class Command(BaseCommand):
    help = "Replace everything in the database with a backup, and end every session. Stop the server first."
    # The database may still be empty.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="Even if there are people or patients, who are then lost."
        )
        parser.add_argument("--void-pins", action="store_true", help="End every PIN that is live in the backup.")

    def handle(self, *args: Any, **options: Any) -> None:
        started, by = time.monotonic(), Actor.command("restore")
        try:
            manifest = backups.read(options["file"])
            if not options["replace"] and _has_people():
                raise CommandError(
                    "The database has people already, and they would be lost. To do that anyway, use --replace."
                )
            backups.restore(path=options["file"], manifest=manifest)
        except (backups.BackupRefused, OSError, OperationalError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored as of {manifest.made_at}: {sum(manifest.rows.values())} rows in {len(manifest.rows)} tables,"
            f" {time.monotonic() - started:.1f} s. Everyone is signed out."
        )
        if older := version.missing_migrations():
            self.stdout.write(f"The backup is from an older version: {len(older)} migrations follow.")
            call_command("migrate", verbosity=0, skip_checks=True)
        record(actor=by, action=Action.BACKUP_RESTORED, file=options["file"].name, made_at=manifest.made_at)
        self._report_pins(manifest, by=by, void=options["void_pins"])

    def _report_pins(self, manifest: backups.Manifest, *, by: Actor, void: bool) -> None:
        why = WHY_VOIDED.format(day=manifest.made_at[:10])
        if void:
            self.stdout.write(f"{registration.void_all(reason=why, by=by)} PINs ended.")
        elif live := Pin.objects.filter(state=Pin.State.ACTIVE).count():
            self.stdout.write(STILL_OUT.format(live=live, why=why))
        if lost := sealing.count_unreadable():
            self.stdout.write(f"{lost} of them cannot be read with these PIN_KEYS. See docs/operations.md, Keys.")


def _has_people() -> bool:
    """Whether there is anything to lose. A database that was only migrated has none of these."""
    tables = connection.introspection.table_names()
    return bool(version.earlier_version_of_database()) or any(
        model._meta.db_table in tables and model._default_manager.exists()
        for model in (User, AuditEvent, Patient, Contact)
    )
