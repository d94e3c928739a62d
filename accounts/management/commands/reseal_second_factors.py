"""``manage.py reseal_second_factors``: see ``accounts.factors.second_factor.reseal``."""

from typing import Any

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError

from accounts.factors import second_factor


class Command(BaseCommand):
    help = "Seal the secrets of all second factors under SECRET_KEY, so that SECRET_KEY_FALLBACKS can be removed."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sealed = second_factor.reseal()
        except InvalidToken as error:
            raise CommandError(
                "A second factor can be read neither by SECRET_KEY nor by SECRET_KEY_FALLBACKS. Nothing was changed; "
                "an administrator resets what cannot be read under Staff."
            ) from error
        self.stdout.write(f"{sealed} secrets are sealed under SECRET_KEY now.")
