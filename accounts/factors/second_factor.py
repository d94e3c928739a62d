"""The second factor, which staff need and families may have: an authenticator app or a passkey, and recovery codes.

django-allauth keeps and checks them. Here stands when one is needed, how its secrets are sealed, and
what the trail says about it.
"""

import base64
import io
import logging
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode

import segno
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from accounts.signin import mail
from audit.keyring import derived
from audit.trail import Action, Actor, record
from practice.models import Practice

logger = logging.getLogger(__name__)
PROVEN = "second_factor_proven"  # in the session: overrides what signing in has shown
CODE_LIFETIME = timedelta(seconds=30 * 3)  # a code, the one before and the one after (MFA_TOTP_TOLERANCE)
CODES = Authenticator.Type.RECOVERY_CODES
SEALED = {"secret", "seed"}  # what allauth keeps of an app and of recovery codes

# --- Needed --------------------------------------------------------------------------------------


def is_missing(request: HttpRequest) -> bool:
    """Whether a second factor is needed here and this session has shown none.

    The session counts, not the account: a session that began with the password alone does not gain by
    a factor that was added elsewhere.
    """
    return settings.REQUIRE_SECOND_FACTOR and not _is_proven(request)


def _is_proven(request: HttpRequest) -> bool:
    methods = (each.get("method") for each in get_authentication_records(request, request.user))
    return bool(request.session.get(PROVEN, "mfa" in methods))


def ask(request: HttpRequest) -> HttpResponse:
    """Lead to the page that asks for the second factor and says why; out of a fragment too.

    A family comes back from there to the page it was going to; for staff it was many, so they begin at the first.
    """
    page = reverse("accounts:second_factor")
    if request.method == "GET" and isinstance(request.user, User) and not request.user.is_staff_member:
        page = f"{page}?{urlencode({'next': request.get_full_path()}, safe='/')}"
    return HttpResponseClientRedirect(page) if request.headers.get("HX-Request") else redirect(page)


def of(user: User) -> list[Authenticator]:
    """The user's second factors, oldest first; recovery codes, which only stand in for one, are not among them."""
    return list(Authenticator.objects.filter(user=user).exclude(type=CODES).order_by("pk"))


# --- Changed -------------------------------------------------------------------------------------

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def is_withheld(request: HttpRequest) -> bool:
    """Whether this session may not touch the factors there are: it began with the password alone, and shows none.

    A thief who had the password first would otherwise read the recovery codes, or add a factor of theirs.
    """
    user = request.user
    if not isinstance(user, User) or _is_proven(request):
        return False
    return (settings.REQUIRE_SECOND_FACTOR or not user.is_staff_member) and bool(of(user))


def guarded(view: View[P]) -> View[P]:
    """For other changes to a sign-in that has a factor: they are not made from a session that shows none either."""

    @wraps(view)
    def asking(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return ask(request) if is_withheld(request) else view(request, *args, **kwargs)

    return asking


def recorded(view: View[P]) -> View[P]:
    """For allauth's views that change factors: what has changed leaves its lines, in the same transaction."""

    @wraps(view)
    def recording(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if is_withheld(request):
            return ask(request)
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            before = _types(request)
            response = view(request, *args, **kwargs)
            _record_changes(request, before, _types(request))
        return response

    return recording


def shown(view: View[P]) -> View[P]:
    """For allauth's views that show recovery codes: each showing leaves a line."""

    @wraps(view)
    def recording(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if is_withheld(request):
            return ask(request)
        response = view(request, *args, **kwargs)
        if request.method == "GET" and response.status_code == 200:  # noqa: PLR2004
            record(actor=Actor.of(request), action=Action.RECOVERY_CODES_SHOWN)
        return response

    return recording


def _types(request: HttpRequest) -> dict[int, str]:
    return dict(Authenticator.objects.filter(user_id=request.user.pk).values_list("pk", "type"))


def _record_changes(request: HttpRequest, before: dict[int, str], after: dict[int, str]) -> None:
    """One line for each factor added or removed, and one for new recovery codes."""
    by, user = Actor.of(request), cast("User", request.user)
    added = [after[pk] for pk in sorted(after.keys() - before.keys())]  # in the order of being added
    for each in added:
        if each == CODES:
            record(actor=by, action=Action.RECOVERY_CODES_MADE)
            if len(added) == 1:  # else they came with the first factor, of which there is news already
                mail.tell(user, mail.News.CODES)
        else:
            record(actor=by, action=Action.SECOND_FACTOR_ADDED, type=each)
            mail.tell(user, mail.News.FACTOR_ADDED)
    for each in (before[pk] for pk in sorted(before.keys() - after.keys())):
        if each != CODES:  # they go with the last factor, or give way to new ones
            record(actor=by, action=Action.SECOND_FACTOR_REMOVED, type=each)
            mail.tell(user, mail.News.FACTOR_REMOVED)
    if set(added) - {CODES}:
        request.session[PROVEN] = True  # adding one means having shown it
    elif not set(after.values()) - {CODES}:
        request.session[PROVEN] = False


# --- Kept ----------------------------------------------------------------------------------------


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Secrets sealed in the database, the practice's name on the phone, the QR code from our own library."""

    def get_totp_issuer(self) -> str:
        return Practice.current().name

    def build_totp_svg(self, url: str) -> str:
        drawn = io.BytesIO()
        segno.make(url, error="m").save(drawn, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False)
        return drawn.getvalue().decode()

    def _get_site_name(self) -> str:
        return Practice.current().name

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002  # allauth's name
        return gettext("Passkey %(number)s") % {
            "number": Authenticator.objects.filter(user=user, type=type).count() + 1
        }

    def encrypt(self, text: str) -> str:
        return _sealer().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; one that nobody has, where it cannot be read: then no code fits, and an administrator resets."""
        try:
            return _sealer().decrypt(encrypted_text).decode()
        except InvalidToken:
            logger.error("A second factor cannot be read. Was SECRET_KEY changed without SECRET_KEY_FALLBACKS?")
            return base64.b32encode(secrets.token_bytes(20)).decode()


@transaction.atomic
def reseal() -> int:
    """Seal every secret under SECRET_KEY, so that SECRET_KEY_FALLBACKS can go; returns how many there are.

    Raises InvalidToken, and changes nothing, where one can be read by none of the keys.
    """
    sealer, sealed = _sealer(), 0
    for authenticator in Authenticator.objects.select_for_update().order_by("pk"):
        for name in SEALED & authenticator.data.keys():
            authenticator.data[name] = sealer.rotate(authenticator.data[name]).decode()
            sealed += 1
        authenticator.save(update_fields=["data"])
    return sealed


def _sealer() -> MultiFernet:
    """Seals under SECRET_KEY, opens under it and its predecessors. PIN_KEYS are for PINs alone (R7)."""
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived(key.encode(), "accounts.factors.second_factor")))


def context_of(user: User) -> dict[str, Any]:
    """What a page about somebody's second factor shows."""
    kept = list(Authenticator.objects.filter(user=user).order_by("pk"))
    codes = next((each for each in kept if each.type == CODES), None)
    return {
        "app": next((each for each in kept if each.type == Authenticator.Type.TOTP), None),
        "passkeys": [each for each in kept if each.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
    }
