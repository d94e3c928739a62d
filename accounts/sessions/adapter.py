"""allauth's list of a user's sessions: signing out the others is recorded."""

from collections.abc import Sequence

from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession

from accounts.allauth_internals import current_request
from audit.trail import Action, Actor, record


class SessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]  # allauth ships no types
    """Record the end of a user's other sessions."""

    def end_sessions(self, sessions: Sequence[UserSession]) -> None:
        super().end_sessions(sessions)
        if sessions:
            record(actor=Actor.of(current_request()), action=Action.SESSIONS_ENDED, sessions=len(sessions))
