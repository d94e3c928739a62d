"""PINs as secrets: how they are looked up and stored, and how their keys are replaced (R7).

A PIN is never stored in clear. Its row has a keyed digest to find it by and, while it is live, an encrypted copy.
Both use keys derived from one of ``PIN_KEYS``.
"""

from cryptography.fernet import InvalidToken, MultiFernet
from django.db import transaction
from django.utils import timezone

from audit.keyring import Key, Keyring
from portal.models import Pin

KEYS = Keyring("PIN_KEYS", "pinportal")


class UnreadablePin(Exception):
    """The sealed copy was made with a key that is no longer in ``PIN_KEYS``."""


def has_key(key_id: str) -> bool:
    """Whether ``PIN_KEYS`` has the key of that name. Without the key, the PINs that it sealed cannot be read."""
    return KEYS.get(key_id) is not None


def digest(number: str, key: Key) -> str:
    """The keyed digest by which the PIN is found."""
    return key.mac("digest", number)


def digests(number: str) -> list[str]:
    """The PIN's digests with each of ``PIN_KEYS``."""
    return [digest(number, key) for key in KEYS]


def seal(number: str, key: Key) -> str:
    """The encrypted copy, for showing and printing the PIN again."""
    return key.cipher("seal").encrypt(number.encode()).decode()


def unseal(sealed: str) -> str:
    """The PIN from its encrypted copy. Raises UnreadablePin when its key is gone."""
    try:
        return MultiFernet([key.cipher("seal") for key in KEYS]).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise UnreadablePin from error


def rotate_keys() -> tuple[int, int]:
    """Move every live PIN to the newest key. Return how many were moved and how many could not be read.

    Afterwards no live PIN needs the older keys, so they can be removed from ``PIN_KEYS``. The only loss: a spent PIN
    is then answered like an unknown one.
    """
    newest, moved, unreadable = KEYS.newest, 0, 0
    older = Pin.objects.filter(state=Pin.State.ACTIVE).exclude(key_id=newest.key_id)
    for pin_id in list(older.values_list("pk", flat=True)):
        with transaction.atomic():
            pin = Pin.objects.select_for_update().get(pk=pin_id)
            if pin.state != Pin.State.ACTIVE:
                continue  # spent since the list was read
            try:
                number = unseal(pin.sealed)
            except UnreadablePin:
                unreadable += 1
                continue
            pin.digest, pin.sealed, pin.key_id = digest(number, newest), seal(number, newest), newest.key_id
            pin.save(update_fields=["digest", "sealed", "key_id"])
            moved += 1
    return moved, unreadable


def count_unreadable() -> int:
    """How many live PINs none of ``PIN_KEYS`` can read. Only these PINs are void: issue new ones."""
    live = Pin.objects.filter(state=Pin.State.ACTIVE, expires_at__gt=timezone.now())
    return live.exclude(key_id__in=[key.key_id for key in KEYS]).count()
