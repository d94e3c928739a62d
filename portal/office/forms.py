"""What the administrator enters about patients and staff."""

from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms

from accounts.models import StaffRecord, User


class InvitationForm(forms.Form):
    """The e-mail of a member of the staff who gets a sign-in."""

    email = forms.EmailField(
        label="E-mail",
        help_text="What they will sign in with. A family’s sign-in cannot be used.",
        widget=forms.EmailInput({"autocomplete": "off", "autofocus": True}),
    )

    helper = FormHelper()
    helper.form_tag = False

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError("This e-mail has a sign-in already.")
        return email


class AdministrationForm(forms.Form):
    """Which patients the Practice Portal lists."""

    STATUSES = (
        ("", "Any status"),
        ("unregistered", "Unregistered"),
        ("pending", "Pending Registration"),
        ("registered", "Registered"),
        ("declined", "Declined"),
        ("removed", "Removed"),
    )

    query = forms.CharField(required=False, max_length=100)
    status = forms.ChoiceField(choices=STATUSES, required=False, initial="", widget=forms.RadioSelect)
    page = forms.IntegerField(min_value=1, required=False)


class StaffRecordForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A staff record and the sign-in it is linked to."""

    class Meta:
        model = StaffRecord
        fields = ("name", "role", "is_active", "user")
        labels: ClassVar = {"user": "Linked sign-in", "is_active": "Active"}
        help_texts: ClassVar = {
            "user": "Only a linked sign-in can issue PINs. Sign-ins linked to someone else are not offered."
        }

    helper = FormHelper()
    helper.form_tag = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = User.objects.filter(kind=User.Kind.STAFF, staff_record=None)
        own = User.objects.filter(staff_record=self.instance.pk)
        self.fields["user"].queryset = (free | own).order_by("email")  # type: ignore[attr-defined]
        self.fields["user"].empty_label = "Not linked"  # type: ignore[attr-defined]
