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
from portal.pins import keys
from practice import backups, version

WHY_VOIDED = "A backup of {day} was restored"
STILL_OUT = """
{live} PINs are out in it. Those redeemed, revoked or replaced since then work again: a family that has registered
since can do so again with the same sheet, but a sheet that was voided since is good again as well.
If that must not be, end them all: manage.py void_pins --reason "{why}"
""".strip()


class Command(BaseCommand):
    help = "Put a backup in place of everything in the database, and end every session. Stop the server before."
    # The database may be empty still.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="Although there are people or patients: they go.")
        parser.add_argument("--void-pins", action="store_true", help="End every PIN that is out in the backup.")

    def handle(self, *args: Any, **options: Any) -> None:
        started, by = time.monotonic(), Actor.command("restore")
        try:
            manifest = backups.read(options["file"])
            if not options["replace"] and _holds_people():
                raise CommandError("The database holds people already, and they would go. If you mean it: --replace")
            backups.restore(path=options["file"], manifest=manifest)
        except (backups.BackupRefused, OSError, OperationalError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored as of {manifest.made_at}: {sum(manifest.rows.values())} rows in {len(manifest.rows)} tables,"
            f" {time.monotonic() - started:.1f} s. Everybody is signed out."
        )
        if older := version.missing_migrations():
            self.stdout.write(f"The backup is of an older version: {len(older)} migrations follow.")
            call_command("migrate", verbosity=0, skip_checks=True)
        record(actor=by, action=Action.BACKUP_RESTORED, file=options["file"].name, made_at=manifest.made_at)
        self._tell_of_pins(manifest, by=by, void=options["void_pins"])

    def _tell_of_pins(self, manifest: backups.Manifest, *, by: Actor, void: bool) -> None:
        why = WHY_VOIDED.format(day=manifest.made_at[:10])
        if void:
            self.stdout.write(f"{registration.void_all(reason=why, by=by)} PINs ended.")
        elif live := Pin.objects.filter(state=Pin.State.ACTIVE).count():
            self.stdout.write(STILL_OUT.format(live=live, why=why))
        if lost := keys.unreadable():
            self.stdout.write(f"{lost} of them cannot be read with these PIN_KEYS. See docs/operations.md, Keys.")


def _holds_people() -> bool:
    """Whether there is anything to lose: a database that was only migrated has none of these."""
    tables = connection.introspection.table_names()
    return bool(version.earlier_version_of_database()) or any(
        model._meta.db_table in tables and model._default_manager.exists()
        for model in (User, AuditEvent, Patient, Contact)
    )
