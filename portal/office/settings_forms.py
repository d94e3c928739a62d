"""Forms of the Practice Portal's **Settings**. Labels are the words on the screen."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from practice.languages import SOURCE
from practice.models import Practice
from practice.terms import MAX_LENGTH

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

ADDRESS_LINES = 4
SHORTEST_PHONE = 7  # digits, without the area code


class PracticeForm(ModelForm):
    """The practice as families see it: on pages, in mails, and on the sheet."""

    class Meta:
        model = Practice
        fields = ("name", "address", "phone")
        help_texts: ClassVar = {
            "address": "Up to four lines. Shown on PIN sheets and family pages.",
            "phone": "Families call this number with questions. Shown on PIN sheets and family pages.",
        }
        widgets: ClassVar = {
            "address": forms.Textarea({"rows": 3}),
            "phone": forms.TextInput({"type": "tel"}),
        }

    def clean_address(self) -> str:
        lines = [line.strip() for line in self.cleaned_data["address"].splitlines() if line.strip()]
        if len(lines) > ADDRESS_LINES:
            raise ValidationError(f"Use at most {ADDRESS_LINES} lines. The sheet has no room for more.")
        return "\n".join(lines)

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and sum(sign.isdecimal() for sign in phone) < SHORTEST_PHONE:
            raise ValidationError("Enter the number in digits, such as (614) 555-0100, so that phones can call it.")
        return phone


class SheetForm(ModelForm):
    """The paper in the printer, and how long PINs work."""

    class Meta:
        model = Practice
        fields = ("paper", "pin_lifetime_days")
        labels: ClassVar = {"pin_lifetime_days": "PIN lifetime (days)"}
        help_texts: ClassVar = {
            "paper": "The paper in the front desk’s printer.",
            "pin_lifetime_days": "1 to 30. Applies to new PINs. Printed PINs keep the date on the sheet.",
        }
        widgets: ClassVar = {"pin_lifetime_days": forms.NumberInput({"min": 1, "max": 30})}


class AgesForm(ModelForm):
    """The ages at which guardians see less, and at which their access ends."""

    class Meta:
        model = Practice
        fields = ("own_account_from", "teen_from", "teen_to", "adult_age")
        labels: ClassVar = {
            "own_account_from": "Own accounts from age",
            "teen_from": "Teen privacy starts at age",
            "teen_to": "Teen privacy ends after age",
            "adult_age": "Adult from age",
        }
        help_texts: ClassVar = {
            "own_account_from": "From this age, a patient can have an own account, as Self.",
            "teen_from": "From this age, guardians no longer see the visit type or reason.",
            "teen_to": "The last age with teen privacy. It must be below the adult age.",
            "adult_age": "On this birthday, guardians’ access and unused PINs end, unless there is a basis for an "
            "adult. The patient can get a PIN as Self.",
        }
        widgets: ClassVar = {name: forms.NumberInput({"min": 1, "max": 25}) for name in fields}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last, adult = (cleaned.get(name) for name in ("teen_from", "teen_to", "adult_age"))
        if first is not None and last is not None and first > last:
            self.add_error("teen_to", "Enter an age that is not below the age at which teen privacy starts.")
        elif last is not None and adult is not None and last >= adult:
            self.add_error("adult_age", "Enter an age above the last age with teen privacy.")
        own = cleaned.get("own_account_from")
        if own is not None and adult is not None and own > adult:
            self.add_error("own_account_from", "Enter an age that is not above the adult age.")
        return cleaned


FORMS: Mapping[str, type[ModelForm]] = {"practice": PracticeForm, "sheet": SheetForm, "ages": AgesForm}


class LogoForm(forms.Form):
    """A picture to upload. ``practice.logo`` checks its content."""

    logo = forms.FileField(
        label="Choose a picture",
        help_text="PNG, JPEG, or WebP, up to 1 MB, dark on white. It is resized, and printed in gray on the sheet.",
        error_messages={"required": "Choose a picture first.", "empty": "This file is empty. Choose another one."},
        widget=forms.FileInput({"accept": "image/png,image/jpeg,image/webp"}),
    )


class TermsForm(forms.Form):
    """A text for each language of the portal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in settings.LANGUAGES:
            optional = "" if code == SOURCE else "If empty, families who read this language see the English text."
            self.fields[code] = forms.CharField(
                label=name,
                required=code == SOURCE,
                max_length=MAX_LENGTH,
                help_text=optional,
                error_messages={"required": "Write the English text. Languages without a text show it."},
                widget=forms.Textarea({"rows": 14, "lang": code, "dir": "auto"}),
            )

    @property
    def texts(self) -> dict[str, str]:
        """The texts by language, as ``practice.terms.publish`` takes them."""
        return {code: self.cleaned_data.get(code, "") for code in self.fields}
