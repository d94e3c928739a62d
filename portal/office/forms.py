"""Forms of the office: staff records, invitations, and the filters of patients and of the audit trail."""

from typing import Any, ClassVar

from crispy_forms.layout import Div, Field
from django import forms
from django.db.models import Q

from accounts.access import BIGGEST
from accounts.models import StaffRecord, User
from audit.trail import Action
from audit.words import GROUPS, action_in_words
from portal.office.audit_log import AuditFilter
from practice.emails import EmailFormField
from practice.form_layout import fields_only

YEARS = range(2000, 2200)  # a day outside this range is a typing mistake
_DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


# --- Staff ---------------------------------------------------------------------------------------


class InvitationForm(forms.Form):
    """The e-mail that a staff member will sign in with."""

    email = EmailFormField(
        label="E-mail",
        help_text="The staff member signs in with it. It must not belong to a family’s sign-in.",
        widget=forms.EmailInput({"autocomplete": "off", "autofocus": True}),
    )

    helper = fields_only()

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError("This e-mail already has a sign-in. Enter a different one.")
        return email


class StaffRecordForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A staff record and its linked sign-in."""

    class Meta:
        model = StaffRecord
        fields = ("name", "role", "is_active", "user")
        labels: ClassVar = {"user": "Linked sign-in", "is_active": "Active"}
        help_texts: ClassVar = {
            "is_active": "An inactive record gives no access.",
            "user": "Only a linked sign-in has access. The list leaves out sign-ins of other staff records.",
        }

    helper = fields_only()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_free = Q(staff_record=None) | Q(staff_record=self.instance.pk)
        staff = User.objects.filter(is_free, kind=User.Kind.STAFF)
        self.fields["user"].queryset = staff.order_by("email")  # type: ignore[attr-defined]
        self.fields["user"].empty_label = "Not linked"  # type: ignore[attr-defined]


# --- Filters -------------------------------------------------------------------------------------


class AdministrationForm(forms.Form):
    """Which patients the **Patient Administration** page lists."""

    STATUSES = (
        ("", "Any status"),
        ("unregistered", "Unregistered"),
        ("pending", "Pending Registration"),
        ("registered", "Registered"),
        ("declined", "Declined"),
        ("removed", "Removed"),
    )

    query = forms.CharField(
        label="Search",
        required=False,
        max_length=100,
        widget=forms.TextInput(
            {"class": "form-control", "placeholder": "Name, chart number, birth date, phone", "autocomplete": "off"}
        ),
    )
    status = forms.ChoiceField(choices=STATUSES, required=False, initial="", widget=forms.RadioSelect)
    page = forms.IntegerField(min_value=1, required=False)


def _text(placeholder: str) -> forms.TextInput:
    return forms.TextInput({"placeholder": placeholder, "autocomplete": "off", "spellcheck": "false"})


def _action_choices() -> list[tuple[str, Any]]:
    groups = [(code, title) for code, (title, _codes) in GROUPS.items()]
    single = sorted(((action.value, action_in_words(action)) for action in Action), key=lambda choice: choice[1])
    return [("", "Everything"), ("Groups", groups), ("Single actions", single)]


class AuditFilterForm(forms.Form):
    """Which rows the **Audit** page shows. Posted, so that chart numbers stay out of addresses and logs."""

    since = forms.DateField(label="From", required=False, widget=_DAY, input_formats=["%Y-%m-%d"])
    until = forms.DateField(label="To", required=False, widget=_DAY, input_formats=["%Y-%m-%d"])
    action = forms.ChoiceField(label="What", required=False, choices=_action_choices)
    who = forms.CharField(label="Who", required=False, max_length=100, widget=_text("Name or e-mail"))
    patient = forms.CharField(label="Patient", required=False, max_length=64, widget=_text("Chart number"))
    address = forms.CharField(label="From address", required=False, max_length=45, widget=_text("IP or command"))
    before = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST, widget=forms.HiddenInput)

    # Without ``before``: the Older button sends it.
    helper = fields_only(
        *(
            Div(Field(name), css_class=f"filter-field audit-{name}")
            for name in ("since", "until", "action", "who", "patient", "address")
        )
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        for name in ("since", "until"):
            if cleaned.get(name) and cleaned[name].year not in YEARS:
                self.add_error(name, f"Choose a day from {YEARS.start} through {YEARS.stop - 1}.")
        if since and until and since > until:
            self.add_error("until", "Choose a day on or after the first day.")
        return cleaned

    @property
    def wanted(self) -> AuditFilter:
        """The filter that a valid form describes."""
        return AuditFilter(**{name: value for name, value in self.cleaned_data.items() if name != "before"})
