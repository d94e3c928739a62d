"""The PIN sheet: one page per guardian, and any number of pages in one tagged PDF."""

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import segno
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import get_language_info, gettext

from accounts.surfaces import registration_address
from patients.models import Contact, Patient
from portal.models import Pin
from portal.pins.numbers import grouped
from practice.logo import data_url
from practice.models import Practice

# WeasyPrint takes 0.7 s to load. Functions import it, so that commands that draw nothing do not wait for it. The server
# loads it before its first request (pinportal/gunicorn.py).
if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.document import Document
    from weasyprint.text.fonts import FontConfiguration

# WeasyPrint is not documented as thread-safe, so each process draws in one thread that does nothing else. One font
# configuration for the whole process halves the time per page and keeps memory flat.
_pen = ThreadPoolExecutor(max_workers=1, thread_name_prefix="drawing")
# Sheets per layout: half a second of work, after which the page that waits can show progress.
CHUNK = 10
SHEET_STYLE = "css/portal/sheets/sheet.css"
P = ParamSpec("P")
Drawn = TypeVar("Drawn")


@dataclass(frozen=True)
class Sheet:
    """The content of one page: the contact, and the PINs with their numbers in clear."""

    contact: Contact
    pins: Sequence[tuple[Pin, str]]


def render(sheets: Sequence[Sheet], *, progress: Callable[[int], None] | None = None) -> bytes:
    """The sheets as one PDF, in this order, each in the language of its contact.

    ``progress`` is called after each CHUNK with the number of sheets laid out so far.
    """
    practice = Practice.current()
    logo = data_url(practice)
    documents = []
    for start in range(0, len(sheets), CHUNK):
        chunk = sheets[start : start + CHUNK]
        html = render_to_string(
            "portal/sheets/sheet.html",
            {"practice": practice, "logo": logo, "sheets": [_translated_context(sheet, practice) for sheet in chunk]},
        )
        documents.append(_drawn(_laid_out, html, practice.paper))
        if progress:
            progress(start + len(chunk))
    return _drawn(_joined, documents)


def _drawn(draw: Callable[P, Drawn], *args: P.args, **options: P.kwargs) -> Drawn:
    """Wait for the drawing thread to do this. It knows the current request, for the log."""
    context = copy_context()
    return _pen.submit(lambda: context.run(draw, *args, **options)).result()


def _joined(documents: "Sequence[Document]") -> bytes:
    # WeasyPrint's documented way to join documents: the result is one tagged document, as if laid out at once.
    whole = documents[0].copy([page for document in documents for page in document.pages])
    pdf: bytes = whole.write_pdf(finisher=_mark_languages, pdf_variant="pdf/ua-1", pdf_tags=True)
    return pdf


def _mark_languages(document: "Document", pdf: Any) -> None:
    """Tell screen readers the language of each sheet. WeasyPrint writes only the first ``lang`` attribute."""
    language, by_page = "", {}
    for page, reference in zip(document.pages, pdf.page_references, strict=True):
        # The first page of a sheet has its name as an anchor, such as es-3. A page without one continues that sheet.
        language = next((name.rpartition("-")[0] for name in page.anchors), language)
        by_page[reference] = language
    tree = next(each for each in pdf.objects if isinstance(each, dict) and each.get("S") == "/Document")
    for reference in tree["K"]:
        element = pdf.objects[int(reference.split()[0])]
        element["Lang"] = f"({by_page[element['Pg']]})"


def _laid_out(html: str, paper: str, style_file: str = SHEET_STYLE) -> "Document":
    from weasyprint import HTML  # noqa: PLC0415
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    fonts, style = _fonts_and_style(paper, style_file)
    # Fetch nothing: logo and icons are in the page, and the names in it may be hostile.
    page = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=["data"]))
    return page.render(stylesheets=style, font_config=fonts, pdf_variant="pdf/ua-1", pdf_tags=True)


def draw(html: str, *, paper: str, style_file: str) -> bytes:
    """Another page for families as a tagged PDF, with its own style sheet but the same renderer and fonts."""
    return _drawn(_tagged, html, paper, style_file)


def _tagged(html: str, paper: str, style_file: str) -> bytes:
    pdf: bytes = _laid_out(html, paper, style_file).write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    return pdf


def test_page() -> bytes:
    """A page with a few words, to check that sheets can be drawn on this machine. Runs no queries."""
    return _drawn(_tagged, '<html lang="en"><title>PIN Portal</title><p>1234', Practice.Paper.LETTER, SHEET_STYLE)


def language_of(contact: Contact) -> str:
    """The contact's language if the sheet is translated into it, otherwise English."""
    primary = contact.language.lower().replace("_", "-").split("-")[0]
    return primary if primary in dict(settings.LANGUAGES) else "en"


def sheet_name(patient: Patient) -> str:
    """The child's first name and last initial: enough for the family, little for somebody who finds the sheet."""
    initial = f"{patient.family_name[:1]}." if patient.family_name else ""
    return f"{patient.given_name} {initial}".strip()


def last_day(pin: Pin) -> date:
    """The last day on which the PIN works, in the practice's time zone."""
    return timezone.localdate(pin.expires_at - timedelta(microseconds=1))


def envelope_lines(contact: Contact) -> list[str]:
    """The contact's address for the envelope window. Empty if it is not complete enough to mail."""
    if not (contact.street and contact.city):
        return []
    place = " ".join(part for part in (contact.state, contact.postal_code) if part)
    return [contact.street, ", ".join(part for part in (contact.city, place) if part)]


def _translated_context(sheet: Sheet, practice: Practice) -> dict[str, Any]:
    with translation.override(language_of(sheet.contact)):
        return _context(sheet, practice)


def _context(sheet: Sheet, practice: Practice) -> dict[str, Any]:
    # The PINs are behind '#'. Browsers do not send that part, so they never get into a server log.
    link = [registration_address() + "#", *re.split("(,)", ",".join(number for _, number in sheet.pins))]
    # Encoded in parts, so that digits need less room than letters. Larger dots matter more on a bad copy than a higher
    # level of error correction (figures in tests/portal/sheets/test_sheet_on_paper.py).
    qr = segno.make(link, error="m", micro=False)  # type: ignore[arg-type]  # its types lack parts
    host, slash, path = registration_address().split("://", 1)[1].partition("/")
    language = language_of(sheet.contact)
    is_right_to_left = get_language_info(language)["bidi"]
    # WeasyPrint does not support dir=auto. These marks keep a name or number in another script in its own order.
    isolated = "\u2068{}\u2069".format if is_right_to_left else str
    return {
        "contact": sheet.contact,
        "language": language,
        "is_right_to_left": is_right_to_left,
        "phone": isolated(practice.phone),
        "envelope_lines": envelope_lines(sheet.contact),
        "host": host,
        "path": slash + path,
        "qr": qr.svg_inline(
            border=4, omitsize=True, svgclass="qr", lineclass=None, title=gettext("Code to scan with your phone")
        ),
        "rows": [
            {
                "name": isolated(sheet_name(pin.registration.family_contact.patient)),
                "pin": grouped(number),
                "last_day": last_day(pin),
            }
            for pin, number in sheet.pins
        ],
    }


@cache
def _fonts_and_style(paper: str, style_file: str) -> "tuple[FontConfiguration, list[CSS]]":
    from weasyprint import CSS  # noqa: PLC0415
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    fonts = FontConfiguration()
    sheet = CSS(filename=finders.find(style_file), font_config=fonts)
    return fonts, [sheet, CSS(string=f"@page {{ size: {paper} }}", font_config=fonts)]
