"""``manage.py reseal_second_factors``: see ``accounts.factors.sealing.reseal``."""

from typing import Any

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError

from accounts.factors import sealing


class Command(BaseCommand):
    help = "Seal the secrets of all second factors under SECRET_KEY, so that SECRET_KEY_FALLBACKS can be removed."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sealed = sealing.reseal()
        except InvalidToken as error:
            raise CommandError(
                "Neither SECRET_KEY nor SECRET_KEY_FALLBACKS can read a second factor. Nothing was changed. "
                "An administrator can reset the unreadable second factors under Staff."
            ) from error
        self.stdout.write(f"{sealed} secrets are now sealed under SECRET_KEY.")
