"""allauth's forms about passwords, stricter: attempts are counted, changes recorded, nothing is typed twice."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import allauth_internals
from accounts.allauth_internals import PasswordField, SetPasswordField, current_request
from accounts.form_parts import ErrorsOnTop, FocusFirstField
from accounts.models import User
from accounts.sessions.revocation import close_sessions
from accounts.signin import attempts, mail, passwords
from accounts.signin.form_attempts import count_attempt
from accounts.surfaces import serves
from audit.trail import Action, Actor, record
from practice.after_saving import go_on
from practice.emails import EmailFormField


def _new_password() -> SetPasswordField:
    return SetPasswordField(label=_("New password"), help_text=passwords.HELP)


class SignInForm(ErrorsOnTop, FocusFirstField, account.LoginForm):  # type: ignore[misc]  # allauth ships no types
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = EmailFormField(label=_("E-mail"), widget=self.fields["login"].widget)

    def full_clean(self) -> None:
        super().full_clean()
        if self._errors:
            for name in self.fields:  # e-mail and password are wrong together
                self.refer_to_errors(name)
            if "login" not in self._errors:
                self.fields["login"].widget.attrs.pop("autofocus", None)
                self.fields["password"].widget.attrs["autofocus"] = True


class ChosenPassword(FocusFirstField):
    """A user's choice of a password: recorded, and reported by mail. It is typed once because it can be shown."""

    user: User

    def save(self) -> None:
        with transaction.atomic():
            super().save()  # type: ignore[misc]  # of allauth's form
            record(actor=Actor.of(current_request()), action=Action.PASSWORD_CHANGED)
            mail.send_news(self.user, mail.News.PASSWORD)


class ChangePasswordForm(ChosenPassword, account.ChangePasswordForm):  # type: ignore[misc]
    """A new password in place of the current one."""

    oldpassword = PasswordField(label=_("Current password"), autocomplete="current-password", show_reset_help=True)
    password1 = _new_password()
    password2 = None

    def clean_oldpassword(self) -> str:
        password: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password


class SetPasswordForm(ChosenPassword, account.SetPasswordForm):  # type: ignore[misc]
    """The first password of an account that was made with a passkey."""

    password1 = _new_password()
    password2 = None


class ResetPasswordForm(FocusFirstField, account.ResetPasswordForm):  # type: ignore[misc]
    """Asking for a link to choose a password. Requests are limited for every e-mail, with or without a sign-in.

    A family's e-mail must be confirmed, because a mistyped one belongs to somebody else. The user must also still be
    allowed to have it (R18). Otherwise the mail is the same as for an e-mail without a sign-in.
    """

    email = EmailFormField(label=_("E-mail"), widget=forms.EmailInput({"autocomplete": "email"}))

    def clean_email(self) -> str:
        email: str = super().clean_email()
        count_attempt(step=attempts.Step.RESET, account=email, request=current_request())
        confirmed = set(EmailAddress.objects.filter(email=email, verified=True).values_list("user_id", flat=True))
        may_use = get_adapter().may_use_email
        self.users: list[User] = [
            user for user in self.users if user.is_staff_member or (user.pk in confirmed and may_use(user, user.email))
        ]
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Mail the link. If that fails, the page is the same: the answer must not tell which e-mails have a sign-in."""
        go_on("mail a password link", lambda: super(ResetPasswordForm, self).save(request, **kwargs))
        email: str = self.cleaned_data["email"]
        return email


class UserTokenForm(allauth_internals.UserTokenForm):
    """A link to choose a password works only where its user's pages are served."""

    def admits(self, user: User) -> bool:
        return serves(user)


class ResetPasswordKeyForm(FocusFirstField, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """Choosing a password with a link. All sessions end, and earlier failed attempts are forgotten."""

    password1 = _new_password()
    password2 = None

    def save(self) -> None:
        with transaction.atomic():
            super().save()
            close_sessions(self.user)
            attempts.forgive(self.user.email)
            record(actor=Actor.of(current_request()), action=Action.PASSWORD_RESET, account=self.user.pk)
            mail.send_news(self.user, mail.News.PASSWORD)


class PasswordAgainForm(FocusFirstField, account.ReauthenticateForm):  # type: ignore[misc]
    """Typing the password again before something important."""
