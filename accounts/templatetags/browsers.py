"""The name of a session's browser."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()

# First match wins, because browsers also name the browsers they descend from.
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
    """For example ``Chrome, Windows``. A browser can claim any name, so this only helps users recognize a session."""
    names = [next((name for piece, name in table.items() if piece in user_agent), "") for table in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, names)) or _("Unknown browser")
