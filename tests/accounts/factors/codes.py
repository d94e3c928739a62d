"""Codes of an authenticator app, computed from RFC 4226 and RFC 6238, not with the code under test."""

import base64
import hmac
import struct
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret=SECRET, *, at=None):
    """The six digits at this time (seconds since 1970), by default now."""
    counter = int(time.time() if at is None else at) // 30
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", counter), "sha1")
    start = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def wrong():
    """Six digits that are no code of these minutes."""
    near = {code(at=time.time() + 30 * step) for step in range(-3, 4)}
    return next(f"{number:06}" for number in range(10) if f"{number:06}" not in near)


def app_of(user):
    """Give the user an authenticator app and recovery codes. Return the codes."""
    TOTP.activate(user, SECRET)
    return RecoveryCodes.activate(user).get_unused_codes()


def factors(user):
    return sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))
