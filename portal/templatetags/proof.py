"""The clock of what a family has proven, for the foot of its pages."""

from typing import Any

from django import template

from portal.signup import proof_clock

register = template.Library()


@register.inclusion_tag("portal/signup/_clock.html", takes_context=True)
def proof_clock_of(context: dict[str, Any]) -> dict[str, Any]:
    """The warning before it is forgotten. Nothing for who is signed in: their session ends sooner, and warns itself."""
    request = context.get("request")
    if request is None or request.user.is_authenticated:
        return {}
    return {
        "left": proof_clock.seconds_left(request),
        "warning": proof_clock.WARNING,
        "csrf_token": context["csrf_token"],
    }
