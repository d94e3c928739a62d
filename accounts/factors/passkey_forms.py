"""allauth's forms for passkeys: failures are recorded, and malformed answers of a browser get a message."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _

from accounts.allauth_internals import current_request
from accounts.factors.passkeys import MALFORMED, is_plain_object
from accounts.factors.unreadable import SomeUnreadable
from accounts.form_parts import ErrorsOnTop, FocusFirstField
from audit.trail import Action, Actor, record
from practice.one_line import on_one_line


def _not_a_passkey() -> forms.ValidationError:
    return forms.ValidationError(_("The passkey did not work. Try again, or use another way."))


class PasskeyField(forms.JSONField):
    """The browser's answer, a JSON object. Endlessly nested brackets are refused.

    allauth checks a new passkey only if the answer is true in Python: it would save 0 or false without a check.
    """

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        try:
            answer = super().to_python(value)
        except forms.ValidationError:
            raise
        except (RecursionError, ValueError) as error:  # too deep, or a number that is too long
            raise _not_a_passkey() from error
        if answer is not None and not is_plain_object(answer):
            raise _not_a_passkey()
        return answer

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Never re-render this value: it is single use."""
        return InvalidJSONInput("")


class PasskeyName(forms.CharField):
    """A name in one line, whatever was pasted."""

    def to_python(self, value: Any) -> Any:
        return on_one_line(super().to_python(value) or "")


class AddPasskeyForm(ErrorsOnTop, FocusFirstField, passkeys.AddWebAuthnForm):  # type: ignore[misc]  # no types
    """A new passkey."""

    name = PasskeyName(
        label=_("Name"),
        required=False,
        max_length=60,
        help_text=_("To tell them apart, for example “My phone”."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone"),
        required=False,
        initial=True,
        help_text=_("You need no password with it. Clear this box for a security key without a PIN or fingerprint."),
    )
    credential = PasskeyField()

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except forms.ValidationError:
            raise
        except MALFORMED as error:
            raise _not_a_passkey() from error
        return cleaned


class RenamePasskeyForm(ErrorsOnTop, FocusFirstField, passkeys.EditWebAuthnForm):  # type: ignore[misc]
    """A new name for a passkey."""

    name = PasskeyName(label=_("Name"), max_length=60, widget=forms.TextInput({"autocomplete": "off"}))


class CheckedPasskey(SomeUnreadable):
    """Record a passkey that fails. It cannot be guessed, so attempts are not limited."""

    user: Any

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]  # of allauth's form
        except (forms.ValidationError, *MALFORMED) as error:
            account = self.user.pk if self.user else None
            by = Actor.of(current_request())
            record(actor=by, action=Action.SIGN_IN_FAILED, account=account, step="passkey")
            get_adapter().notice_failure()
            raise _not_a_passkey() from error


class PasskeyAloneForm(CheckedPasskey, passkeys.LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in with a passkey and no password."""

    credential = PasskeyField()


class PasskeyForm(CheckedPasskey, passkeys.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """Signing in with a passkey after the password."""

    credential = PasskeyField()


class PasskeyAgainForm(CheckedPasskey, passkeys.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Showing a passkey again before something important."""

    credential = PasskeyField()
