"""Template tags about languages."""

import unicodedata

from django import template
from django.utils import translation

from practice import languages

register = template.Library()


@register.simple_tag
def is_machine_made() -> bool:
    """Whether the current language still lacks a review by a qualified human."""
    return not languages.reviewed_by(translation.get_language() or languages.SOURCE)


@register.filter
def direction(text: str) -> str:
    """The text's direction by its first letter, like ``dir="auto"``, which WeasyPrint does not support."""
    kinds = (unicodedata.bidirectional(character) for character in str(text))
    first = next((kind for kind in kinds if kind in {"L", "R", "AL"}), "L")
    return "ltr" if first == "L" else "rtl"
