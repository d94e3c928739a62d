"""Forms that were sent after the session had ended, kept in a cookie of the browser.

The cookie is encrypted, so the next person at the computer can neither read nor send the form. Only the same user
gets it back, signed in again, within ``LIFETIME``. Nothing is stored on the server, so nothing has to be cleaned up.
A cookie can have 4096 bytes (RFC 6265, section 6.1); the forms are much shorter.
"""

import base64
import json
import zlib
from dataclasses import dataclass
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User

COOKIE = "kept-form"
LIFETIME = timedelta(minutes=30)
MAX_LENGTH = 3800  # characters of the sealed form, which leaves room for the cookie's name and attributes
TOKEN = "csrfmiddlewaretoken"  # noqa: S105  # the name of the field; the next sign-in makes a new token


@dataclass(frozen=True)
class KeptForm:
    """The address that the form was sent to, and its fields."""

    address: str
    fields: QueryDict


def offer(request: HttpRequest, *, user: User, why: str) -> HttpResponse:
    """Tell the user that nothing was saved and why, and keep the form for them if it fits into a cookie."""
    sealed = seal(request, user=user)
    response = render(request, "accounts/sessions/not_sent.html", {"why": why, "is_kept": bool(sealed)}, status=401)
    if sealed:
        response.set_cookie(
            COOKIE,
            sealed,
            max_age=LIFETIME,
            path=reverse("accounts:send_again"),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def forget(response: HttpResponse) -> None:
    """Delete the cookie."""
    response.delete_cookie(COOKIE, path=reverse("accounts:send_again"), samesite="Lax")


def seal(request: HttpRequest, *, user: User) -> str:
    """The posted form, sealed for that user. Empty if it is too long or has files."""
    fields = request.POST.copy()
    fields.pop(TOKEN, None)
    text = json.dumps({"user": user.pk, "address": request.get_full_path(), "fields": fields.urlencode()})
    sealed = _box().encrypt_at_time(zlib.compress(text.encode()), _now()).decode()
    return "" if request.FILES or len(sealed) > MAX_LENGTH else sealed


def unseal(sealed: str, *, user: User) -> KeptForm | None:
    """The form that was sealed for this user. None if it is another user's, too old or forged."""
    try:
        text = _box().decrypt_at_time(sealed.encode(), int(LIFETIME.total_seconds()), _now())
    except InvalidToken:
        return None
    kept = json.loads(zlib.decompress(text))
    if kept["user"] != user.pk:
        return None
    return KeptForm(address=kept["address"], fields=QueryDict(kept["fields"]))


def _box() -> Fernet:
    key = salted_hmac("pinportal kept forms", "sealing", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _now() -> int:
    return int(timezone.now().timestamp())
