"""Mails that tell a family about changes of its account, in its language, if the practice sends mail."""

from enum import StrEnum

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.surfaces import address


class News(StrEnum):
    """What changed."""

    PASSWORD = "password"  # noqa: S105
    EMAIL = "email"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    CODES = "codes"
    LINK = "link"


WORDS: dict[News, str | Promise] = {
    News.PASSWORD: _("The password of your account was changed."),
    News.EMAIL: _("The e-mail of your account was changed. From now on we write to the new one."),
    News.FACTOR_ADDED: _("A second step or a passkey was added to your account."),
    News.FACTOR_REMOVED: _("A second step or a passkey was taken away from your account."),
    News.CODES: _("New recovery codes were made for your account. The old ones do not work any more."),
    News.LINK: _("The practice made a link to choose a new password for your account."),
}


def is_confirmed(user: User) -> bool:
    """Whether the user's current e-mail is confirmed."""
    confirmed = EmailAddress.objects.filter(user=user, email=user.email, verified=True)
    return bool(confirmed.exists())


def send_news(user: User, news: News, *, to: str | None = None) -> None:
    """Mail the news to the user's confirmed address, or to ``to``, once the change is committed.

    Nothing is sent to staff, without a mail server, or to an address that is not confirmed. A failure is logged and
    does not undo the change.
    """
    email = (user.email if is_confirmed(user) else "") if to is None else to
    if settings.WRITES_TO_FAMILIES and email and not user.is_staff_member:
        transaction.on_commit(lambda: _send(user, news, email), robust=True)


def _send(user: User, news: News, email: str) -> None:
    page = address(reverse("account_login"), of_staff=False)
    context = {"recipient": user, "news": WORDS[news], "page": page}
    get_adapter().send_mail("account/email/news", email, context)
