"""Check that secrets are strong enough, and make new ones."""

import base64
import binascii
import secrets
from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured

SECRET_KEY_MIN_LENGTH = 50  # characters, as in Django's deployment check
SECRET_KEY_MIN_DISTINCT = 10  # distinct characters, against "aaaa…"
KEY_BYTES = 32
HOW = "Make one with: python -m pinportal.secrets"


def new_secret_key() -> str:
    """A new SECRET_KEY: 64 characters from the system's random source."""
    return secrets.token_urlsafe(48)


def new_key() -> str:
    """A new key for PIN_KEYS or AUDIT_KEYS: 32 random bytes, URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def checked_secret_key(value: str) -> str:
    """Return the key, or raise ImproperlyConfigured if it is missing or weak."""
    if not value:
        raise ImproperlyConfigured(f"SECRET_KEY is missing. {HOW}")
    if (
        len(value) < SECRET_KEY_MIN_LENGTH
        or len(set(value)) < SECRET_KEY_MIN_DISTINCT
        or value.startswith("django-insecure-")
    ):
        raise ImproperlyConfigured(f"SECRET_KEY is weak: at least {SECRET_KEY_MIN_LENGTH} random characters. {HOW}")
    return value


def checked_keys(values: Sequence[str], *, name: str) -> list[str]:
    """Return the keys, newest first, or raise ImproperlyConfigured if one is missing or weak.

    ``name``: their environment variable.
    """
    if not values:
        raise ImproperlyConfigured(f"{name} is missing. {HOW}")
    for value in values:
        try:
            raw = base64.b64decode(value, altchars=b"-_", validate=True)
        except binascii.Error as error:
            raise ImproperlyConfigured(f"{name}: a key is not URL-safe base64. {HOW}") from error
        if len(raw) != KEY_BYTES or len(set(raw)) < SECRET_KEY_MIN_DISTINCT:
            raise ImproperlyConfigured(f"{name}: each key must be {KEY_BYTES} random bytes. {HOW}")
    return list(values)


if __name__ == "__main__":
    print(f"SECRET_KEY={new_secret_key()}")
    print(f"PIN_KEYS={new_key()}")
    print(f"AUDIT_KEYS={new_key()}")
