"""The language of pages and e-mails for families, and who has reviewed each language.

The language is the one chosen in this session; else the account's; else the one chosen on this device before (a
cookie); else the browser's. Staff pages are in English.
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

CHOSEN = "language"  # session key of the chosen language, before and after signing in
SOURCE = "en"  # the language of the source texts
REVIEWED_BY = re.compile(r'^"X-Reviewed-By: *(.*?) *\\n"$', re.MULTILINE)

GetResponse = Callable[[HttpRequest], HttpResponse]


def store(user: "User | AnonymousUser", code: str) -> None:
    """Store this language in the account. Ignored for anonymous users and unknown languages."""
    if user.is_authenticated and code in _known() and user.language != code:
        user.language = code
        user.save(update_fields=["language"])


def language_of(user: "User | AnonymousUser | None") -> str:
    """The language for e-mails to this user, or "" if unknown. Staff: English."""
    if user is None or not user.is_authenticated:
        return ""
    if user.is_staff_member:
        return SOURCE
    return user.language if user.language in _known() else ""


def activate_language(get_response: GetResponse) -> GetResponse:
    """Middleware that activates the language of the session or the account instead of the cookie's or browser's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if code := _chosen(request) or language_of(request.user):
            translation.activate(code)
            request.LANGUAGE_CODE = code
        return get_response(request)

    return middleware


def choose(request: HttpRequest, code: str) -> None:
    """Store the chosen language in the session, and in the account if signed in. Django sets the cookie."""
    if code not in _known():
        return
    request.session[CHOSEN] = code
    if not (request.user.is_authenticated and request.user.is_staff_member):
        store(request.user, code)


def store_after_sign_in(request: HttpRequest, response: HttpResponse, user: "User") -> None:
    """After signing in, store the language in the account and on the device.

    A choice in this session wins over the account's language. An account without a language gets that of the page.
    """
    if user.is_staff_member:
        return
    store(user, _chosen(request) or language_of(user) or translation.get_language() or SOURCE)
    set_cookie(response, language_of(user))


def set_cookie(response: HttpResponse, code: str) -> None:
    """Set the cookie for the next visit from this device, before signing in."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


def reviewed_by(code: str) -> str:
    """The qualified human translator who reviewed this language (45 CFR 92.201(c)(3)), or "" if nobody has yet."""
    if code == SOURCE:
        return "the authors"
    return next(filter(None, (_header(Path(place), code) for place in settings.LOCALE_PATHS)), "")


def unreviewed() -> list[str]:
    """Codes of the offered languages that no qualified human has reviewed."""
    return [code for code in _known() if not reviewed_by(code)]


@cache
def _header(place: Path, code: str) -> str:
    """Read the .po file, because pybabel drops our own headers from the .mo file."""
    catalog = place / translation.to_locale(code) / "LC_MESSAGES" / "django.po"
    found = REVIEWED_BY.search(catalog.read_text()) if catalog.exists() else None
    return found[1] if found else ""


def _chosen(request: HttpRequest) -> str:
    code: str = request.session.get(CHOSEN, "")
    return code if code in _known() else ""


def _known() -> dict[str, str]:
    return dict(settings.LANGUAGES)
