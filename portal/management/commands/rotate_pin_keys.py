"""``manage.py rotate_pin_keys``: see ``portal.pins.sealing.rotate_keys``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.pins import sealing


class Command(BaseCommand):
    help = "Move every live PIN to the newest of PIN_KEYS, so that older keys can be removed."

    def handle(self, *args: Any, **options: Any) -> None:
        moved, unreadable = sealing.rotate_keys()
        self.stdout.write(f"{moved} live PINs moved to the newest key.")
        if unreadable:
            raise CommandError(f"{unreadable} live PINs cannot be read with any of PIN_KEYS. Issue new ones.")
