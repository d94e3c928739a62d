"""What the forms about signing in share: the field for a code, the focus, and where errors appear."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from practice.form_layout import fields_only


class CodeField(forms.CharField):
    """A code of an app or a mail: phones show digit keys and offer the code. A recovery code fits too."""

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 20}
        super().__init__(label=_("Code"), widget=forms.TextInput(attrs), **options)


class FocusFirstField:
    """Put the focus on the first field, and show no placeholders: the label already says what a field is."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        next(iter(self.fields.values())).widget.attrs["autofocus"] = True


class ErrorsOnTop:
    """Show errors once, above the form (``includes/lone_errors.html``). The fields refer to them."""

    fields: dict[str, forms.Field]
    _errors: Any

    @property
    def helper(self) -> FormHelper:
        helper = fields_only()
        helper.form_show_errors = False
        return helper

    def full_clean(self) -> None:
        super().full_clean()  # type: ignore[misc]  # of the form
        for name in self.fields.keys() & self._errors.keys():
            self.refer_to_errors(name)

    def refer_to_errors(self, name: str) -> None:
        """Mark this field as invalid, described by the errors above the form and by its own help text."""
        help_id = f" id_{name}_helptext" if self.fields[name].help_text else ""
        attrs = {"aria-invalid": "true", "aria-describedby": f"form-errors{help_id}"}
        self.fields[name].widget.attrs.update(attrs)
