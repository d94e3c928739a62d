"""The keys of the PINs that are out: moving them to the newest of ``PIN_KEYS`` (R7), and noticing lost ones."""

from django.db import transaction
from django.utils import timezone

from portal.models import Pin
from portal.pins import numbers as pins


def rotate() -> tuple[int, int]:
    """Seal and digest every live PIN anew under the newest key; how many were moved, how many could not be read.

    Afterwards no live PIN needs the older keys and they can be taken out of ``PIN_KEYS``. What is lost
    with them is only that a spent PIN is recognised as such: it is then answered like an unknown one.
    """
    newest, moved, unreadable = pins.KEYS.newest, 0, 0
    numbers = Pin.objects.filter(state=Pin.State.ACTIVE).exclude(key_id=newest.key_id).values_list("pk", flat=True)
    for pk in list(numbers):
        with transaction.atomic():
            pin = Pin.objects.select_for_update().get(pk=pk)
            if pin.state != Pin.State.ACTIVE:
                continue  # spent while we were on the way
            try:
                number = pins.unseal(pin.sealed)
            except pins.UnreadablePin:
                unreadable += 1
                continue
            pin.digest, pin.sealed, pin.key_id = pins.digest(number, newest), pins.seal(number, newest), newest.key_id
            pin.save(update_fields=["digest", "sealed", "key_id"])
            moved += 1
    return moved, unreadable


def unreadable() -> int:
    """How many live PINs none of ``PIN_KEYS`` can read. They are void, and nothing else is: issue new ones."""
    live = Pin.objects.filter(state=Pin.State.ACTIVE, expires_at__gt=timezone.now())
    return live.exclude(key_id__in=[key.key_id for key in pins.KEYS]).count()
