"""What a page says about the language it is in."""

from django import template
from django.utils import translation

from practice import languages

register = template.Library()


@register.simple_tag
def is_machine_made() -> bool:
    """Whether nobody qualified has reviewed the language of this place yet."""
    return not languages.reviewed_by(translation.get_language() or languages.SOURCE)
