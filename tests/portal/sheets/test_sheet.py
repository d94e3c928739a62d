"""The PIN sheet: its text, its code, and the properties of its file."""

import io

import pypdf
import pypdfium2
import pytest
import zxingcpp
from django.utils import timezone

from audit.trail import Actor
from patients.models import Contact, FamilyContact, Patient
from portal import registration
from portal.pins.numbers import grouped
from practice.models import Practice

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def by(front_desk):
    return Actor(front_desk, "192.0.2.1")


def printed(by, *links):
    """The sheet for these links as (bytes, PINs in the order of the page)."""
    contact, ids = links[0].contact, [each.pk for each in links]
    registration.issue(contact=contact, family_contact_ids=ids, by=by)
    document = registration.print_sheet(contact=contact, family_contact_ids=ids, by=by)
    shown = registration.show(contact=contact, family_contact_ids=ids, by=by)
    return document, list(shown.values())


def text_of(document):
    pages = pypdfium2.PdfDocument(document)
    return "\n".join(page.get_textpage().get_text_range() for page in pages), len(pages)


def code_on(document):
    (page, *_) = pypdfium2.PdfDocument(document)
    (code,) = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
    return code.text


@pytest.fixture
def ana_and(rivera):
    return rivera.link(rivera.ana, rivera.mateo), rivera.link(rivera.ana, rivera.sofia)


def test_sheet_shows_names_pins_and_date_but_no_birth_date(by, ana_and, rivera):
    Practice.objects.create(pk=1, name="Sunnyside Pediatrics", phone="(614) 555-0100")
    rivera.ana.language = "en"
    rivera.ana.save()
    document, numbers = printed(by, *(rivera.link(rivera.ana, child) for child in (rivera.mateo, rivera.sofia)))
    text, count = text_of(document)
    assert count == 1
    for expected in ["Sunnyside Pediatrics", "(614) 555-0100", "Ana Rivera", "Mateo R.", "Sofia R."]:
        assert expected in text
    assert all(grouped(number) in text for number in numbers)
    assert "portal.sunnyside.example/register/" in text
    assert "It is not your password" in text
    for child in (rivera.mateo, rivera.sofia):
        assert str(child.birth_date.year) not in text
        assert child.chart_number not in text


def test_code_opens_the_registration_page_with_the_pins_behind_the_hash(by, ana_and):
    document, numbers = printed(by, *ana_and)
    assert code_on(document) == "https://portal.sunnyside.example/register/#" + ",".join(numbers)


def test_spanish_guardian_gets_a_spanish_sheet(by, ana_and):
    document, _ = printed(by, *ana_and)
    text, _ = text_of(document)
    assert "contraseña" in text
    assert "password" not in text
    assert pypdf.PdfReader(io.BytesIO(document)).root_object["/Lang"] == "es"


def test_sheet_is_tagged_and_has_title_and_language(by, ana_and):
    document, _ = printed(by, *ana_and)
    reader = pypdf.PdfReader(io.BytesIO(document))
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in reader.root_object
    assert reader.metadata.title
    assert not reader.attachments


@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_six_children_fit_on_one_page(by, paper):
    Practice.objects.create(pk=1, name="Sunnyside Pediatrics", address="1 Main St", phone="(614) 555-0100", paper=paper)
    mother = Contact.objects.create(given_name="Ngozi", family_name="Okafor-Featherstonehaugh")
    links = []
    for age in range(1, 7):
        child = Patient.objects.create(
            chart_number=f"2{age}",
            given_name=f"Maximiliano Alexander {age}",
            family_name="Okafor",
            birth_date=timezone.localdate().replace(year=timezone.localdate().year - age, day=1),
        )
        links.append(FamilyContact.objects.create(patient=child, contact=mother, role="mother", authority="joint"))
    document, numbers = printed(by, *links)
    text, count = text_of(document)
    assert count == 1
    assert all(grouped(number) in text for number in numbers)
    assert code_on(document).endswith(",".join(numbers))


def test_hostile_names_are_printed_as_text_and_nothing_is_fetched(by, ana_and, rivera):
    evil = "<img src=http://127.0.0.1:9/x><link rel=attachment href=file:///etc/passwd>"
    Patient.objects.filter(pk=rivera.mateo.pk).update(given_name=evil)
    Contact.objects.filter(pk=rivera.ana.pk).update(given_name="<b>&amp;", language="en")
    rivera.ana.refresh_from_db()
    document, _ = printed(by, rivera.link(rivera.ana, rivera.mateo))
    text, _ = text_of(document)
    assert "<img src=http" in text
    assert "<b>&amp;" in text
    reader = pypdf.PdfReader(io.BytesIO(document))
    assert not reader.attachments
    assert not [image for page in reader.pages for image in page.images]


@pytest.mark.parametrize("name", ["Nguyễn Thị Ánh", "Светлана", "明轩", "فاطمة", "Zoë Ağaoğlu"])
def test_names_in_any_script_are_drawn(by, rivera, name):
    Patient.objects.filter(pk=rivera.mateo.pk).update(given_name=name)
    document, _ = printed(by, rivera.link(rivera.ana, rivera.mateo))
    assert name.split()[0] in text_of(document)[0]
