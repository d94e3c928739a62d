"""Phone numbers as links."""

import re

from django import template

register = template.Library()


@register.filter
def tel(phone: str) -> str:
    """The address that calls this number at a tap (RFC 3966), without what is written for people, such as brackets."""
    digits = re.sub(r"[^\d+]", "", phone)
    return f"tel:{digits}"
