"""The PIN sheet: a page for one guardian, and as many of them in one tagged PDF as there are families."""

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import segno
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import get_language_info, gettext
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from accounts.surfaces import registration_address
from patients.models import Contact, Patient
from portal.models import Pin
from portal.pins.numbers import grouped
from practice.logo import data_url
from practice.models import Practice

# WeasyPrint is not documented as thread-safe, and one font configuration for the whole process halves
# the time of a page and keeps memory flat.
_one_at_a_time = threading.Lock()
# Sheets laid out at a time: half a second of work, after which whoever waits can be told how far it is.
CHUNK = 10


@dataclass(frozen=True)
class Sheet:
    """What stands on one page: for whom, and the PINs, each with its number in clear."""

    contact: Contact
    pins: Sequence[tuple[Pin, str]]


def render(sheets: Sequence[Sheet], *, progress: Callable[[int], None] | None = None) -> bytes:
    """The sheets as one PDF, each in the language of its contact, in this order.

    ``progress`` is told how many have been laid out, after every few.
    """
    practice = Practice.current()
    logo = data_url(practice)
    documents = []
    for start in range(0, len(sheets), CHUNK):
        chunk = sheets[start : start + CHUNK]
        html = render_to_string(
            "portal/sheets/sheet.html",
            {"practice": practice, "logo": logo, "sheets": [_in_its_language(sheet, practice) for sheet in chunk]},
        )
        with _one_at_a_time:
            documents.append(_laid_out(html, practice.paper))
        if progress:
            progress(start + len(chunk))
    with _one_at_a_time:
        # WeasyPrint's own way of joining: the result is one tagged document, as if laid out in one go.
        whole = documents[0].copy([page for document in documents for page in document.pages])
        pdf: bytes = whole.write_pdf(finisher=_mark_languages, pdf_variant="pdf/ua-1", pdf_tags=True)
    return pdf


def _mark_languages(document: Document, pdf: Any) -> None:
    """Tell screen readers the language of each sheet: of the attributes ``lang`` WeasyPrint writes the first alone."""
    language, by_page = "", {}
    for page, reference in zip(document.pages, pdf.page_references, strict=True):
        # Where a sheet begins there is its name, such as es-3; a page without one goes on with the sheet before.
        language = next((name.rpartition("-")[0] for name in page.anchors), language)
        by_page[reference] = language
    tree = next(each for each in pdf.objects if isinstance(each, dict) and each.get("S") == "/Document")
    for reference in tree["K"]:
        element = pdf.objects[int(reference.split()[0])]
        element["Lang"] = f"({by_page[element['Pg']]})"


def _laid_out(html: str, paper: str, style_file: str = "css/portal/sheets/sheet.css") -> Document:
    fonts, style = _fonts_and_style(paper, style_file)
    # Nothing is fetched: the page is complete (logo and icons are in it), and names in it may be hostile.
    page = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=["data"]))
    return page.render(stylesheets=style, font_config=fonts, pdf_variant="pdf/ua-1", pdf_tags=True)


def draw(html: str, *, paper: str, style_file: str) -> bytes:
    """Another page for families as a tagged PDF: same renderer, same fonts, nothing fetched, its own style."""
    with _one_at_a_time:
        pdf: bytes = _laid_out(html, paper, style_file).write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    return pdf


def test_page() -> bytes:
    """A page with one word, to see that sheets can be drawn here. Reads no database."""
    with _one_at_a_time:
        pdf: bytes = _laid_out("<title>PIN Portal</title><p>1234", Practice.Paper.LETTER).write_pdf()
    return pdf


def language_of(contact: Contact) -> str:
    """The language we have for this contact, English where we have not theirs."""
    primary = contact.language.lower().replace("_", "-").split("-")[0]
    return primary if primary in dict(settings.LANGUAGES) else "en"


def sheet_name(patient: Patient) -> str:
    """The child's first name and last initial: enough for the family, little for a finder."""
    initial = f"{patient.family_name[:1]}." if patient.family_name else ""
    return f"{patient.given_name} {initial}".strip()


def last_day(pin: Pin) -> date:
    """The last day on which the PIN works, in the practice's time zone."""
    return timezone.localdate(pin.expires_at - timedelta(microseconds=1))


def envelope_lines(contact: Contact) -> list[str]:
    """The contact's address for the envelope's window; empty where it would not do for the mail."""
    if not (contact.street and contact.city):
        return []
    place = " ".join(part for part in (contact.state, contact.postal_code) if part)
    return [contact.street, ", ".join(part for part in (contact.city, place) if part)]


def _in_its_language(sheet: Sheet, practice: Practice) -> dict[str, Any]:
    with translation.override(language_of(sheet.contact)):
        return _context(sheet, practice)


def _context(sheet: Sheet, practice: Practice) -> dict[str, Any]:
    # The PINs stand behind '#': a browser keeps that part to itself, so no server log ever has them.
    link = [registration_address() + "#", *re.split("(,)", ",".join(number for _, number in sheet.pins))]
    # In parts, so that digits take less room than letters: larger dots, which matter more on a bad copy than
    # another level of error correction would (tests/portal/sheets/test_sheet_on_paper.py has the figures).
    qr = segno.make(link, error="m", micro=False)  # type: ignore[arg-type]  # its types do not know of parts
    host, slash, path = registration_address().split("://", 1)[1].partition("/")
    language = language_of(sheet.contact)
    is_right_to_left = get_language_info(language)["bidi"]
    # WeasyPrint knows no dir=auto: these marks keep a name or number from another script in its own order.
    apart = "\u2068{}\u2069".format if is_right_to_left else str
    return {
        "contact": sheet.contact,
        "language": language,
        "is_right_to_left": is_right_to_left,
        "phone": apart(practice.phone),
        "envelope_lines": envelope_lines(sheet.contact),
        "host": host,
        "path": slash + path,
        "qr": qr.svg_inline(
            border=4, omitsize=True, svgclass="qr", lineclass=None, title=gettext("Code to scan with your phone")
        ),
        "rows": [
            {
                "name": apart(sheet_name(pin.registration.family_contact.patient)),
                "pin": grouped(number),
                "last_day": last_day(pin),
            }
            for pin, number in sheet.pins
        ],
    }


@cache
def _fonts_and_style(paper: str, style_file: str) -> tuple[FontConfiguration, list[CSS]]:
    fonts = FontConfiguration()
    sheet = CSS(filename=finders.find(style_file), font_config=fonts)
    return fonts, [sheet, CSS(string=f"@page {{ size: {paper} }}", font_config=fonts)]
