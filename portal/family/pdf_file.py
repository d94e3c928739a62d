"""What the portal holds about a child as a page to keep or print: a tagged PDF in the family's language."""

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, get_language_info

from portal.family import access_history
from portal.family.records import ChildRecord
from portal.sheets import sheet
from practice.models import Practice

# Of the access history in the PDF, which is made while somebody waits; the JSON has all of it.
HISTORY_LINES, HISTORY_DAYS = 1000, 60


def render(record: ChildRecord) -> bytes:
    """The PDF."""
    practice, language = Practice.current(), get_language() or "en"
    lines = list(access_history.lines(record.card)[: HISTORY_LINES + 1])
    days = access_history.in_words(record.card, lines[:HISTORY_LINES])
    context = {
        "practice": practice,
        "record": record,
        "card": record.card,
        "language": language,
        "is_right_to_left": get_language_info(language)["bidi"],
        "days": days[:HISTORY_DAYS],
        "is_cut": len(lines) > HISTORY_LINES or len(days) > HISTORY_DAYS,
        "made_at": timezone.localtime(),
    }
    html = render_to_string("portal/family/record.html", context)
    return sheet.draw(html, paper=practice.paper, style_file="css/portal/family/record.css")
