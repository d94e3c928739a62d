"""``manage.py void_pins --reason …``: see ``portal.registration.void_all``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit.trail import Actor
from portal import registration


class Command(BaseCommand):
    help = "End every live PIN. The families stay Pending Registration and need new sheets."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", required=True, help="Shown in each chart, such as: Key may be known")

    def handle(self, *args: Any, **options: Any) -> None:
        ended = registration.void_all(reason=options["reason"][:200], by=Actor.command("void_pins"))
        self.stdout.write(f"{ended} PINs ended.")
