"""The clock of a family's proof, for the footer of its pages."""

from typing import Any

from django import template

from portal.signup import proof

register = template.Library()


@register.inclusion_tag("portal/signup/_clock.html", takes_context=True)
def proof_clock(context: dict[str, Any]) -> dict[str, Any]:
    """The warning before the proof is forgotten. Nothing after sign-in: sessions have their own warning."""
    request = context.get("request")
    if request is None or request.user.is_authenticated:
        return {}
    return {
        "left": proof.seconds_left(request),
        "warning": proof.WARNING,
        "csrf_token": context["csrf_token"],
    }
