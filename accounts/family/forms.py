"""Forms about a family's e-mail address: asking for a code, typing it, changing the address."""

import re
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.attempt_counter import strike_out
from accounts.family import email_addresses
from accounts.family.email_addresses import Outcome
from accounts.form_parts import CodeField
from accounts.models import EmailCode
from accounts.signin import attempts
from accounts.signin.form_attempts import count_attempt
from audit.trail import Actor
from practice.emails import EmailFormField

Step = attempts.Step
REFUSALS = {
    Outcome.WRONG: _("This is not the code in our last mail. Please check it."),
    Outcome.OVER: _("This code does not work any more. Ask for a new one."),
    Outcome.NOT_USABLE: _("You cannot use this e-mail here. Use another one, or call the practice."),
}


class OwnSignInForm(forms.Form):
    """A form about the sign-in of the user who sends it."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user = Actor.of(request).signed_in

    def send_to(self, email: str) -> None:
        """Mail a code there. Raises ValidationError with the time of the next try."""
        for account in sorted({self.user.email, email}):
            count_attempt(step=Step.MAIL, account=account, request=self.request)
        email_addresses.send_code(user=self.user, email=email, by=Actor.of(self.request))


class SendCodeForm(OwnSignInForm):
    """Asking for a code. It goes to the address of the last code, or else to the current address."""

    def clean(self) -> None:
        pending = EmailCode.objects.filter(user=self.user).first()
        self.send_to(pending.email if pending and pending.is_live else self.user.email)


class ConfirmEmailForm(OwnSignInForm):
    """The code from the mail. Spaces do not matter; wrong codes count."""

    code = CodeField(max_length=20, error_messages={"required": _("Type the code from the mail.")})

    def clean_code(self) -> str:
        code = re.sub(r"\D", "", self.cleaned_data["code"])
        if len(code) != email_addresses.DIGITS:
            raise forms.ValidationError(_("The code has 6 digits."))
        attempt = count_attempt(step=Step.CONFIRM, account=self.user.email, request=self.request)
        outcome = email_addresses.confirm(user=self.user, code=code, by=Actor.of(self.request))
        if outcome in REFUSALS:
            raise forms.ValidationError(REFUSALS[outcome])
        strike_out(attempt)
        return code


class ChangeEmailForm(OwnSignInForm):
    """A new address. It must be confirmed before it replaces the old one."""

    email = EmailFormField(
        label=_("New e-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Type your new e-mail.")},
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email == self.user.email:
            raise forms.ValidationError(_("This is the e-mail you have now."))
        if not get_adapter().may_use_email(self.user, email):
            # Counted like a sent mail. Otherwise a user could test any number of addresses for a sign-in.
            count_attempt(step=Step.MAIL, account=self.user.email, request=self.request)
            raise forms.ValidationError(REFUSALS[Outcome.NOT_USABLE])
        self.send_to(email)
        return email
