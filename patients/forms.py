"""Forms of the chart, and helpers for forms that edit records. Labels are the words on the screen."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from crispy_forms.layout import Fieldset
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from patients import languages
from patients.ages import today
from patients.models import Contact, FamilyContact, Patient
from practice.form_layout import fields_only, row

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

MAX_AGE = 130  # years
ADDRESS = ["street", "city", "state", "postal_code"]
DATE_WIDGET = forms.DateInput(
    attrs={"type": "date"}, format="%Y-%m-%d"
)  # the only format that a browser's date field accepts


def _address() -> Fieldset:
    return Fieldset("Address", "street", row("city", "state", "postal_code"))


def add_errors(error: ValidationError, *among: forms.BaseForm) -> None:
    """Show a rule's errors at the fields they name, and other errors above the first form."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for field, messages in by_field.items():
        owner = next((form for form in among if field in form.fields), None)
        (owner or among[0]).add_error(field if owner else None, messages)


def add_differences(*among: forms.BaseForm) -> None:
    """Say that a colleague saved first, and at each changed field what the record says now."""
    among[0].add_error(
        None,
        "A colleague changed this record after you opened it. Your entries are still here. "
        "Look at the fields marked below, then save again to keep yours.",
    )
    for form in among:
        for name in form.changed_data:
            form.add_error(name, f"The record now says: {_in_words(form.fields[name], form.initial.get(name))}.")


def _in_words(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ChoiceField):
        choices = cast("list[tuple[str, str]]", field.choices)  # no form here uses groups of choices
        return next((str(label) for code, label in choices if code == value), "nothing")
    if isinstance(field, forms.BooleanField):
        return "checked" if value else "not checked"
    return f"“{value}”" if value else "nothing"


class _PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Fields that patients and contacts have in common."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # A browser would suggest other families' names and addresses.
            field.widget.attrs["autocomplete"] = "off"
        self.fields["language"] = forms.ChoiceField(
            label="Language", required=False, choices=languages.choices(with_code=self.instance.language)
        )

    def clean_birth_date(self) -> Any:
        birth_date = self.cleaned_data["birth_date"]
        if birth_date and birth_date > today():
            raise ValidationError("This date is in the future. Check the year.")
        if birth_date and today().year - birth_date.year > MAX_AGE:
            raise ValidationError(f"This is more than {MAX_AGE} years ago. Check the year.")
        return birth_date


class PatientForm(_PersonForm):
    class Meta:
        model = Patient
        fields: ClassVar = [
            "given_name",
            "middle_name",
            "family_name",
            "preferred_name",
            "birth_date",
            "sex",
            "chart_number",
            "status",
            "language",
            "phone",
            "email",
            *ADDRESS,
        ]
        widgets: ClassVar = {"birth_date": DATE_WIDGET}
        error_messages: ClassVar = {
            "chart_number": {"unique": "Another patient has this chart number. Search for it before adding a chart."}
        }

    helper = fields_only(
        Fieldset(
            "Name and birth",
            row("given_name", "middle_name", "family_name"),
            row("preferred_name", "birth_date", "sex"),
        ),
        Fieldset("Chart", row("chart_number", "status", "language")),
        Fieldset("Phone and e-mail", row("phone", "email")),
        _address(),
    )


class ContactForm(_PersonForm):
    """The person, shared by the charts of all children."""

    class Meta:
        model = Contact
        fields: ClassVar = [
            "given_name",
            "family_name",
            "birth_date",
            "language",
            "home_phone",
            "cell_phone",
            "email",
            *ADDRESS,
        ]
        widgets: ClassVar = {"birth_date": DATE_WIDGET}

    helper = fields_only(
        Fieldset(
            "The person",
            row("given_name", "family_name"),
            row("birth_date", "language"),
        ),
        Fieldset("Phone and e-mail", row("home_phone", "cell_phone"), "email"),
        _address(),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("given_name") and not cleaned.get("family_name"):
            self.add_error("given_name", "Enter a first or a last name.")
        return cleaned


class FamilyContactForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Role, authority and restriction for this child only."""

    class Meta:
        model = FamilyContact
        fields: ClassVar = [
            "role",
            "authority",
            "sort_order",
            "lives_with",
            "is_restricted",
            "restriction_reason",
            "restriction_document",
        ]
        help_texts: ClassVar = {
            "authority": "Right to decide for the child. Portal access needs Joint or Exclusive.",
        }

    helper = fields_only(
        Fieldset("For this patient only", row("role", "authority", "sort_order"), "lives_with"),
        Fieldset("Portal restriction", "is_restricted", row("restriction_reason", "restriction_document")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            # No default, because role and authority decide about access.
            for name, choices in (("role", FamilyContact.Role.choices), ("authority", FamilyContact.Authority.choices)):
                self.fields[name] = forms.ChoiceField(
                    choices=[("", "Choose …"), *choices], help_text=self.fields[name].help_text
                )
                self.initial[name] = kwargs.get("initial", {}).get(name, "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_restricted = cleaned.get("is_restricted")
        if is_restricted and not cleaned.get("restriction_reason"):
            self.add_error("restriction_reason", "A restriction needs a reason, such as “court order”.")
        if not is_restricted and self.initial.get("is_restricted"):
            # Without a restriction the database allows neither reason nor document.
            cleaned["restriction_reason"] = cleaned["restriction_document"] = ""
        elif not is_restricted and (cleaned.get("restriction_reason") or cleaned.get("restriction_document")):
            self.add_error("is_restricted", "Check this box, or clear the reason and the document below.")
        return cleaned
