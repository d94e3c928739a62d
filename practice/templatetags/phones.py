"""Phone numbers as links."""

import re

from django import template

register = template.Library()


@register.filter
def tel(phone: str) -> str:
    """The address that calls this number at a tap; what is for people, such as brackets, left out (RFC 3966)."""
    digits = re.sub(r"[^\d+]", "", phone)
    return f"tel:{digits}"
