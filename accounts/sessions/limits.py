"""How long a session lasts. The limits are held here, on the server; the page only shows them.

A session ends when nobody has used it for the idle limit, and in any case at the absolute limit; both
stand in the settings by kind of user. A use is a request that somebody made: a page that refreshes
itself is none, and neither is asking how long is left. When a session was last used is written down every
``SESSION_SEEN_EVERY`` seconds at most. So a session may end that much before its idle limit, and never
later: the last use lies up to that long after the moment that was written.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from audit.client import client_address
from audit.trail import Action, Actor, record

# In the session, in seconds since 1970 (UTC): when its user signed in, and when it was last used.
STARTED = "session_started"
SEEN = "session_seen"


class Ending(StrEnum):
    """Why a session ended, or will end."""

    IDLE = "idle"
    ABSOLUTE = "absolute"
    REVOKED = "revoked"  # its user was disabled, or has changed the password elsewhere


@dataclass(frozen=True)
class Clock:
    """How a session stands: seconds until it ends unless it is used, and which limit that will be."""

    left: float
    ending: Ending
    since: float  # when its user signed in, in seconds since 1970 (UTC)
    who: str  # tells one user from another, and says nothing about either


@dataclass(frozen=True)
class Ended:
    """A session that has just been ended: whose, and why."""

    user: User | None
    ending: Ending

    @property
    def in_words(self) -> str:
        """For whoever finds themselves signed out."""
        if self.user and self.ending is Ending.IDLE:
            minutes = settings.SESSION_LIMITS[self.user.kind][0] // 60
            words = ngettext(
                "You were signed out because nobody used this page for %(minutes)s minute.",
                "You were signed out because nobody used this page for %(minutes)s minutes.",
                minutes,
            )
            return words % {"minutes": minutes}
        if self.ending is Ending.ABSOLUTE:
            return _("Your time was up, so you were signed out.")
        return _("You have been signed out. Please sign in again.")


def clock_of(request: HttpRequest) -> Clock | None:
    """How the session of this request stands; None where nobody is signed in."""
    user, now = request.user, _now()
    if not isinstance(user, User):
        return None
    idle, absolute = settings.SESSION_LIMITS[user.kind]
    started = request.session.get(STARTED, now)
    until_idle = request.session.get(SEEN, now) + idle - now
    until_absolute = started + absolute - now
    return Clock(
        left=max(0.0, min(until_idle, until_absolute)),
        ending=Ending.IDLE if until_idle < until_absolute else Ending.ABSOLUTE,
        since=started,
        who=salted_hmac("accounts.sessions.limits.who", str(user.pk), algorithm="sha256").hexdigest()[:32],
    )


def for_page(request: HttpRequest) -> dict[str, Any]:
    """What a page needs to show the limits: the clock, and the figures of the settings in seconds."""
    clock = clock_of(request)
    if clock is None or not isinstance(request.user, User):
        return {}
    idle, absolute = settings.SESSION_LIMITS[request.user.kind]
    return {
        "clock": clock,
        "full": idle,
        "every": settings.SESSION_SEEN_EVERY,
        "warning": settings.SESSION_WARNING,
        "idle_minutes": idle // 60,
        "absolute_hours": absolute // 3600,
    }


def hold(request: HttpRequest) -> Ended | None:
    """End the session of this request where its time is over or its user disabled; else note that it is used.

    Returns what has ended, if something has: from then on the request is nobody's. Makes no query but those
    that read the session and its user, and writes only as often as the module says.
    """
    user_id, key = request.session.get(SESSION_KEY), request.session.session_key
    if user_id is None:
        return None
    clock = clock_of(request)  # Django throws the session away itself where the password has changed
    if clock is None:
        return _end(request, Ending.REVOKED, user_id, key)
    if clock.left <= 0:
        return _end(request, clock.ending, user_id, key)
    if _is_use(request):
        keep(request, at_once=False)
    return None


def keep(request: HttpRequest, *, at_once: bool = True) -> None:
    """The session of this request is in use. Unless ``at_once``, written only when the last note is old."""
    now = _now()
    if at_once or STARTED not in request.session or now - request.session.get(SEEN, 0) >= settings.SESSION_SEEN_EVERY:
        _note(request.session, {STARTED: request.session.get(STARTED, now), SEEN: now})


def _note(session: SessionBase, marks: dict[str, float]) -> None:
    """Write these marks and nothing else, at once.

    Django would write the whole session at the end of the request as it was at its beginning, and so undo
    what another request has put into it meanwhile, such as a PIN that was just proven (``portal.signup.proof``).
    """
    with transaction.atomic():
        row = Session.objects.select_for_update().filter(session_key=session.session_key).first()
        if row:
            row.session_data = session.encode(row.get_decoded() | marks)
            row.expire_date = session.get_expiry_date()  # Django's own end of it, which is never the first
            row.save(update_fields=["session_data", "expire_date"])
    is_modified = session.modified
    session.update(marks)
    session.modified = is_modified


def begin(session: SessionBase) -> None:
    """Somebody has just signed in: both limits count from here."""
    session[STARTED] = session[SEEN] = _now()
    session.set_expiry(None)  # a cookie that outlived its tab for whoever was registering ends with the browser now


def has_begun(session: SessionBase) -> bool:
    """Whether the limits count already: not so right after signing in, which makes a session anew."""
    return STARTED in session


def _is_use(request: HttpRequest) -> bool:
    refreshes_itself = "refresh" in request.GET and "HX-Request" in request.headers
    only_asks = request.path == reverse("accounts:session")  # to stay, the view itself says so
    return not refreshes_itself and not only_asks


def _end(request: HttpRequest, ending: Ending, user_id: str, key: str | None) -> Ended:
    """Of several requests that find the session over, the one that deletes it leaves the line in the trail."""
    user = User.objects.filter(pk=user_id).first()
    is_gone_already = request.session.session_key is None
    with transaction.atomic():
        deleted, _by_model = Session.objects.filter(session_key=key).delete()
        if deleted or is_gone_already:
            actor = Actor(user=user, address=client_address(request))
            record(actor=actor, action=Action.SESSION_ENDED, why=ending.value)
    logout(request)
    return Ended(user=user, ending=ending)


def _now() -> float:
    return timezone.now().timestamp()
