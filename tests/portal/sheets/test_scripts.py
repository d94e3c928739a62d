"""The sheet in every script: no letter is missing, names keep their direction, each sheet states its language."""

import io
import logging
from datetime import timedelta

import pypdf
import pytest
from django.utils import timezone

from audit.trail import Actor
from patients.models import Contact, FamilyContact, Patient
from portal import registration
from portal.models import Pin, Registration
from portal.pins import numbers
from portal.sheets import sheet
from practice.models import Practice
from practice.templatetags.languages import direction
from tests.portal.sheets.test_sheet import text_of

pytestmark = pytest.mark.usefixtures("db")

NAMES = {
    "Latin": "Zoë Ağaoğlu Ñíguez", "Vietnamese": "Nguyễn Thị Ánh", "Cyrillic": "Світлана Їжак", "Greek": "Ολυμπία",
    "Arabic": "فاطمة الزهراء", "Persian": "پریچهر گل", "Urdu": "ٹیپو ڑ", "Hebrew": "משה כהן", "Chinese": "明轩 王",
    "Traditional Chinese": "陳怡君", "Japanese": "さくら アキラ", "Korean": "김민준", "Devanagari": "अमित शर्मा",
    "Bengali": "রহিম উদ্দিন", "Tamil": "தமிழ் செல்வி", "Punjabi": "ਗੁਰਪ੍ਰੀਤ", "Gujarati": "ગીતા", "Thai": "ประภาส",
    "Khmer": "សុខា", "Lao": "ສົມພອນ", "Burmese": "မောင်မောင်", "Ethiopic": "ኃይለ ሥላሴ", "Georgian": "ქეთევან",
    "Armenian": "Արամ", "Cherokee": "ᏎᏉᏯ", "Emoji": "Zoë 😀",
}  # fmt: skip


def sheet_of(by, *, language, children, family_name="H", guardian="Ana"):
    contact = Contact.objects.create(given_name=guardian, family_name=family_name, language=language)
    ids = []
    for number, name in enumerate(children):
        child = Patient.objects.create(
            chart_number=f"{contact.pk}-{number}",
            given_name=name,
            family_name=family_name,
            birth_date=timezone.localdate() - timedelta(days=1000),
        )
        ids.append(FamilyContact.objects.create(patient=child, contact=contact, role="mother", authority="joint").pk)
    registration.issue(contact=contact, family_contact_ids=ids, by=by)
    return registration.print_sheet(contact=contact, family_contact_ids=ids, by=by)


@pytest.fixture
def by(front_desk):
    Practice.objects.create(pk=1, name="Sunnyside Pediatrics", address="1 Main St", phone="(614) 555-0100")
    return Actor(front_desk, "192.0.2.1")


@pytest.fixture
def complaints(caplog):
    """What WeasyPrint logs: a warning for every letter that no font has."""
    logger = logging.getLogger("weasyprint")
    logger.addHandler(caplog.handler)
    caplog.set_level(logging.WARNING, "weasyprint")
    yield caplog
    logger.removeHandler(caplog.handler)


@pytest.mark.parametrize("script", NAMES)
def test_no_letter_of_a_name_is_missing(by, complaints, script):
    sheet_of(by, language="en", children=[NAMES[script]], family_name=NAMES[script], guardian=NAMES[script])
    assert [record.getMessage() for record in complaints.records] == []


def test_a_letter_that_is_missing_is_noticed(by, complaints):
    sheet_of(by, language="en", children=["\U0001e5d0 Nag Mundari", "\ue000"])
    assert "notdef" in complaints.text


def test_the_sheet_in_arabic(by, complaints):
    document = sheet_of(by, language="ar", children=["ليلى", "Omar"], family_name="حداد", guardian="سمير")
    text, count = text_of(document)
    assert count == 1
    assert "password" not in text
    assert "(614) 555-0100" in text
    assert pypdf.PdfReader(io.BytesIO(document)).root_object["/Lang"] == "ar"
    assert not complaints.records


@pytest.mark.parametrize(
    ("text", "expected"), [("Omar حداد", "ltr"), ("حداد Omar", "rtl"), ("(1) משה", "rtl"), ("12", "ltr"), ("", "ltr")]
)
def test_a_name_reads_as_its_first_letter_does(text, expected):
    assert direction(text) == expected


def test_each_of_several_sheets_tells_its_own_language():
    """WeasyPrint writes the language of the first sheet for the document. Screen readers use the nearest language."""
    Practice.objects.create(pk=1, name="Sunnyside Pediatrics")
    pin = Pin(
        registration=Registration(family_contact=FamilyContact(patient=Patient(given_name="Ada", family_name="L"))),
        expires_at=timezone.now() + timedelta(days=14),
    )
    spoken = ["es", "ar", "en", "tlh", "es_MX"] * 3  # in more than one piece
    sheets = [sheet.Sheet(Contact(given_name="Ana", language=each), [(pin, numbers.generate())]) for each in spoken]
    tree = pypdf.PdfReader(io.BytesIO(sheet.render(sheets))).root_object["/StructTreeRoot"]["/K"][0].get_object()
    assert [each.get_object()["/Lang"] for each in tree["/K"]] == ["es", "ar", "en", "en", "es"] * 3
