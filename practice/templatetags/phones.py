"""Phone numbers as links."""

import re

from django import template

register = template.Library()


@register.filter
def tel(phone: str) -> str:
    """The tel: link of a phone number (RFC 3966), without parentheses, spaces, and hyphens."""
    digits = re.sub(r"[^\d+]", "", phone)
    return f"tel:{digits}"
