"""Encryption of the secrets of second factors in the database, under SECRET_KEY."""

import base64

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import transaction

from accounts.allauth_internals import SEALED_FIELDS
from audit.keyring import derived

PURPOSE = "pinportal second factors"  # part of the derived key: changing it makes every factor unreadable


def seal(text: str) -> str:
    return _sealer().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises InvalidToken if no key opens it."""
    return _sealer().decrypt(sealed).decode()


@transaction.atomic
def reseal() -> int:
    """Seal every secret under SECRET_KEY, so that SECRET_KEY_FALLBACKS can be removed. Return how many there are.

    Raises InvalidToken, and changes nothing, if no key opens one of them.
    """
    sealer, sealed = _sealer(), 0
    for authenticator in Authenticator.objects.select_for_update().order_by("pk"):
        data = authenticator.data if isinstance(authenticator.data, dict) else {}  # anything else has no secret
        for name in SEALED_FIELDS & data.keys():
            authenticator.data[name] = sealer.rotate(authenticator.data[name]).decode()
            sealed += 1
        authenticator.save(update_fields=["data"])
    return sealed


def _sealer() -> MultiFernet:
    """Seal under SECRET_KEY, open under it and its predecessors. PIN_KEYS are for PINs only (R7)."""
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived(key.encode(), PURPOSE)))
