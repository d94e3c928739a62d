"""**Ask an administrator**: staff sign-ins without access ask for it, and administrators answer on the Dashboard.

Linking the sign-in to an active staff record also answers (``accounts.staff.save_record``).
"""

from django.db import transaction
from django.db.models import QuerySet

from accounts.access import permissions_of
from accounts.models import AccessRequest, User
from accounts.staff import administering
from audit.trail import Action, Actor, record


def ask(*, by: Actor) -> bool:
    """Ask for access. Return False if the user has access, or has already asked: that changes nothing."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=by.signed_in.pk)  # or is being linked right now
        if not user.is_staff_member or permissions_of(user):
            return False
        _request, is_new = AccessRequest.objects.get_or_create(user=user)
        if is_new:
            record(actor=by, action=Action.STAFF_ACCESS_ASKED)
    return is_new


def dismiss(*, user: User, by: Actor) -> bool:
    """Remove the request. The user may ask again. Return False if there was none. Raises staff.ChangeRefused."""
    with administering(by):
        count, _by_model = AccessRequest.objects.filter(user=user).delete()
        if count:
            record(actor=by, action=Action.STAFF_ACCESS_DISMISSED, account=user.pk)
    return bool(count)


def waiting() -> QuerySet[AccessRequest]:
    """The requests to answer, oldest first. A disabled sign-in does not wait."""
    return AccessRequest.objects.filter(user__is_active=True).select_related("user__staff_record")
