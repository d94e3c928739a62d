"""Forms of the front desk: a reason, a later date, a checked identity."""

from datetime import date, timedelta
from typing import Any

from django import forms

from patients.ages import today
from portal.desk.password_help import Lost
from practice.form_layout import fields_only
from practice.one_line import OneLineFormField


class ReasonForm(forms.Form):
    """Why a PIN or access ends, or why a family declines."""

    reason = OneLineFormField(max_length=200, widget=forms.TextInput({"autofocus": True}))

    helper = fields_only()


class PostponeForm(ReasonForm):
    """When to ask a family again, and why not now."""

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


class PasswordHelpForm(forms.Form):
    """What the front desk confirms before it hands over a link to a guardian's account."""

    checked = forms.BooleanField(error_messages={"required": "Check who is asking, then tick this box."})
    lost = forms.ChoiceField(
        label="Remove the second step and the passkeys, too?",
        help_text="If the phone or key is gone, the new password alone does not open the account. "
        "Removing them signs the family out everywhere immediately.",
        required=False,
        choices=[("", "No, keep them"), *Lost.choices],
    )

    def __init__(self, *args: Any, guardian: str, has_factors: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["checked"].label = f"I have checked who is asking: it is {guardian}"
        self.helper = fields_only("checked", *(["lost"] if has_factors else []))
