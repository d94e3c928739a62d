"""What the front desk enters: reasons, when to ask again, who was checked."""

from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from patients.ages import today
from portal.desk.sign_in_help import Lost


class ReasonForm(forms.Form):
    """Why: for ending a PIN or an access, and for noting that a family declines."""

    reason = forms.CharField(max_length=200, widget=forms.TextInput({"autofocus": True}))

    helper = FormHelper()
    helper.form_tag = False


class PostponeForm(ReasonForm):
    """Until when a family is not asked, and why."""

    LATEST = 2 * 365  # days from today
    USUAL = 30  # days

    until = forms.DateField(
        label="Ask again on", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), input_formats=["%Y-%m-%d"]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tomorrow, latest = today() + timedelta(days=1), today() + timedelta(days=self.LATEST)
        self.initial.setdefault("until", today() + timedelta(days=self.USUAL))
        self.fields["until"].widget.attrs |= {"min": tomorrow.isoformat(), "max": latest.isoformat()}

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until <= today():
            raise forms.ValidationError("Choose a day after today.")
        if until > today() + timedelta(days=self.LATEST):
            raise forms.ValidationError("Choose a day within the next two years.")
        return until


class SignInHelpForm(forms.Form):
    """What the desk confirms before it hands over a link to somebody's account."""

    checked = forms.BooleanField(
        label="I have checked who is asking",
        error_messages={"required": "Check who is asking first, then tick the box."},
    )
    lost = forms.ChoiceField(
        label="Take away the second step and the passkeys too?",
        required=False,
        choices=[("", "No, leave them as they are"), *Lost.choices],
    )
