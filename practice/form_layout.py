"""Layouts of django-crispy-forms that the forms of every app share."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout


def fields_only(*parts: object) -> FormHelper:
    """A layout of these parts, or of all fields. The page has the form tag, the token, and the buttons."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    if parts:
        helper.layout = Layout(*parts)
    return helper


def row(*names: str) -> Div:
    """These fields side by side, or below each other on a narrow screen."""
    return Div(*(Div(Field(name), css_class="col-sm") for name in names), css_class="row")
