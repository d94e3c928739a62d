"""allauth's adapter for second factors: sealed secrets, the practice's name on the phone, a QR code by segno."""

import base64
import io
import logging
import secrets

import segno
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.utils.translation import gettext

from accounts.allauth_internals import MFAAdapter
from accounts.factors import sealing
from accounts.models import User
from practice.models import Practice

logger = logging.getLogger(__name__)


class FactorsAdapter(MFAAdapter):
    def site_name(self) -> str:
        return Practice.current().name

    def build_totp_svg(self, url: str) -> str:
        drawn = io.BytesIO()
        segno.make(url, error="m").save(drawn, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False)
        return drawn.getvalue().decode()

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002  # allauth's name
        return gettext("Passkey %(number)s") % {
            "number": Authenticator.objects.filter(user=user, type=type).count() + 1
        }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret. If it cannot be read: a random one, so that no code is right until an administrator resets it.

        Pages skip such a secret (``accounts.factors.stored``); this is for what they do not know.
        """
        try:
            return sealing.unseal(encrypted_text)
        except (InvalidToken, AttributeError, TypeError, ValueError):
            logger.error("A second factor cannot be read. Was SECRET_KEY changed without SECRET_KEY_FALLBACKS?")
            return base64.b32encode(secrets.token_bytes(20)).decode()
