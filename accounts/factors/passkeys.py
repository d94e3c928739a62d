"""A passkey instead of a password, chosen before there is a user (the rule: ``portal.registration.redeem``).

A passkey carries the number of its user, by which allauth finds them again when they sign in. So the number is
reserved first, the passkey is made for it, and the user gets it in the transaction that also keeps the passkey.
A number that nobody takes in the end is a gap, as they are after a rollback.
"""

import json
from dataclasses import dataclass
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from audit.trail import Action, Actor, record

# What the libraries raise where the browser's answer is not of the form they expect.
MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError)
LONGEST = 20_000  # characters of an answer; usual ones have some 2,000


@dataclass(frozen=True)
class Passkey:
    """A passkey that has been checked, and the number of the user it was made for."""

    user_number: int
    credential: dict[str, Any]


def reserved_number() -> int:
    """A number for a user to come, which nobody else gets."""
    statement = (
        "SELECT nextval(pg_get_serial_sequence(%s, 'id'))"
        if connection.vendor == "postgresql"
        else "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = %s RETURNING seq"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [User._meta.db_table])
        return int(cursor.fetchone()[0])


def options(*, user_number: int, email: str) -> dict[str, Any]:
    """What the browser needs to make a passkey that signs in by itself. The session keeps the challenge."""
    made: dict[str, Any] = auth.begin_registration(User(pk=user_number, email=email), True)
    return made


def checked(answer: str, *, user_number: int | None) -> Passkey:
    """The passkey in the browser's answer. Raises ValidationError where it does not answer our challenge.

    Without a reserved number too: the challenge outlives starting over, and a passkey would be nobody's.
    """
    try:
        if not user_number:
            raise get_adapter().validation_error("incorrect_code")
        credential = json.loads(answer[:LONGEST])
        auth.parse_registration_response(credential)
        if not auth.complete_registration(credential).is_user_verified():
            raise get_adapter().validation_error("incorrect_code")
    except (ValidationError, *MALFORMED) as error:
        raise ValidationError(_("The passkey did not work. Try again, or use another way.")) from error
    return Passkey(user_number, credential)


def add(*, passkey: Passkey, user: User, by: Actor) -> None:
    """Keep the passkey as this user's; within the caller's transaction."""
    name = get_adapter().generate_authenticator_name(user, Authenticator.Type.WEBAUTHN)
    auth.WebAuthn.add(user, name, passkey.credential)
    record(actor=by, action=Action.SECOND_FACTOR_ADDED, type=Authenticator.Type.WEBAUTHN)
