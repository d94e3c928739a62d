"""Template filters for text."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def about(error: str, label: str) -> str:
    """The error with its field's label, unless the message already contains the label."""
    return error if str(label).lower() in str(error).lower() else f"{label}: {error}"


@register.filter
def unbroken(email: str) -> SafeString:
    """An e-mail address that is not broken if it fits on a line, and is left to right in every language."""
    return format_html('<bdi class="unbroken" dir="ltr">{}</bdi>', email)
