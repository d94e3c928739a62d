"""Forms about a family's own e-mail address: asking for a code, typing it, naming a new address."""

import re
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.attempt_counter import strike_out
from accounts.family import email_addresses
from accounts.family.email_addresses import Outcome
from accounts.models import EmailCode
from accounts.signin import attempts
from accounts.signin.sign_in import enter
from audit.trail import Actor

Step = attempts.Step
REFUSALS = {
    Outcome.WRONG: _("This is not the code in our last mail. Please check it."),
    Outcome.OVER: _("This code does not work any more. Ask for a new one."),
    Outcome.NOT_USABLE: _("You cannot use this e-mail here. Use another one, or call the practice."),
}


class OwnForm(forms.Form):
    """A form of somebody about their own sign-in."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user = Actor.of(request).signed_in

    def send_to(self, email: str) -> None:
        """Mail a code there. Raises ValidationError with the time to wait until."""
        for account in sorted({self.user.email.lower(), email.lower()}):
            enter(step=Step.MAIL, account=account, request=self.request)
        email_addresses.send_code(user=self.user, email=email, by=Actor.of(self.request))


class SendCodeForm(OwnForm):
    """Asking for a code, to the address that the last one went to or else the present one."""

    def clean(self) -> None:
        pending = EmailCode.objects.filter(user=self.user).first()
        self.send_to(pending.email if pending and pending.is_live else self.user.email)


class ConfirmEmailForm(OwnForm):
    """The code from the mail. Spaces do not matter; wrong ones count."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "form-control"}
        ),
        error_messages={"required": _("Type the code from the mail.")},
    )

    def clean_code(self) -> str:
        code = re.sub(r"\D", "", self.cleaned_data["code"])
        if len(code) != email_addresses.DIGITS:
            raise forms.ValidationError(_("The code has 6 digits."))
        attempt = enter(step=Step.CONFIRM, account=self.user.email, request=self.request)
        outcome = email_addresses.confirm(user=self.user, code=code, by=Actor.of(self.request))
        if outcome in REFUSALS:
            raise forms.ValidationError(REFUSALS[outcome])
        strike_out(attempt)
        return code


class ChangeEmailForm(OwnForm):
    """A new address, which must be confirmed before it takes the place of the old one."""

    email = forms.EmailField(
        label=_("New e-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "class": "form-control"}),
        error_messages={"required": _("Type your new e-mail.")},
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email.lower() == self.user.email.lower():
            raise forms.ValidationError(_("This is the e-mail you have now."))
        if not get_adapter().may_use_email(self.user, email):
            # Counted as a mail that was sent, or one could ask of everybody whether they have a sign-in.
            enter(step=Step.MAIL, account=self.user.email, request=self.request)
            raise forms.ValidationError(REFUSALS[Outcome.NOT_USABLE])
        self.send_to(email)
        return email
