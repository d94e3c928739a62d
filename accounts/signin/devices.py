"""Known devices: a signed cookie on each device where an account has signed in (see ``accounts.signin.attempts``).

The cookie gives no access. Its owner does not have to wait because of strangers' guesses.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import User

AGE = 180 * 24 * 60 * 60  # seconds
MOST = 30  # accounts per device; a front desk's computer has many, so the latest are kept
SALT = "pinportal known devices"  # not the module: a move must not void the cookies


def known(request: HttpRequest, email: str) -> str:
    """The device's name if the account with this e-mail has signed in on it. Otherwise empty."""
    device = _read(request)
    user = User.objects.filter(email=email).only("pk").first()  # also without a cookie: same time
    return str(device["name"]) if user and user.pk in device["users"] else ""


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Store on the device that this user has completed a sign-in on it."""
    device = _read(request)
    users = [user.pk, *(each for each in device["users"] if each != user.pk)]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps({"name": device["name"], "users": users[:MOST]}, salt=SALT),
        max_age=AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        device: dict[str, Any] = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=AGE
        )
    except signing.BadSignature:
        return {"name": secrets.token_hex(16), "users": []}
    return device
