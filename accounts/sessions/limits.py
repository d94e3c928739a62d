"""How long a session lasts. The server enforces the limits; the page only shows them.

A session ends when it is unused for the idle limit, or at the absolute limit, whichever comes first. The settings
have both for each kind of user. A request of a user counts as use. A page that refreshes itself does not, and neither
does asking how much time is left. The time of the last use is saved at most every ``SESSION_SEEN_EVERY`` seconds, so
a session can end that much before its idle limit, but never after it.
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
    REVOKED = "revoked"  # the user was disabled, or changed the password elsewhere


@dataclass(frozen=True)
class Clock:
    """Seconds until a session ends if it is not used, and the limit that will end it."""

    left: float
    ending: Ending
    since: float  # when the user signed in, in seconds since 1970 (UTC)
    who: str  # different for each user, and says nothing else about them


@dataclass(frozen=True)
class Ended:
    """A session that this request ended: whose, and why."""

    user: User | None
    ending: Ending

    @property
    def in_words(self) -> str:
        """The reason, for the user who was signed out."""
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
    """The clock of this request's session. None if nobody is signed in."""
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
        who=salted_hmac("pinportal session owner", str(user.pk), algorithm="sha256").hexdigest()[:32],
    )


def for_page(request: HttpRequest) -> dict[str, Any]:
    """What a page needs to show the limits: the clock, and the settings in seconds."""
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


def enforce(request: HttpRequest) -> Ended | None:
    """End the session of this request if its time is over or its user disabled. Otherwise save that it is used.

    Return what ended; the request is then anonymous. Only the queries that read the session and its user are made,
    and a write at most every ``SESSION_SEEN_EVERY`` seconds.
    """
    user_id, key = request.session.get(SESSION_KEY), request.session.session_key
    if user_id is None:
        return None
    clock = clock_of(request)  # None if Django has dropped the session, because the password changed
    if clock is None:
        return _end(request, Ending.REVOKED, user_id, key)
    if clock.left <= 0:
        return _end(request, clock.ending, user_id, key)
    if _is_use(request):
        extend(request, at_once=False)
    return None


def extend(request: HttpRequest, *, at_once: bool = True) -> None:
    """Save that this request's session is in use. Unless ``at_once``, only if the saved time is old."""
    now = _now()
    if at_once or STARTED not in request.session or now - request.session.get(SEEN, 0) >= settings.SESSION_SEEN_EVERY:
        _save(request.session, {STARTED: request.session.get(STARTED, now), SEEN: now})


def _save(session: SessionBase, marks: dict[str, float]) -> None:
    """Save these values and nothing else, now.

    Django would save the whole session at the end of the request, as it was at the beginning. That would undo what
    another request saved in between, for example a PIN that was just proven (``portal.signup.proof``).
    """
    with transaction.atomic():
        row = Session.objects.select_for_update().filter(session_key=session.session_key).first()
        if row:
            row.session_data = session.encode(row.get_decoded() | marks)
            row.expire_date = session.get_expiry_date()  # Django's own limit, which is never the first to pass
            row.save(update_fields=["session_data", "expire_date"])
    is_modified = session.modified
    session.update(marks)
    session.modified = is_modified


def start(session: SessionBase) -> None:
    """Start both limits, when somebody has just signed in."""
    session[STARTED] = session[SEEN] = _now()
    session.set_expiry(None)  # registering sets a longer cookie; from now on it ends with the browser


def has_started(session: SessionBase) -> bool:
    """Whether the limits have started. They have not right after signing in, which makes a new session."""
    return STARTED in session


def _is_use(request: HttpRequest) -> bool:
    refreshes_itself = "refresh" in request.GET and "HX-Request" in request.headers
    only_asks = request.path == reverse(
        "accounts:session"
    )  # staying signed in is a POST, and its view extends the session
    return not refreshes_itself and not only_asks


def _end(request: HttpRequest, ending: Ending, user_id: str, key: str | None) -> Ended:
    """End the session. If several requests find it over at once, only the one that deletes it records it."""
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
