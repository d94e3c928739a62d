"""Second factors as they are stored. One that cannot be read opens nothing, and stops no page.

It still counts as a factor, so its user does not get in with the password alone. Pages say in words that it cannot be
read, and offer to remove it. A lost SECRET_KEY, a restored database, or an older version can be the reason.
"""

import base64
import logging
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator

from accounts.allauth_internals import credential_of
from accounts.factors import sealing
from accounts.models import User

logger = logging.getLogger(__name__)
Type = Authenticator.Type


@dataclass(frozen=True)
class Factor:
    """A stored factor, for pages."""

    pk: int
    name: str
    created_at: datetime
    last_used_at: datetime | None
    is_readable: bool

    def __str__(self) -> str:
        return self.name


def shown(authenticator: Authenticator) -> Factor:
    """The factor as a page shows it. A passkey that has lost its name gets one."""
    data = authenticator.data if isinstance(authenticator.data, dict) else {}
    return Factor(
        pk=authenticator.pk,
        name=str(data.get("name") or authenticator.get_type_display()),
        created_at=authenticator.created_at,
        last_used_at=authenticator.last_used_at,
        is_readable=is_readable(authenticator),
    )


def is_readable(authenticator: Authenticator) -> bool:
    """Whether its secret can be read. Logs one that cannot."""
    try:
        _read(authenticator)
    except Exception as error:  # the data can be anything
        facts = {"factor": authenticator.pk, "type": authenticator.type, "why": type(error).__name__}
        logger.error(
            "A second factor cannot be read. Was SECRET_KEY changed without SECRET_KEY_FALLBACKS?",
            extra={"facts": facts},
        )
        return False
    return True


def readable(user: User) -> list[Authenticator]:
    """The user's factors and recovery codes that can be read, oldest first."""
    return [each for each in Authenticator.objects.filter(user=user).order_by("pk") if is_readable(each)]


def _read(authenticator: Authenticator) -> None:
    """Raise any exception if the factor cannot be read."""
    if authenticator.type == Type.WEBAUTHN:
        credential_of(authenticator)
    elif authenticator.type == Type.TOTP:
        base64.b32decode(sealing.unseal(authenticator.data["secret"]), casefold=True)
    else:
        sealing.unseal(authenticator.data["seed"])
        int(authenticator.data["used_mask"])
