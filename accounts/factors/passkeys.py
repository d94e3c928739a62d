"""A passkey instead of a password, made before the user exists (the rule: ``portal.registration.redeem``).

allauth finds the user of a passkey by the user number stored in it. So registration reserves a number, makes the
passkey for it, and saves the user and the passkey in one transaction. A number that is never used leaves a gap, as
a rollback does.
"""

import json
from dataclasses import dataclass
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from accounts.allauth_internals import begin_passkey, check_new_passkey, save_passkey
from accounts.models import User
from audit.trail import Action, Actor, record

# Errors that the libraries raise when the browser's answer does not have the expected form.
MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError)
LONGEST = 20_000  # characters of an answer; usual ones have about 2,000


@dataclass(frozen=True)
class Passkey:
    """A checked passkey, and the number of the user it was made for."""

    user_number: int
    credential: dict[str, Any]


def is_plain_object(answer: Any) -> bool:
    """Whether a browser's answer is a JSON object of plain ASCII text, as all answers are, and not empty.

    PostgreSQL stores neither NUL nor half a character nor NaN in JSON.
    """
    try:
        return isinstance(answer, dict) and bool(answer) and "\\" not in json.dumps(answer, allow_nan=False)
    except ValueError:
        return False


def reserved_number() -> int:
    """Reserve the number of a future user."""
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
    return begin_passkey(User(pk=user_number, email=email))


def checked(answer: str, *, user_number: int | None) -> Passkey:
    """The passkey in the browser's answer. Raises ValidationError unless it answers the session's challenge.

    A missing user number is refused too: the challenge survives starting over, and the passkey would have no user.
    """
    try:
        if not user_number:
            raise get_adapter().validation_error("incorrect_code")
        credential = json.loads(answer[:LONGEST])
        if not is_plain_object(credential):
            raise get_adapter().validation_error("incorrect_code")
        check_new_passkey(credential)
    except (ValidationError, *MALFORMED) as error:
        raise ValidationError(_("The passkey did not work. Try again, or use another way.")) from error
    return Passkey(user_number, credential)


def add(*, passkey: Passkey, user: User, by: Actor) -> None:
    """Save the passkey for this user, within the caller's transaction."""
    name = get_adapter().generate_authenticator_name(user, Authenticator.Type.WEBAUTHN)
    save_passkey(user, name, passkey.credential)
    record(actor=by, action=Action.SECOND_FACTOR_ADDED, type=Authenticator.Type.WEBAUTHN)
