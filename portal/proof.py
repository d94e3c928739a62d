"""What a parent has proven so far, kept in the session as numbers of PIN rows: never a PIN (R7)."""

from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from portal.models import Pin
from portal.pin_rows import with_family

KEY = "proven_pins"
SINCE = "proven_since"
LASTS = timedelta(hours=1)


def remember(request: HttpRequest, pin: Pin) -> None:
    """This PIN and its child's birth date were right. PINs of another guardian are forgotten."""
    contact = pin.registration.family_contact.contact_id
    kept = [other.pk for other in proven(request) if other.registration.family_contact.contact_id == contact]
    request.session[KEY] = [*(number for number in kept if number != pin.pk), pin.pk]
    request.session[SINCE] = timezone.now().timestamp()
    if not request.user.is_authenticated:
        # Whoever knew this browser's session before, as on a tablet that is handed round, must not have proven it too.
        request.session.cycle_key()


def proven(request: HttpRequest) -> list[Pin]:
    """The PINs proven within the last hour, in the order of proof, whatever became of them since."""
    numbers = request.session.get(KEY, [])
    if not numbers or timezone.now().timestamp() - request.session[SINCE] > LASTS.total_seconds():
        return []
    return sorted(with_family(Pin.objects.filter(pk__in=numbers)), key=lambda pin: numbers.index(pin.pk))


def forget(request: HttpRequest, *, pins: list[Pin] | None = None) -> None:
    """Forget these PINs, or all."""
    gone = {pin.pk for pin in pins or []}
    kept = [number for number in request.session.pop(KEY, []) if pins is not None and number not in gone]
    if kept:
        request.session[KEY] = kept
