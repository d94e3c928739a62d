"""Which language a family reads: on pages, in e-mails, and who has reviewed it.

What was chosen with the switch in this sitting comes first; then what the account says; then what was chosen on
this device before (a cookie); then what the browser asks for. Staff's own pages are English throughout.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import translation

if TYPE_CHECKING:
    from django.contrib.auth.models import _User as User

SWITCHED = "language"  # in the session: what the switch was set to, signed in or not yet
SOURCE = "en"  # what everything is written in
REVIEWED_BY = re.compile(r'^"X-Reviewed-By: *(.*?) *\\n"$', re.MULTILINE)

GetResponse = Callable[[HttpRequest], HttpResponse]


def remember(user: "User | AnonymousUser", code: str) -> None:
    """Keep this language in the account. Nothing for strangers, nor for a language that we have not."""
    if user.is_authenticated and code in _known() and user.language != code:
        user.language = code
        user.save(update_fields=["language"])


def of(user: "User | AnonymousUser | None") -> str:
    """The language to write to this user in; empty where it is not known. Staff: English."""
    if user is None or not user.is_authenticated:
        return ""
    if user.is_staff_member:
        return SOURCE
    return user.language if user.language in _known() else ""


def follow(get_response: GetResponse) -> GetResponse:
    """Middleware: the language of this sitting or of the account, in place of the cookie's or the browser's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if code := _switched(request) or of(request.user):
            translation.activate(code)
            request.LANGUAGE_CODE = code
        return get_response(request)

    return middleware


def switch(request: HttpRequest, code: str) -> None:
    """The family has chosen: for this sitting, and for the account if there is one. The cookie is Django's to set."""
    if code not in _known():
        return
    request.session[SWITCHED] = code
    if not (request.user.is_authenticated and request.user.is_staff_member):
        remember(request.user, code)


def settle(request: HttpRequest, response: HttpResponse, user: "User") -> None:
    """On signing in: the account learns what was chosen on the way; without a choice the device learns the account's.

    An account that says nothing yet takes the language in which its owner has just come in.
    """
    if user.is_staff_member:
        return
    remember(user, _switched(request) or of(user) or translation.get_language() or SOURCE)
    keep(response, of(user))


def keep(response: HttpResponse, code: str) -> None:
    """For the next visit from this device, before anybody has signed in."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


def reviewed_by(code: str) -> str:
    """The qualified human translator who stands behind this language (45 CFR 92.201(c)(3)); empty: nobody yet."""
    if code == SOURCE:
        return "the authors"
    return next(filter(None, (_header(Path(place), code) for place in settings.LOCALE_PATHS)), "")


def unreviewed() -> list[str]:
    """Codes of the languages that families can choose and no qualified human has read."""
    return [code for code in _known() if not reviewed_by(code)]


@cache
def _header(place: Path, code: str) -> str:
    """The .po is read, not the .mo: pybabel leaves headers of our own out of that."""
    catalogue = place / translation.to_locale(code) / "LC_MESSAGES" / "django.po"
    found = REVIEWED_BY.search(catalogue.read_text()) if catalogue.exists() else None
    return found[1] if found else ""


def _switched(request: HttpRequest) -> str:
    code: str = request.session.get(SWITCHED, "")
    return code if code in _known() else ""


def _known() -> dict[str, str]:
    return dict(settings.LANGUAGES)
