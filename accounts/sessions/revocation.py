"""Ending all sessions of a user."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import F

from accounts.models import User


def close_sessions(user: User) -> int:
    """End all of the user's sessions. Return how many the list of sessions had. The caller records it."""
    User.objects.filter(pk=user.pk).update(session_number=F("session_number") + 1)  # ends unlisted sessions too
    listed = UserSession.objects.filter(user=user)
    Session.objects.filter(pk__in=list(listed.values_list("session_key", flat=True))).delete()
    count: int = listed.delete()[0]
    return count
