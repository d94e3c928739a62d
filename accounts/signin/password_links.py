"""Links to choose a password that the practice makes for a user."""

from django.db.models import F
from django.urls import reverse

from accounts.allauth_internals import user_key
from accounts.models import User
from accounts.signin.link_tokens import LinkTokenGenerator
from accounts.surfaces import address


def password_link(user: User) -> str:
    """Make a link that works once, for an hour, and void earlier ones.

    The caller checks whether the link is allowed, and records it.
    """
    User.objects.filter(pk=user.pk).update(link_number=F("link_number") + 1)
    user.refresh_from_db(fields=["link_number"])
    parts = {"uidb36": user_key(user), "key": LinkTokenGenerator().make_token(user)}
    return address(reverse("account_reset_password_from_key", kwargs=parts), of_staff=user.is_staff_member)
