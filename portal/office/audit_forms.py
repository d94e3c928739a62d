"""The filter of the **Audit** page."""

from typing import Any

from django import forms

from accounts.access import BIGGEST
from audit.trail import Action
from audit.words import GROUPS, action_in_words
from portal.office.audit_trail import Wanted

YEARS = range(2000, 2200)  # a day outside of them is a typing mistake
_DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def _words(placeholder: str) -> forms.TextInput:
    return forms.TextInput({"placeholder": placeholder, "autocomplete": "off", "spellcheck": "false"})


def _choices() -> list[tuple[str, Any]]:
    groups = [(code, title) for code, (title, _codes) in GROUPS.items()]
    single = sorted(((action.value, action_in_words(action)) for action in Action), key=lambda choice: choice[1])
    return [("", "Everything"), ("Groups", groups), ("Single actions", single)]


class AuditFilterForm(forms.Form):
    """Which lines to show. Posted: a chart number must stand in no address and no log."""

    since = forms.DateField(label="From", required=False, widget=_DAY, input_formats=["%Y-%m-%d"])
    until = forms.DateField(label="To", required=False, widget=_DAY, input_formats=["%Y-%m-%d"])
    action = forms.ChoiceField(label="What", required=False, choices=_choices)
    who = forms.CharField(label="Who", required=False, max_length=100, widget=_words("Name or e-mail"))
    patient = forms.CharField(label="Patient", required=False, max_length=64, widget=_words("Chart number"))
    address = forms.CharField(label="From address", required=False, max_length=45, widget=_words("IP or command"))
    before = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        for name in ("since", "until"):
            if cleaned.get(name) and cleaned[name].year not in YEARS:
                self.add_error(name, f"Choose a day between {YEARS.start} and {YEARS.stop - 1}.")
        if since and until and since > until:
            self.add_error("until", "This day is before the first one.")
        return cleaned

    @property
    def wanted(self) -> Wanted:
        """What a valid form asks for."""
        return Wanted(**{name: value for name, value in self.cleaned_data.items() if name != "before"})
