"""What a page says about the language it is in."""

import unicodedata

from django import template
from django.utils import translation

from practice import languages

register = template.Library()


@register.simple_tag
def is_machine_made() -> bool:
    """Whether nobody qualified has reviewed the language of this place yet."""
    return not languages.reviewed_by(translation.get_language() or languages.SOURCE)


@register.filter
def direction(text: str) -> str:
    """Which way the text reads, by its first letter: ``dir="auto"`` for the PDF, whose maker does not know that."""
    kinds = (unicodedata.bidirectional(character) for character in str(text))
    first = next((kind for kind in kinds if kind in {"L", "R", "AL"}), "L")
    return "ltr" if first == "L" else "rtl"
