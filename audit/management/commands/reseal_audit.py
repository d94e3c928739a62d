"""``manage.py reseal_audit KEY``: continue after a key of the audit trail was lost permanently."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit import seals
from audit.models import AuditChain
from audit.trail import Action, Actor, record


class Command(BaseCommand):
    help = (
        "Give the heads that were sealed with a lost key a seal with the newest of AUDIT_KEYS, so that the product "
        "works again. The lines of the lost key stay, but can never be checked again. The command is recorded."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help="The name of the lost key, as verify_audit shows it")

    def handle(self, *args: Any, **options: Any) -> None:
        lost = options["key"]
        if seals.KEYS.get(lost):
            raise CommandError(f"Key {lost} is not lost: it is in AUDIT_KEYS.")
        with transaction.atomic():
            chains = list(AuditChain.objects.select_for_update().filter(key_id=lost))
            if not chains:
                raise CommandError(f"No head is sealed with key {lost}.")
            for chain in chains:
                seals.seal(chain)
                chain.save(force_update=True)
            record(actor=Actor.command("reseal_audit"), action=Action.AUDIT_RESEALED, key=lost, heads=len(chains))
        self.stdout.write(f"{len(chains)} heads have a new seal.")
