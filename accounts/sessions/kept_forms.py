"""What somebody sent after their session had ended, kept for them without being kept here.

It goes into a cookie, sealed: whoever sits at the computer next can neither read nor send it. Only the
same user, signed in again, gets it back, within ``LASTS``. So nothing is stored on the server, and nothing
has to be cleaned up. A cookie holds 4096 bytes (RFC 6265, section 6.1), which our forms do not come near.
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
LASTS = timedelta(minutes=30)
MAX_LENGTH = 3800  # characters of the sealed form: a cookie less its name and attributes
TOKEN = "csrfmiddlewaretoken"  # noqa: S105  # the name of the field; the next sign-in brings another


@dataclass(frozen=True)
class KeptForm:
    """Where it was sent, and what it held."""

    address: str
    fields: QueryDict


def offer(request: HttpRequest, *, user: User, why: str) -> HttpResponse:
    """Say that nothing was saved and why, and keep what was sent for this user, where it can be kept."""
    sealed = seal(request, user=user)
    response = render(request, "accounts/sessions/not_sent.html", {"why": why, "is_kept": bool(sealed)}, status=401)
    if sealed:
        response.set_cookie(
            COOKIE,
            sealed,
            max_age=LASTS,
            path=reverse("accounts:send_again"),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def forget(response: HttpResponse) -> None:
    """Have the browser throw away what was kept."""
    response.delete_cookie(COOKIE, path=reverse("accounts:send_again"), samesite="Lax")


def seal(request: HttpRequest, *, user: User) -> str:
    """What this request posts, sealed for that user; empty where it is too long or carries files."""
    fields = request.POST.copy()
    fields.pop(TOKEN, None)
    text = json.dumps({"user": user.pk, "address": request.get_full_path(), "fields": fields.urlencode()})
    sealed = _box().encrypt_at_time(zlib.compress(text.encode()), _now()).decode()
    return "" if request.FILES or len(sealed) > MAX_LENGTH else sealed


def unseal(sealed: str, *, user: User) -> KeptForm | None:
    """What was sealed for this user; None where it is another's, too old, or none of ours."""
    try:
        text = _box().decrypt_at_time(sealed.encode(), int(LASTS.total_seconds()), _now())
    except InvalidToken:
        return None
    kept = json.loads(zlib.decompress(text))
    if kept["user"] != user.pk:
        return None
    return KeptForm(address=kept["address"], fields=QueryDict(kept["fields"]))


def _box() -> Fernet:
    key = salted_hmac("accounts.sessions.kept_forms", "sealing", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _now() -> int:
    return int(timezone.now().timestamp())
