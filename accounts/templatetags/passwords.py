"""What ``static/js/password.js`` needs to know."""

from typing import Any

from django import template

from accounts.models import User
from accounts.signin import passwords

register = template.Library()


@register.inclusion_tag("includes/password_words.html", takes_context=True)
def password_words(context: dict[str, Any]) -> dict[str, Any]:
    """The words of the meter, and what a password should not consist of."""
    user = context["request"].user
    guessed = passwords.words(user if isinstance(user, User) else None)
    return {"shortest": passwords.SHORTEST, "guessed": "|".join(guessed)}
