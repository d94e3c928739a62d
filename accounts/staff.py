"""What an administrator can do to a colleague's staff record and sign-in: link, invite, disable, unlock, sign out.

Each function changes one thing, records it, and takes effect at that user's next request. Administrators cannot
lock themselves out, so the last one stays.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from accounts.access import Permission, permissions_with
from accounts.factors.second_factor import remove_factors
from accounts.models import AccessRequest, StaffRecord, User
from accounts.sessions.revocation import close_sessions
from accounts.signin import attempts
from accounts.signin.password_links import password_link
from audit.trail import Action, Actor, record


class ChangeRefused(Exception):
    """The change was refused. ``str()`` tells the administrator why."""


class SignsOut(Exception):
    """The change takes permissions away from a user, so it also signs the user out. Ask the administrator first."""

    def __init__(self, *, user: User, name: str, lost: Collection[Permission]) -> None:
        super().__init__(user.email)
        self.user, self.name, self.lost = user, name, lost


OWN_SIGN_IN = "This is your own sign-in. Ask another administrator, or use Your sign-in at the bottom of the menu."
LOCKS_OUT = "Nothing was saved: you would lock yourself out. Ask another administrator to do it."


@contextmanager
def administering(by: Actor) -> Iterator[None]:
    """A transaction that requires the acting user to be an active administrator before and after. Raises ChangeRefused.

    The records of all administrators are locked, so two administrators cannot lock out each other at the same time.
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
        raise ChangeRefused(LOCKS_OUT)


def save_record(*, staff_record: StaffRecord, changed: Collection[str], agreed: int | None, by: Actor) -> User | None:
    """Save a new or changed staff record. Return the user who loses a permission by it: signed out everywhere.

    ``changed``: the fields to record. ``agreed``: the user whose sign-out the administrator has agreed to.
    A sign-in that gets access no longer waits for it. Raises SignsOut if another user would be signed out, and
    ChangeRefused.
    """
    with administering(by):
        before = StaffRecord.objects.select_for_update().filter(pk=staff_record.pk).first()
        lost = _lost(before, staff_record)
        loser = before.user if before and lost else None
        if loser == by.signed_in:
            raise ChangeRefused(LOCKS_OUT)
        if before and loser and loser.pk != agreed:
            raise SignsOut(user=loser, name=before.name, lost=lost)
        _lock(staff_record.user)
        if (
            staff_record.user
            and StaffRecord.objects.filter(user=staff_record.user).exclude(pk=staff_record.pk).exists()
        ):
            raise ChangeRefused("Nothing was saved: a colleague has just linked this sign-in to another staff record.")
        staff_record.save()
        if permissions_with(staff_record):
            AccessRequest.objects.filter(user=staff_record.user_id).delete()
        detail = _detail(before, staff_record, changed) | ({"sessions": close_sessions(loser)} if loser else {})
        record(actor=by, action=Action.STAFF_RECORD_CHANGED, staff_record=staff_record.pk, **detail)
    return loser


def _lost(before: StaffRecord | None, after: StaffRecord) -> list[Permission]:
    """What the user of the stored record may no longer do. Nobody else can lose anything: a user has one record."""
    if before is None or before.user_id is None:
        return []
    kept = permissions_with(after) if after.user_id == before.user_id else frozenset()
    lost = permissions_with(before) - kept
    return [permission for permission in Permission if permission in lost]


def _lock(user: User | None) -> None:
    """Wait until a request that this user is sending is stored, so that it is answered too."""
    if user:
        User.objects.select_for_update().get(pk=user.pk)


def _detail(before: StaffRecord | None, after: StaffRecord, changed: Collection[str]) -> dict[str, Any]:
    detail: dict[str, Any] = {"changed": ",".join(changed)}
    if "role" in changed:
        detail |= {"role": after.role, "role_before": before.role if before else ""}
    if "user" in changed:
        detail |= {"account": after.user_id, "account_before": before.user_id if before else None}
    return detail


def disable(*, user: User, by: Actor) -> bool:
    """Disable the sign-in and end its sessions. Return False if it was already disabled. Raises ChangeRefused."""
    with _administering_colleague(user, by):
        if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
            return False
        record(actor=by, action=Action.USER_DISABLED, account=user.pk, sessions=close_sessions(user))
    return True


def enable(*, user: User, by: Actor) -> bool:
    """Enable the sign-in again, with the same password. Return False if it was not disabled. Raises ChangeRefused."""
    with _administering_colleague(user, by):
        if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
            return False
        record(actor=by, action=Action.USER_ENABLED, account=user.pk)
    return True


def unlock(*, user: User, by: Actor) -> bool:
    """Forget the failed attempts. Return False if there were none. Raises ChangeRefused."""
    with _administering_colleague(user, by):
        forgiven = attempts.forgive(user.email)
        if forgiven:
            record(actor=by, action=Action.USER_UNLOCKED, account=user.pk, tries=forgiven)
    return bool(forgiven)


def reset_second_factor(*, user: User, by: Actor) -> bool:
    """Remove the second factors and recovery codes, and end the sessions. The next sign-in adds new ones.

    Return False if there was no factor. Raises ChangeRefused.
    """
    with _administering_colleague(user, by):
        count = remove_factors(user)
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
    """Sign the user out everywhere. Return True. Raises ChangeRefused."""
    with _administering_colleague(user, by):
        record(actor=by, action=Action.SESSIONS_ENDED, account=user.pk, sessions=close_sessions(user))
    return True


def invite(*, staff_record: StaffRecord, email: str, by: Actor) -> User:
    """Make a sign-in for a staff record. The user chooses the password with the link of ``link_for``.

    Raises ChangeRefused if the record already has a sign-in.
    """
    with administering(by):
        user = User.objects.create_user(email, None, kind=User.Kind.STAFF)
        if not StaffRecord.objects.filter(pk=staff_record.pk, user=None).update(user=user):
            raise ChangeRefused("Somebody else has just linked this staff record to a sign-in.")
        record(actor=by, action=Action.USER_ADDED, account=user.pk, staff_record=staff_record.pk)
    return user


def link_for(*, user: User, by: Actor) -> str:
    """Make a link for the user to choose a password. It works once, for an hour. Raises ChangeRefused."""
    with _administering_colleague(user, by):
        record(actor=by, action=Action.PASSWORD_LINK_MADE, account=user.pk)
    return password_link(user)


@contextmanager
def _administering_colleague(user: User, by: Actor) -> Iterator[None]:
    if user == by.signed_in:
        raise ChangeRefused(OWN_SIGN_IN)
    with administering(by):
        yield
