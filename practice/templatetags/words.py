"""Words as pages set them."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def about(error: str, label: str) -> str:
    """What is wrong, and in which field; its name is not said twice where the message has it already."""
    return error if str(label).lower() in str(error).lower() else f"{label}: {error}"


@register.filter
def unbroken(email: str) -> SafeString:
    """An e-mail that stays on one line where it fits on one, and reads from left to right in every language."""
    return format_html('<bdi class="unbroken" dir="ltr">{}</bdi>', email)
