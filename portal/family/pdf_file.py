"""A child's record to keep or print: a tagged PDF in the family's language."""

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, get_language_info

from portal.family import access_history
from portal.family.records import ChildRecord
from portal.sheets import sheet
from practice.models import Practice

# Limits of the access history, because the family waits for the PDF. The JSON file has all of it.
HISTORY_ROWS, HISTORY_DAYS = 1000, 60


def render(record: ChildRecord) -> bytes:
    """Draw the PDF."""
    practice, language = Practice.current(), get_language() or "en"
    rows = list(access_history.rows(record.card)[: HISTORY_ROWS + 1])
    days = access_history.in_words(record.card, rows[:HISTORY_ROWS])
    context = {
        "practice": practice,
        "record": record,
        "card": record.card,
        "language": language,
        "is_right_to_left": get_language_info(language)["bidi"],
        "days": days[:HISTORY_DAYS],
        "is_cut": len(rows) > HISTORY_ROWS or len(days) > HISTORY_DAYS,
        "made_at": timezone.localtime(),
    }
    html = render_to_string("portal/family/record.html", context)
    return sheet.draw(html, paper=practice.paper, style_file="css/portal/family/record.css")
