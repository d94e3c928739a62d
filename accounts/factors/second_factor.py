"""When a second factor is needed. Staff must have one, families can: an authenticator app or a passkey.

django-allauth stores and checks the factors. ``sealing`` encrypts them, ``recording`` records what changes.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts.allauth_internals import get_authentication_records, unused_recovery_codes
from accounts.factors import stored
from accounts.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

PROVEN = "second_factor_proven"  # session key; overrides what the sign-in has shown
CODE_LIFETIME = timedelta(seconds=30 * 3)  # a code, the one before and the one after (MFA_TOTP_TOLERANCE)
CODES = Authenticator.Type.RECOVERY_CODES


def is_missing(request: HttpRequest) -> bool:
    """Whether a second factor is needed here and this session has not shown one.

    The session counts, not the account: a factor added elsewhere does not help a session that began with the
    password alone.
    """
    return settings.REQUIRE_SECOND_FACTOR and not _is_proven(request)


def _is_proven(request: HttpRequest) -> bool:
    methods = (each.get("method") for each in get_authentication_records(request, request.user))
    return bool(request.session.get(PROVEN, "mfa" in methods))


def must_show_factor(request: HttpRequest) -> bool:
    """Whether the account has a factor that this session has not shown: it began with the password alone.

    Such a session cannot change or show factors. A thief with only the password could otherwise read the recovery
    codes or add a factor.
    """
    user = request.user
    if not isinstance(user, User) or _is_proven(request):
        return False
    return (settings.REQUIRE_SECOND_FACTOR or not user.is_staff_member) and bool(factors_of(user))


def ask(request: HttpRequest) -> HttpResponse:
    """Redirect to the page that asks for the second factor, also from an htmx request.

    A family returns from there to the page it asked for. Staff go to the start page.
    """
    page = reverse("accounts:second_factor")
    if request.method == "GET" and isinstance(request.user, User) and not request.user.is_staff_member:
        page = f"{page}?{urlencode({'next': request.get_full_path()}, safe='/')}"
    return HttpResponseClientRedirect(page) if request.headers.get("HX-Request") else redirect(page)


def require_factor(view: View[P]) -> View[P]:
    """Decorate a view that changes a sign-in: if the sign-in has a second factor, this session must have shown it."""

    @wraps(view)
    def asking(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return ask(request) if must_show_factor(request) else view(request, *args, **kwargs)

    return asking


def factors_of(user: User) -> list[Authenticator]:
    """The user's second factors, oldest first. Recovery codes only replace a factor, so they are not included."""
    return list(Authenticator.objects.filter(user=user).exclude(type=CODES).order_by("pk"))


def remove_factors(user: User) -> int:
    """Delete the user's second factors and recovery codes. Return the number of factors. The caller records it."""
    factors = Authenticator.objects.filter(user=user)
    count: int = factors.exclude(type=CODES).count()
    factors.delete()
    return count


def context_of(user: User) -> dict[str, Any]:
    """Template context of a page about a user's second factors."""
    rows = list(Authenticator.objects.filter(user=user).order_by("pk"))
    codes = next((each for each in rows if each.type == CODES), None)
    are_readable = codes is not None and stored.is_readable(codes)
    return {
        "app": next((stored.shown(each) for each in rows if each.type == Authenticator.Type.TOTP), None),
        "passkeys": [stored.shown(each) for each in rows if each.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(unused_recovery_codes(codes)) if are_readable else 0 if codes else None,
        "codes_unreadable": codes is not None and not are_readable,
    }
