"""Forms of the chart, and helpers for forms that edit records. Labels are the words on the screen."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from crispy_forms.layout import Fieldset
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from patients import languages
from patients.ages import age_on, today
from patients.models import Contact, FamilyContact, Level, Patient
from practice.form_layout import fields_only, row
from practice.models import Practice

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
    """Role, authority, portal access and its basis for this child only."""

    class Meta:
        model = FamilyContact
        fields: ClassVar = [
            "role",
            "authority",
            "sort_order",
            "lives_with",
            "basis",
            "basis_document",
            "basis_from",
            "basis_until",
            "level",
            "restriction_reason",
            "restriction_document",
        ]
        labels: ClassVar = {
            "basis_document": "Document for the basis",
            "restriction_reason": "Reason for Limited or None",
            "restriction_document": "Document for the reason",
        }
        help_texts: ClassVar = {
            "authority": "Right to decide for the child. Portal access needs Joint or Exclusive.",
            "basis": "Why this person may see the patient on the portal. For an adult patient, only the guardianship "
            "of a dependent adult and the patient’s consent count.",
            "level": "Limited hides the visit type and the reason for a visit.",
        }
        widgets: ClassVar = {"basis_from": DATE_WIDGET, "basis_until": DATE_WIDGET}

    helper = fields_only(
        Fieldset("For this patient only", row("role", "authority", "sort_order"), "lives_with"),
        Fieldset("Basis of portal access", row("basis", "basis_document"), row("basis_from", "basis_until")),
        Fieldset("Portal access", "level", row("restriction_reason", "restriction_document")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Self is not chosen from a list: it is made from the patient's own data (patients.own_contact).
        roles = [each for each in FamilyContact.Role.choices if each[0] != FamilyContact.Role.SELF]
        if self.instance.role == FamilyContact.Role.SELF and self.instance.pk:
            for name in ("role", "authority", "basis", "basis_document", "basis_from", "basis_until"):
                del self.fields[name]
            self.helper = fields_only(
                Fieldset("For this patient only", "sort_order", "lives_with"),
                Fieldset("Portal access", "level", row("restriction_reason", "restriction_document")),
            )
        elif self.instance.pk is None:
            # No default, because role and authority decide about access.
            for name, choices in (("role", roles), ("authority", FamilyContact.Authority.choices)):
                self.fields[name] = forms.ChoiceField(
                    choices=[("", "Choose …"), *choices], help_text=self.fields[name].help_text
                )
                self.initial[name] = kwargs.get("initial", {}).get(name, "")
        else:
            cast("forms.ChoiceField", self.fields["role"]).choices = roles

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._check_level(cleaned)
        self._check_basis(cleaned)
        return cleaned

    def _check_level(self, cleaned: dict[str, Any]) -> None:
        if "level" not in cleaned:
            return
        is_full = cleaned["level"] == Level.FULL
        if not is_full and not cleaned.get("restriction_reason"):
            self.add_error("restriction_reason", "Limited or no access needs a reason, such as “court order”.")
        if is_full and self.initial.get("level", Level.FULL) != Level.FULL:
            # With full access the database allows neither reason nor document.
            cleaned["restriction_reason"] = cleaned["restriction_document"] = ""
        elif is_full and (cleaned.get("restriction_reason") or cleaned.get("restriction_document")):
            self.add_error("level", "Choose Limited or None, or clear the reason and the document below.")

    def _check_basis(self, cleaned: dict[str, Any]) -> None:
        basis = cleaned.get("basis")
        if basis in FamilyContact.WITH_DOCUMENT and not cleaned.get("basis_document"):
            self.add_error("basis_document", "Enter where to find the document, such as its number.")
        begins, ends = cleaned.get("basis_from"), cleaned.get("basis_until")
        if begins and ends and ends < begins:
            self.add_error("basis_until", "This day is before the first day. Check the dates.")
        born = self.instance.patient.birth_date
        adult_from = Practice.current().adult_age
        if basis == FamilyContact.Basis.CONSENT and (born is None or age_on(born, today()) < adult_from):
            self.add_error("basis", f"Only patients of age {adult_from} or older can give consent.")
