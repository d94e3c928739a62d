"""Lists of keys from the environment: the newest key writes, all keys read, so that keys can be replaced (R7, R20).

``PIN_KEYS`` and ``AUDIT_KEYS`` are read this way. Each purpose gets its own key, derived from the listed one.
Each row names the listed key that it was written with, by the key's short name.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_ID_LENGTH = 8  # hexadecimal digits


@cache
def derived(secret: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose (HKDF, RFC 5869). It reveals neither the secret nor other derived keys."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret)


@dataclass(frozen=True)
class Key:
    """One key of a keyring, known by a short name that can be stored and shown."""

    secret: bytes = field(repr=False)
    ring: str

    @property
    def key_id(self) -> str:
        return self.derived("key id").hex()[:KEY_ID_LENGTH]

    def derived(self, purpose: str) -> bytes:
        return derived(self.secret, f"{self.ring} {purpose}")

    def mac(self, purpose: str, text: str) -> str:
        """The keyed digest of the text, 64 hexadecimal digits."""
        return hmac.digest(self.derived(purpose), text.encode(), "sha256").hex()

    def cipher(self, purpose: str) -> Fernet:
        """The cipher for this purpose."""
        return Fernet(urlsafe_b64encode(self.derived(purpose)))


@dataclass(frozen=True)
class Keyring:
    """The keys of one setting, newest first.

    ``ring`` is the beginning of every purpose's name. Changing it changes every derived key, so that nothing stored
    before could be read or verified.
    """

    setting: str
    ring: str

    def __iter__(self) -> Iterator[Key]:
        return (Key(urlsafe_b64decode(each), self.ring) for each in getattr(settings, self.setting))

    @property
    def newest(self) -> Key:
        """The key that writes."""
        return next(iter(self))

    def get(self, key_id: str) -> Key | None:
        """The key of that name; None if it is not in the setting."""
        return next((key for key in self if key.key_id == key_id), None)
