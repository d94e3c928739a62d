"""The data for the scripts under ``static/js/accounts/signin/``."""

from typing import Any

from django import template

from accounts.models import User
from accounts.signin import passwords

register = template.Library()


@register.inclusion_tag("includes/password_words.html", takes_context=True)
def password_words(context: dict[str, Any]) -> dict[str, Any]:
    """The texts of the meter and the rules of ``accounts.signin.passwords``, as data attributes."""
    user = context["request"].user
    guessed = passwords.words(user if isinstance(user, User) else None)
    return {
        "shortest": passwords.SHORTEST,
        "shortest_word": passwords.SHORTEST_WORD,
        "least_own": passwords.LEAST_OWN,
        "least_surprising": passwords.LEAST_SURPRISING,
        "keyboard": " ".join(passwords.KEYBOARD),
        "guessed": "|".join(guessed),
    }
