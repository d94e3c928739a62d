"""``manage.py reseal_audit KEY``: go on although a key of the audit trail is lost for good."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit import seals
from audit.models import AuditLane
from audit.trail import Action, Actor, record


class Command(BaseCommand):
    help = (
        "Seal the heads that a lost key has sealed under the newest of AUDIT_KEYS, so that the product runs again. "
        "Lines under the lost key stay, and can never be checked again. Recorded."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help="The name of the lost key, as verify_audit gives it")

    def handle(self, *args: Any, **options: Any) -> None:
        lost = options["key"]
        if seals.KEYS.get(lost):
            raise CommandError(f"Key {lost} is not lost: it is among AUDIT_KEYS.")
        with transaction.atomic():
            lanes = list(AuditLane.objects.select_for_update().filter(key_id=lost))
            if not lanes:
                raise CommandError(f"No head is sealed with a key {lost}.")
            for lane in lanes:
                seals.seal(lane)
                lane.save(force_update=True)
            record(actor=Actor.command("reseal_audit"), action=Action.AUDIT_RESEALED, key=lost, heads=len(lanes))
        self.stdout.write(f"{len(lanes)} heads are sealed anew.")
