"""allauth's forms for codes of an authenticator app and recovery codes: wrong codes count, an app's code works once."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.adapter import get_adapter as get_factors_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.allauth_internals import current_request
from accounts.attempt_counter import strike_out
from accounts.factors import stored
from accounts.factors.second_factor import CODE_LIFETIME
from accounts.factors.unreadable import SomeUnreadable
from accounts.form_parts import CodeField, ErrorsOnTop, FocusFirstField
from accounts.models import SpentCode
from accounts.signin import attempts
from accounts.signin.form_attempts import count_attempt
from audit.trail import Action, Actor, record


class FactorCodeField(CodeField):
    """A code of a second factor. It is single use, so it is never rendered again."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        return ""


class LimitedCode(SomeUnreadable, ErrorsOnTop, FocusFirstField):
    """Count wrong codes, and accept a code of an app once."""

    cleaned_data: dict[str, Any]
    user: Any
    authenticator: Authenticator

    def clean_code(self) -> str:
        request = current_request()
        attempt = count_attempt(step=attempts.Step.CODE, account=self.user.email, request=request)
        try:
            code = self._checked()
            self._spend(code)
        except forms.ValidationError:
            by = Actor.of(request)
            record(actor=by, action=Action.SIGN_IN_FAILED, account=self.user.pk, step="second factor")
            get_adapter().notice_failure()
            raise
        strike_out(attempt)
        return code

    def _checked(self) -> str:
        """The code, if it is right. allauth's own check stops at the first factor that cannot be read."""
        code: str = self.cleaned_data["code"]
        for factor in stored.readable(self.user):
            if factor.type != Authenticator.Type.WEBAUTHN and factor.wrap().validate_code(code):
                factor.user = self.user
                self.authenticator = factor
                return code
        raise get_factors_adapter().validation_error("incorrect_code")

    def _spend(self, code: str) -> None:
        """Refuse a code that was used before. allauth remembers used codes only in the cache of one process."""
        if self.authenticator.type != Authenticator.Type.TOTP:
            return
        SpentCode.objects.filter(at__lt=timezone.now() - CODE_LIFETIME).delete()
        digits = "".join(filter(str.isalnum, code))
        try:
            with transaction.atomic():
                SpentCode.objects.create(user=self.user, code=attempts.digest(digits))
        except IntegrityError:
            raise forms.ValidationError(_("This code was used already. Wait for the next one.")) from None


class CodeForm(LimitedCode, AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """Signing in, after the password."""

    code = FactorCodeField()


class CodeAgainForm(LimitedCode, ReauthenticateForm):  # type: ignore[misc]
    """Typing a code again before something important."""

    code = FactorCodeField()


class AddAppForm(ErrorsOnTop, FocusFirstField, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""

    code = FactorCodeField()
