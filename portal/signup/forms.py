"""Forms for signing up: PIN, birth dates, e-mail, password."""

from datetime import date
from typing import Any, ClassVar

from crispy_forms.layout import HTML
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import RegexValidator
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from accounts.factors.passkeys import LONGEST as LONGEST_PASSKEY
from accounts.models import User
from accounts.signin import passwords
from patients.ages import today
from portal.pins import hints, numbers
from practice.emails import EmailFormField
from practice.form_layout import fields_only

EARLIEST_YEAR = 1900  # nobody alive was born earlier; an earlier year is a typing mistake


class BirthDateWidget(forms.MultiWidget):
    """Three number fields, in the order of dates in the current language."""

    template_name = "portal/signup/widgets/birth_date.html"
    LABELS = (_("Month"), _("Day"), _("Year"))

    def __init__(self) -> None:
        numeric = {"inputmode": "numeric", "autocomplete": "off"}
        sizes = {"month": 2, "day": 2, "year": 4}
        super().__init__({part: forms.TextInput({**numeric, "maxlength": size}) for part, size in sizes.items()})

    def decompress(self, value: date | None) -> list[Any]:
        return [value.month, value.day, value.year] if value else [None, None, None]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        parts = zip(context["widget"]["subwidgets"], self.LABELS, strict=True)
        month, day, year = ({**part, "label": label} for part, label in parts)
        day_first = str(get_format("DATE_INPUT_FORMATS")[0]).startswith("%d")
        context["widget"]["subwidgets"] = [day, month, year] if day_first else [month, day, year]
        return context


class BirthDateField(forms.MultiValueField):
    """A child's birth date as the parent types it; not in the future."""

    widget = BirthDateWidget
    default_error_messages: ClassVar = {"incomplete": _("Type month, day and year.")}

    def __init__(self, **options: Any) -> None:
        digits = RegexValidator(r"^\s*\d{1,4}\s*$", _("Use numbers for month, day and year."))
        part = forms.CharField(max_length=10, validators=[digits])
        super().__init__(fields=[part, part, part], **options)

    def compress(self, data_list: list[str]) -> date | None:
        if not data_list:
            return None
        if not all(data_list):  # only white space, which Django strips after its own check for empty parts
            raise forms.ValidationError(self.error_messages["incomplete"], code="incomplete")
        month, day, year = (int(part) for part in data_list)
        try:
            born = date(year, month, day)
        except ValueError:
            raise forms.ValidationError(_("That day is not in the calendar. Check month, day and year.")) from None
        if year < EARLIEST_YEAR:
            raise forms.ValidationError(_("Type the year with four digits, like 2018."))
        if born > today():
            raise forms.ValidationError(_("That day has not come yet. Check the year."))
        return born


class PinForm(forms.Form):
    """The first question: a PIN and the birth date of its child."""

    pin = forms.CharField(
        label=_("PIN"),
        max_length=numbers.ADDRESS_MAX_LENGTH,
        help_text=_("The 12 digits next to your child’s name on the sheet."),
        error_messages={"required": _("Type the PIN from your sheet."), "max_length": _("A PIN has 12 digits.")},
        widget=forms.TextInput(
            {
                "inputmode": "numeric",
                "autocomplete": "off",
                "class": "pin-input",
                "autocapitalize": "off",
                "spellcheck": "false",
            }
        ),
    )
    # The other PINs of a scanned sheet, put here by the page's script.
    more = forms.CharField(required=False, max_length=numbers.ADDRESS_MAX_LENGTH, widget=forms.HiddenInput)
    birth_date = BirthDateField(
        label=_("Your child’s birth date"), error_messages={"required": _("Type your child’s birth date.")}
    )

    def clean_pin(self) -> list[str]:
        entry = self.cleaned_data["pin"]
        if "#" not in entry and len(entry) > numbers.ENTRY_MAX_LENGTH:
            raise forms.ValidationError(self.fields["pin"].error_messages["max_length"])
        try:
            return numbers.read_entry(entry)
        except numbers.MistypedPin:
            raise forms.ValidationError(hints.hint(entry.rpartition("#")[2]).in_words) from None

    def clean_more(self) -> list[str]:
        """Ignore invalid values in the hidden field; the user cannot correct them."""
        try:
            return numbers.read_entry("#" + self.cleaned_data["more"])
        except numbers.MistypedPin:
            return []

    @property
    def pair(self) -> dict[str, Any]:
        """The arguments of ``registration.prove``."""
        first, *more = self.cleaned_data["pin"] + self.cleaned_data["more"]
        return {"pin": first, "more": more, "birth_date": self.cleaned_data["birth_date"]}


class SiblingForm(forms.Form):
    """The birth date of another child on the sheet. Empty means: not now."""

    birth_date = BirthDateField(label=_("Birth date"), required=False, require_all_fields=False)

    def clean_birth_date(self) -> date | None:
        born: date | None = self.cleaned_data["birth_date"]
        return born


class EmailForm(forms.Form):
    """A family's e-mail."""

    email = EmailFormField(
        label=_("E-mail"),
        error_messages={
            "required": _("Type your e-mail."),
            "invalid": _("Check your e-mail. It should look like name@example.com."),
        },
        widget=forms.EmailInput({"autocomplete": "email", "autocapitalize": "off", "spellcheck": "false"}),
    )


class NewSignInForm(EmailForm):
    """A family's e-mail, and a password or a passkey.

    The family has typed the e-mail already. It is here again so that password managers store it with the password.
    """

    passkey = forms.CharField(required=False, max_length=LONGEST_PASSKEY, widget=forms.HiddenInput)
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        max_length=passwords.LONGEST,
        help_text=passwords.HELP,
        widget=forms.PasswordInput({"autocomplete": "new-password"}, render_value=False),
    )

    helper = fields_only("passkey", HTML('{% include "portal/signup/_passkey_offer.html" %}'), "email", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "username"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("passkey"):
            return cleaned
        if not cleaned.get("password", "-"):
            self.add_error("password", _("Choose a password."))
        elif "password" in cleaned:
            try:
                validate_password(cleaned["password"], User(email=cleaned.get("email", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned
