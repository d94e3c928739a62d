"""allauth's forms where ours are stricter: tries are counted, changes recorded, nothing is typed twice."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.account.fields import PasswordField, SetPasswordField
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.db import IntegrityError, transaction
from django.forms.fields import InvalidJSONInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import staff
from accounts.attempt_counter import strike_out
from accounts.factors.second_factor import CODE_LIFETIME
from accounts.models import SpentCode, User
from accounts.signin import attempts, mail, passwords
from accounts.signin.sign_in import enter
from accounts.surfaces import serves
from audit.trail import Action, Actor, record

Step = attempts.Step


def _new_password() -> SetPasswordField:
    return SetPasswordField(label=_("New password"), help_text=passwords.HELP)


class Plain:
    """The label says what a field is, so no placeholder says it again; the first field has the focus."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        next(iter(self.fields.values())).widget.attrs["autofocus"] = True


class OwnPassword(Plain):
    """Choosing one's own password, recorded and told. It is typed once: it can be looked at."""

    user: User

    def save(self) -> None:
        with transaction.atomic():
            super().save()  # type: ignore[misc]  # of allauth's form
            record(actor=Actor.of(context.request), action=Action.PASSWORD_CHANGED)
            mail.tell(self.user, mail.News.PASSWORD)


class ChangePasswordForm(OwnPassword, account.ChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    """Another password in place of the current one."""

    oldpassword = PasswordField(label=_("Current password"), autocomplete="current-password", show_reset_help=True)
    password1 = _new_password()
    password2 = None

    def clean_oldpassword(self) -> str:
        password: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password


class SetPasswordForm(OwnPassword, account.SetPasswordForm):  # type: ignore[misc]
    """A first password, for an account that was made with a passkey."""

    password1 = _new_password()
    password2 = None


class ResetPasswordForm(Plain, account.ResetPasswordForm):  # type: ignore[misc]
    """Asking for a link. How often is limited, whether or not the e-mail has a sign-in.

    A family's e-mail must have been confirmed, as one that was mistyped belongs to somebody else, and the user must
    still be allowed to have it (R18). Otherwise the mail is the same as for an e-mail without a sign-in.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")

    def clean_email(self) -> str:
        email: str = super().clean_email()
        enter(step=Step.RESET, account=email, request=context.request)
        confirmed = set(
            EmailAddress.objects.filter(email__iexact=email, verified=True).values_list("user_id", flat=True)
        )
        may_use = get_adapter().may_use_email
        self.users: list[User] = [
            user for user in self.users if user.is_staff_member or (user.pk in confirmed and may_use(user, user.email))
        ]
        return email


class UserTokenForm(account.UserTokenForm):  # type: ignore[misc]
    """A link to choose a password opens only where its user's pages are served."""

    def _get_user(self, uidb36: str) -> User | None:
        user: User | None = super()._get_user(uidb36)
        return user if user and serves(user) else None


class ResetPasswordKeyForm(Plain, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """Choosing a password by a link. All sessions end, and whoever was made to wait need not any more."""

    password1 = _new_password()
    password2 = None

    def save(self) -> None:
        with transaction.atomic():
            super().save()
            staff.close_sessions(self.user)
            attempts.forgive(self.user.email)
            record(actor=Actor.of(context.request), action=Action.PASSWORD_RESET, account=self.user.pk)
            mail.tell(self.user, mail.News.PASSWORD)


class PasswordAgainForm(Plain, account.ReauthenticateForm):  # type: ignore[misc]
    """Before something important."""


class LimitedCode:
    """A code of the second factor: wrong ones count, and one of the app works once."""

    cleaned_data: dict[str, Any]
    user: Any
    authenticator: Authenticator

    def clean_code(self) -> str:
        attempt = enter(step=Step.CODE, account=self.user.email, request=context.request)
        try:
            code: str = super().clean_code()  # type: ignore[misc]
            self._spend(code)
        except forms.ValidationError:
            by = Actor.of(context.request)
            record(actor=by, action=Action.SIGN_IN_FAILED, account=self.user.pk, step="second factor")
            get_adapter().notice_failure()
            raise
        strike_out(attempt)
        return code

    def _spend(self, code: str) -> None:
        """allauth remembers used codes in the cache of one process; there are several."""
        if self.authenticator.type != Authenticator.Type.TOTP:
            return
        SpentCode.objects.filter(at__lt=timezone.now() - CODE_LIFETIME).delete()
        digits = "".join(filter(str.isalnum, code))
        try:
            with transaction.atomic():
                SpentCode.objects.create(user=self.user, code=attempts.digest(digits))
        except IntegrityError:
            raise forms.ValidationError(_("This code was used already. Wait for the next one.")) from None


class CodeForm(LimitedCode, mfa.AuthenticateForm):  # type: ignore[misc]
    """Signing in."""


class CodeAgainForm(LimitedCode, mfa.ReauthenticateForm):  # type: ignore[misc]
    """Before something important."""


# What the libraries raise where the browser's answer is not of the form they expect.
MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError)


def _not_a_passkey() -> forms.ValidationError:
    return forms.ValidationError(_("The passkey did not work. Try again, or use another way."))


class Answer(forms.JSONField):
    """What the browser answers. Brackets in brackets without end are no answer."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError as error:
            raise _not_a_passkey() from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Not given back: an answer serves once."""
        return InvalidJSONInput("")


class AddPasskeyForm(passkeys.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey, or something that was sent in its place."""

    name = forms.CharField(required=False, max_length=60)
    credential = Answer(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except forms.ValidationError:
            raise
        except MALFORMED as error:
            raise _not_a_passkey() from error
        return cleaned


class CheckedPasskey:
    """A passkey that fails leaves its line. It cannot be guessed, so there is nothing to wait for."""

    user: Any

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (forms.ValidationError, *MALFORMED) as error:
            account = self.user.pk if self.user else None
            by = Actor.of(context.request)
            record(actor=by, action=Action.SIGN_IN_FAILED, account=account, step="passkey")
            get_adapter().notice_failure()
            raise _not_a_passkey() from error


class PasskeyAloneForm(CheckedPasskey, passkeys.LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in without a password."""

    credential = Answer(widget=forms.HiddenInput)


class PasskeyForm(CheckedPasskey, passkeys.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """Signing in after the password."""

    credential = Answer(widget=forms.HiddenInput)


class PasskeyAgainForm(CheckedPasskey, passkeys.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Before something important."""

    credential = Answer(widget=forms.HiddenInput)
