"""What a parent has proven and answered so far, kept in the session for an hour: never a PIN or a password (R7).

PINs are kept as numbers of their rows. With them stand the answers of the steps that follow: whether the
guardian's name was confirmed, the e-mail, the version of the terms, the number reserved for a passkey's user.
"""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from portal.models import Pin
from portal.pins.rows import is_of_same_guardian, with_family

KEY = "proven_pins"
SINCE = "proven_since"
ANSWERS = "registration_answers"
LASTS = timedelta(hours=1)


def remember(request: HttpRequest, pin: Pin) -> None:
    """This PIN and its child's birth date were right. PINs of another guardian are forgotten, with the answers."""
    before = proven(request)
    kept = [other.pk for other in before if is_of_same_guardian(other, pin)]
    if len(kept) < len(before) or not kept:
        request.session.pop(ANSWERS, None)
    request.session[KEY] = [*(number for number in kept if number != pin.pk), pin.pk]
    request.session[SINCE] = timezone.now().timestamp()
    if not request.user.is_authenticated:
        # Whoever knew this browser's session before, as on a tablet that is handed round, must not have proven it too.
        request.session.cycle_key()
        # Phones end a tab in the background and with it the cookies that last as long as the browser: who looks for
        # a password elsewhere would begin anew. So for this hour the cookie stays; signing in takes that back.
        request.session.set_expiry(int(LASTS.total_seconds()))


def proven(request: HttpRequest) -> list[Pin]:
    """The PINs proven within the last hour, in the order of proof, whatever became of them since."""
    numbers = request.session.get(KEY, [])
    if not numbers or timezone.now().timestamp() - request.session[SINCE] > LASTS.total_seconds():
        return []
    return sorted(with_family(Pin.objects.filter(pk__in=numbers)), key=lambda pin: numbers.index(pin.pk))


def forget(request: HttpRequest, *, pins: list[Pin] | None = None) -> None:
    """Forget these PINs, or all; with the last one the answers too."""
    gone = {pin.pk for pin in pins or []}
    kept = [number for number in request.session.pop(KEY, []) if pins is not None and number not in gone]
    if kept:
        request.session[KEY] = kept
        return
    request.session.pop(ANSWERS, None)
    request.session.set_expiry(None)


def answer(request: HttpRequest, **answers: Any) -> None:
    """Note answers of the steps after the proof."""
    request.session[ANSWERS] = request.session.get(ANSWERS, {}) | answers


def answered(request: HttpRequest, name: str) -> Any:
    """What was answered, or None."""
    return request.session.get(ANSWERS, {}).get(name)
