"""The only module that uses parts of django-allauth that its documentation does not describe.

Everything else in the product uses allauth's settings, adapters, form classes, models and decorators, which are
documented. ``tests/accounts/test_allauth_internals.py`` states what is relied on here, so an upgrade of allauth
fails there first. It also fails when another module imports an undocumented name.
"""

from contextlib import suppress
from typing import Any, cast

from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend
from allauth.account.authentication import get_authentication_records
from allauth.account.fields import PasswordField, SetPasswordField
from allauth.account.forms import UserTokenForm as AllauthUserTokenForm
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import unstash_login
from allauth.account.utils import user_pk_to_url_str
from allauth.account.views import password_change, password_set
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.base.views import authenticate, reauthenticate
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import download_recovery_codes, generate_recovery_codes, view_recovery_codes
from allauth.mfa.totp.views import activate_totp, deactivate_totp
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.views import (
    add_webauthn,
    edit_webauthn,
    login_webauthn,
    reauthenticate_webauthn,
    remove_webauthn,
)
from allauth.usersessions.models import UserSession
from django.http import HttpRequest
from fido2.webauthn import AttestedCredentialData

from accounts.models import User

__all__ = [
    "SEALED_FIELDS",
    "AuthenticationBackend",
    "MFAAdapter",
    "PasswordField",
    "SetPasswordField",
    "UserTokenForm",
    "activate_totp",
    "add_webauthn",
    "authenticate",
    "begin_passkey",
    "check_new_passkey",
    "credential_of",
    "current_request",
    "deactivate_totp",
    "download_recovery_codes",
    "edit_webauthn",
    "generate_recovery_codes",
    "get_authentication_records",
    "list_session",
    "login_webauthn",
    "password_change",
    "password_set",
    "reauthenticate",
    "reauthenticate_webauthn",
    "record_authentication",
    "remove_webauthn",
    "save_passkey",
    "unused_recovery_codes",
    "user_key",
    "user_signing_in",
    "view_recovery_codes",
]

# Keys of Authenticator.data that allauth passes through the adapter's encrypt(): an app's, and the recovery codes'.
SEALED_FIELDS = frozenset({"secret", "seed"})


class AuthenticationBackend(AllauthBackend):  # type: ignore[misc]  # allauth ships no types
    """allauth's check of e-mail and password, for those users only whom ``admits`` lets in."""

    def admits(self, user: User) -> bool:
        """Whether this user can sign in at all. A user who cannot is treated as unknown, also in response time."""
        return True

    def _check_password(self, user: User | None, password: str) -> User | None:
        admitted = user if user and self.admits(user) else None
        return cast("User | None", super()._check_password(admitted, password))

    def get_user(self, user_id: int) -> User | None:
        user: User | None = super().get_user(user_id)
        return user if user and self.admits(user) else None


class UserTokenForm(AllauthUserTokenForm):  # type: ignore[misc]
    """allauth's check of a link to choose a password, for those users only whom ``admits`` lets in."""

    def admits(self, user: User) -> bool:
        """Whether this user's links work here."""
        return True

    def _get_user(self, uidb36: str) -> User | None:
        user: User | None = super()._get_user(uidb36)
        return user if user and self.admits(user) else None


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's adapter of second factors, with the name that passkeys and apps show for this site."""

    def site_name(self) -> str:
        raise NotImplementedError

    def _get_site_name(self) -> str:
        return self.site_name()


def current_request() -> HttpRequest:
    """The request being answered: allauth's forms and adapters are not given one."""
    return cast("HttpRequest", context.request)


def user_signing_in(request: HttpRequest) -> User | None:
    """The user who has given the password and not yet the second factor, if any."""
    login = unstash_login(request, peek=True)
    return cast("User", login.user) if login and login.user else None


def user_key(user: User) -> str:
    """The user's number as allauth writes it in links to choose a password (``uidb36``)."""
    return str(user_pk_to_url_str(user))


def list_session(request: HttpRequest) -> None:
    """Add this request's session to the list that its user sees."""
    UserSession.objects.create_from_request(request)


def unused_recovery_codes(authenticator: Authenticator) -> list[str]:
    """The recovery codes that have not been used yet."""
    return list(authenticator.wrap().get_unused_codes())


def begin_passkey(user: User) -> dict[str, Any]:
    """What the browser needs to make a passkey that signs in by itself. The session keeps the challenge."""
    return cast("dict[str, Any]", webauthn.begin_registration(user, True))


def check_new_passkey(credential: Any) -> None:
    """Raise ValidationError unless this answers the session's challenge, with the user verified by the device.

    An answer of an unexpected form can raise other errors as well (``accounts.factors.passkeys.MALFORMED``).
    """
    webauthn.parse_registration_response(credential)
    if not webauthn.complete_registration(credential).is_user_verified():
        raise get_adapter().validation_error("incorrect_code")


def credential_of(authenticator: Authenticator) -> AttestedCredentialData:
    """The credential of a stored passkey. Raises any exception if it cannot be read."""
    credential: AttestedCredentialData | None = authenticator.wrap().authenticator_data.credential_data
    if credential is None:
        raise ValueError("no credential")
    return credential


def _readable_passkeys(user: User) -> dict[bytes, tuple[AttestedCredentialData, Authenticator]]:
    """The user's passkeys that can be read, by the id of their credential."""
    found = {}
    for authenticator in Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).order_by("pk"):
        with suppress(Exception):  # accounts.factors.stored reports it
            credential = credential_of(authenticator)
            found[credential.credential_id] = (credential, authenticator)
    return found


def _credentials(user: User) -> list[AttestedCredentialData]:
    return [credential for credential, _authenticator in _readable_passkeys(user).values()]


def _passkey_with(user: User, credential_id: bytes) -> Authenticator | None:
    _credential, authenticator = _readable_passkeys(user).get(credential_id, (None, None))
    return authenticator


# allauth's own two functions fail if one of the passkeys cannot be read, and with it all pages about the others.
webauthn.get_credentials = _credentials
webauthn.get_authenticator_by_credential_id = _passkey_with


def save_passkey(user: User, name: str, credential: dict[str, Any]) -> None:
    """Save a passkey that ``check_new_passkey`` has accepted."""
    webauthn.WebAuthn.add(user, name, credential)
