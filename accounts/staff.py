"""What an administrator does with the sign-ins of the staff: invite, disable, unlock, reset, end.

Each changes one thing, writes one line, and counts from that user's very next request. Nobody can shut
out themselves, and so the last administrator stays.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accounts.models import StaffRecord, User
from accounts.signin import attempts
from accounts.surfaces import address
from audit.trail import Action, Actor, record


class Refused(Exception):
    """Not done. ``str()`` says why, in words for the administrator."""


OWN = "This is your own sign-in. Ask another administrator, or use Your sign-in at the foot of the menu."
SHUTS_OUT = "Nothing was saved: you would shut out yourself. Ask another administrator to do it."


@contextmanager
def administering(by: Actor) -> Iterator[None]:
    """A transaction before and after which whoever acts is an active administrator. Raises Refused.

    The records of all administrators are locked, so that of two who shut out each other one is late.
    """
    with transaction.atomic():
        administrators = StaffRecord.objects.select_for_update(of=("self",)).filter(role=StaffRecord.Role.ADMINISTRATOR)
        list(administrators.order_by("pk"))
        _require_administrator(by)
        yield
        _require_administrator(by)


def _require_administrator(by: Actor) -> None:
    role = StaffRecord.Role.ADMINISTRATOR
    if not StaffRecord.objects.filter(role=role, is_active=True, user=by.signed_in, user__is_active=True).exists():
        raise Refused(SHUTS_OUT)


def disable(*, user: User, by: Actor) -> bool:
    """Nobody signs in with it any more, and its sessions end. False if it was disabled already. Raises Refused."""
    with _of_a_colleague(user, by):
        if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
            return False
        record(actor=by, action=Action.USER_DISABLED, account=user.pk, sessions=close_sessions(user))
    return True


def enable(*, user: User, by: Actor) -> bool:
    """It can be used again, with the password it had. False if it was not disabled. Raises Refused."""
    with _of_a_colleague(user, by):
        if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
            return False
        record(actor=by, action=Action.USER_ENABLED, account=user.pk)
    return True


def unlock(*, user: User, by: Actor) -> bool:
    """Forget the failed tries, so that nobody has to wait. False if there were none. Raises Refused."""
    with _of_a_colleague(user, by):
        forgiven = attempts.forgive(user.email)
        if forgiven:
            record(actor=by, action=Action.USER_UNLOCKED, account=user.pk, tries=forgiven)
    return bool(forgiven)


def reset_second_factor(*, user: User, by: Actor) -> bool:
    """Take away the second factors and recovery codes, and end the sessions: the next sign-in adds new ones.

    False if there was none. Raises Refused.
    """
    with _of_a_colleague(user, by):
        count = take_factors(user)
        if count:
            record(
                actor=by,
                action=Action.SECOND_FACTOR_RESET,
                account=user.pk,
                factors=count,
                sessions=close_sessions(user),
            )
    return bool(count)


def end_sessions(*, user: User, by: Actor) -> bool:
    """Sign the user out everywhere. Always true. Raises Refused."""
    with _of_a_colleague(user, by):
        record(actor=by, action=Action.SESSIONS_ENDED, account=user.pk, sessions=close_sessions(user))
    return True


def invite(*, staff_record: StaffRecord, email: str, by: Actor) -> User:
    """Make a sign-in for a staff record that has none. It has no password until ``link_for`` is followed.

    Raises Refused where somebody was faster.
    """
    with administering(by):
        user = User.objects.create_user(email, None, kind=User.Kind.STAFF)
        if not StaffRecord.objects.filter(pk=staff_record.pk, user=None).update(user=user):
            raise Refused("This staff record has been linked to a sign-in meanwhile.")
        record(actor=by, action=Action.USER_ADDED, account=user.pk, staff_record=staff_record.pk)
    return user


def link_for(*, user: User, by: Actor) -> str:
    """A link with which the user chooses a password: it works once, for an hour. Raises Refused."""
    with _of_a_colleague(user, by):
        record(actor=by, action=Action.PASSWORD_LINK_MADE, account=user.pk)
    return password_link(user)


def password_link(user: User) -> str:
    """The link itself, for a rule that has asked whether it may be made and has recorded it; earlier ones are void."""
    User.objects.filter(pk=user.pk).update(link_number=F("link_number") + 1)
    user.refresh_from_db(fields=["link_number"])
    key = default_token_generator.make_token(user)
    parts = {"uidb36": user_pk_to_url_str(user), "key": key}
    return address(reverse("account_reset_password_from_key", kwargs=parts), of_staff=user.is_staff_member)


def take_factors(user: User) -> int:
    """Take away second factors and recovery codes, for a rule that records it; returns how many factors there were."""
    factors = Authenticator.objects.filter(user=user)
    count: int = factors.exclude(type=Authenticator.Type.RECOVERY_CODES).count()
    factors.delete()
    return count


def close_sessions(user: User) -> int:
    """End all of the user's sessions; returns how many there were on the list."""
    User.objects.filter(pk=user.pk).update(session_number=F("session_number") + 1)  # ends those on no list too
    listed = UserSession.objects.filter(user=user)
    Session.objects.filter(pk__in=list(listed.values_list("session_key", flat=True))).delete()
    count: int = listed.delete()[0]
    return count


@contextmanager
def _of_a_colleague(user: User, by: Actor) -> Iterator[None]:
    if user == by.signed_in:
        raise Refused(OWN)
    with administering(by):
        yield
