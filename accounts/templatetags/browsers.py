"""The browser of a session in words."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()

# First match wins: browsers name their forebears too.
BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox", "Chrome": "Chrome"} | {
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS": "Mac"} | {
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@register.filter
def browser_in_words(user_agent: str) -> str:
    """``Chrome, Windows``: what somebody recognises. A browser can claim anything, so it only helps to remember."""
    names = [next((name for piece, name in table.items() if piece in user_agent), "") for table in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, names)) or _("Unknown browser")
