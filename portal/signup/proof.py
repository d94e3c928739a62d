"""What a parent has proven and answered so far, kept in the session for an hour: never a PIN or a password (R7).

PINs are kept as the ids of their rows, with the answers of the steps that follow: whether the guardian's name was
confirmed, the e-mail, the version of the terms, and the number reserved for a passkey's user. After the last click,
the session keeps only that it is done: the answer may be lost, or the browser may go back.
"""

import logging
from datetime import date, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from portal.models import Pin
from portal.pins.storage import is_of_same_guardian, with_family

logger = logging.getLogger(__name__)
KEY = "proven_pins"
BIRTHS = "proven_births"  # by PIN, a digest of the birth date that was right: the chart may change within the hour
SINCE = "proven_since"
ANSWERS = "registration_answers"
DONE = "registration_done"
LASTS = timedelta(hours=1)
WARNING = 2 * 60  # seconds before the end; WCAG 2.2.1 asks for at least 20 to answer


def remember(request: HttpRequest, pin: Pin) -> None:
    """Remember that this PIN and its child's birth date were right. Forget another guardian's PINs and answers."""
    before = proven(request)
    kept = [other.pk for other in before if is_of_same_guardian(other, pin)]
    if len(kept) < len(before) or not kept:
        request.session.pop(ANSWERS, None)
    request.session.pop(DONE, None)
    request.session[KEY] = [*(pin_id for pin_id in kept if pin_id != pin.pk), pin.pk]
    request.session[BIRTHS] = {**request.session.get(BIRTHS, {}), str(pin.pk): digest(pin)}
    request.session[SINCE] = timezone.now().timestamp()
    if not request.user.is_authenticated:
        # On a shared tablet, somebody may know the session from before; that session must not have the proof.
        request.session.cycle_key()
        # Phones end background tabs, and with them session cookies. Without this, a parent who looks for a password
        # elsewhere would have to start again. So the cookie lasts for this hour, and one more to say what became of the
        # PINs; signing in undoes that.
        request.session.set_expiry(int(2 * LASTS.total_seconds()))


def proven(request: HttpRequest) -> list[Pin]:
    """The PINs proven within the last hour, in the order of proof, even if they have ended since."""
    return remembered(request) if seconds_left(request) else []


def remembered(request: HttpRequest) -> list[Pin]:
    """The PINs that this session has proven, even if the hour is over.

    Without those whose child has another birth date by now: nobody has proven that one.
    """
    pin_ids, births = request.session.get(KEY, []), request.session.get(BIRTHS, {})
    found = [pin for pin in with_family(Pin.objects.filter(pk__in=pin_ids)) if births.get(str(pin.pk)) == digest(pin)]
    return sorted(found, key=lambda pin: pin_ids.index(pin.pk))


def births(proven: list[Pin]) -> dict[int, date | None]:
    """The proven birth dates by PIN, for ``registration.redeem`` to check again."""
    return {pin.pk: pin.registration.family_contact.patient.birth_date for pin in proven}


def digest(pin: Pin) -> str:
    """The digest of the child's birth date, as it is in the chart now."""
    return salted_hmac("proven birth date", f"{pin.pk} {births([pin])[pin.pk]}").hexdigest()


def forget(request: HttpRequest, *, pins: list[Pin] | None = None) -> None:
    """Forget these PINs, or all of them. When none is left, forget the answers too."""
    gone = {pin.pk for pin in pins or []}
    kept = [pin_id for pin_id in request.session.pop(KEY, []) if pins is not None and pin_id not in gone]
    if kept:
        request.session[KEY] = kept
        return
    request.session.pop(ANSWERS, None)
    request.session.set_expiry(None)


def finish(request: HttpRequest) -> None:
    """Forget the proof after the last click, but not that it was made and worked."""
    forget(request)
    request.session[DONE] = True


def is_done(request: HttpRequest) -> bool:
    """Whether what this session proved last was registered by the last click."""
    return DONE in request.session


def tell_earlier_session(request: HttpRequest, key: str | None) -> None:
    """Keep for an hour, under the session's key before signing in, that it is done.

    If the answer to the last click is lost, the browser comes back with that key. Only the browser that made the proof
    knows it. Nothing else is kept, and nobody is signed in by it.
    """
    if not key or key == request.session.session_key:
        return
    row = {"session_data": request.session.encode({DONE: True}), "expire_date": timezone.now() + LASTS}
    try:
        Session.objects.update_or_create(session_key=key, defaults=row)
    except DatabaseError:  # the children are registered, and this must not change the answer
        logger.exception("The earlier session was not told that it is done")


def seconds_left(request: HttpRequest) -> float:
    """Seconds until the proof is forgotten; 0 if nothing is proven. The page warns before the end (WCAG 2.2.1)."""
    if not request.session.get(KEY):
        return 0.0
    since: float = request.session[SINCE]
    return max(0.0, since + LASTS.total_seconds() - timezone.now().timestamp())


def restart_clock(request: HttpRequest) -> float:
    """Start the hour again and return the seconds left; 0 if it is over already.

    Call this only when someone presses a button, so that a phone that is put down forgets within the hour.
    """
    if seconds_left(request):
        request.session[SINCE] = timezone.now().timestamp()
    return seconds_left(request)


def answer(request: HttpRequest, **answers: Any) -> None:
    """Remember answers of the steps after the proof."""
    request.session[ANSWERS] = request.session.get(ANSWERS, {}) | answers


def answered(request: HttpRequest, name: str) -> Any:
    """The answer of that name, or None."""
    return request.session.get(ANSWERS, {}).get(name)
