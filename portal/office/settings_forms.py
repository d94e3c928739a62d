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
TEXT, CHOICE = {"class": "form-control"}, {"class": "form-select"}


class PracticeForm(ModelForm):
    """Who the practice is, for families: on every page, in mails and on the sheet."""

    class Meta:
        model = Practice
        fields = ("name", "address", "phone")
        help_texts: ClassVar = {
            "address": "In lines, as on an envelope; four at most. Stands on the sheet and under the families’ pages.",
            "phone": "Where families call with questions. Stands on the sheet and under each page; one tap calls it.",
        }
        widgets: ClassVar = {
            "name": forms.TextInput(TEXT),
            "address": forms.Textarea(TEXT | {"rows": 3}),
            "phone": forms.TextInput(TEXT | {"type": "tel"}),
        }

    def clean_address(self) -> str:
        lines = [line.strip() for line in self.cleaned_data["address"].splitlines() if line.strip()]
        if len(lines) > ADDRESS_LINES:
            raise ValidationError(f"The sheet has room for {ADDRESS_LINES} lines.")
        return "\n".join(lines)

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and sum(sign.isdecimal() for sign in phone) < SHORTEST_PHONE:
            raise ValidationError("One tap must call it: type the number in digits, such as (614) 555-0100.")
        return phone


class SheetForm(ModelForm):
    """The paper in the printer, and how long a PIN on it works."""

    class Meta:
        model = Practice
        fields = ("paper", "pin_lifetime_days")
        labels: ClassVar = {"pin_lifetime_days": "A PIN works for (days)"}
        help_texts: ClassVar = {
            "paper": "What is in the printer at the front desk.",
            "pin_lifetime_days": "1 to 30. For PINs issued from now on; those on paper keep the date printed there.",
        }
        widgets: ClassVar = {
            "paper": forms.Select(CHOICE),
            "pin_lifetime_days": forms.NumberInput(TEXT | {"min": 1, "max": 30}),
        }


class AgesForm(ModelForm):
    """From which age on a child's guardians see less, and nothing."""

    class Meta:
        model = Practice
        fields = ("teen_from", "teen_to", "adult_age")
        labels: ClassVar = {"teen_from": "Limited from age", "teen_to": "Limited to age", "adult_age": "Adult from age"}
        help_texts: ClassVar = {
            "teen_from": "From this birthday on guardians see appointments without type or reason.",
            "teen_to": "The last year of life for which that holds.",
            "adult_age": "At this birthday guardians’ access and waiting PINs end. The patient can get an own one.",
        }
        widgets: ClassVar = {name: forms.NumberInput(TEXT | {"min": 1, "max": 25}) for name in fields}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last, adult = (cleaned.get(name) for name in ("teen_from", "teen_to", "adult_age"))
        if first is not None and last is not None and first > last:
            self.add_error("teen_to", "This must not be below the age where it begins.")
        elif last is not None and adult is not None and last >= adult:
            self.add_error("adult_age", "This must be above the last limited age.")
        return cleaned


FORMS: Mapping[str, type[ModelForm]] = {"practice": PracticeForm, "sheet": SheetForm, "ages": AgesForm}


class LogoForm(forms.Form):
    """A picture to upload. What is in it is looked at by ``practice.logo``."""

    logo = forms.FileField(
        label="Choose a picture",
        help_text="PNG, JPEG or WebP, 1 MB at most, dark on white. It is made smaller, and grey on the sheet.",
        error_messages={"required": "Choose a picture first.", "empty": "The file is empty."},
        widget=forms.FileInput(TEXT | {"accept": "image/png,image/jpeg,image/webp"}),
    )


class TermsForm(forms.Form):
    """A text for each language of the portal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in settings.LANGUAGES:
            optional = "" if code == SOURCE else "Empty: families who read this language are shown the English text."
            self.fields[code] = forms.CharField(
                label=name,
                required=code == SOURCE,
                max_length=MAX_LENGTH,
                help_text=optional,
                error_messages={"required": "The English text is shown where a language has none: write it first."},
                widget=forms.Textarea(TEXT | {"rows": 14, "lang": code, "dir": "auto"}),
            )

    @property
    def texts(self) -> dict[str, str]:
        """The texts by language, as ``practice.terms.publish`` takes them."""
        return {code: self.cleaned_data.get(code, "") for code in self.fields}
