"""What families read in English is of grade 6 or below (tests/reading.py): sheet, pages, and each message alone."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from portal.models import Pin
from portal.signup.forms import NewSignInForm
from practice.models import Practice
from tests.reading import HIGHEST, grade, sentences_on, syllables
from tests.test_translations import SPANISH, first, messages_of, printed_sheet

NAMES = {"%(name)s": "Ana", "%(names)s": "Ana", "%(child)s": "Ana", "%(when)s": "May 4"}


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("word", "count"),
    [("birth", 1), ("practice", 2), ("people", 2), ("needed", 2), ("used", 1), ("dates", 1), ("pages", 2), ("PIN", 1)],
)
def test_syllables(word, count):
    assert syllables(word) == count


def test_grade_tells_plain_words_from_officialese():
    assert grade("The cat sat on the mat. It was glad.") < 1
    assert grade("Authentication credentials necessitate verification by the administrative authority.") > 15


def test_each_message_alone():
    texts = [first(each) for each in messages_of(SPANISH)]
    # A word or two are a label; its syllables say little about how hard it is to read.
    grades = {text: grade(as_read(text)) for text in texts if len(text.split()) > 2}
    assert len(grades) > 300
    assert {text: round(each, 1) for text, each in grades.items() if each > HIGHEST} == {}


def as_read(text):
    for placeholder, example in NAMES.items():
        text = text.replace(placeholder, example)
    return re.sub(r"<[^>]+>", "", text)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "sign_in",
    [
        {"email": "ana", "password": "password"},
        {"email": "ana.rivera@mail.example", "password": "ana.rivera@mail.example"},
        {"email": "", "password": ""},
    ],
)
def test_the_complaints_about_email_and_password(sign_in):
    errors = NewSignInForm(sign_in).errors
    complaints = [complaint for each in errors.values() for complaint in each]
    assert complaints
    assert all(grade(complaint) <= HIGHEST for complaint in complaints), complaints


def test_the_sheet():
    practice = Practice(name="Sunnyside Pediatrics", phone="(614) 555-0100")
    sheets = [{"language": "en", "contact": "", "rows": [], "qr": ""}]
    html = render_to_string("portal/sheets/sheet.html", {"practice": practice, "sheets": sheets})
    text = sentences_on(html)
    assert "It is not your password" in text
    assert grade(text) <= HIGHEST


@pytest.mark.usefixtures("db")
def test_the_pages_from_pin_to_my_children(rivera, front_desk):
    ids, pins = printed_sheet(rivera, front_desk)
    client, born = Client(), rivera.mateo.birth_date
    date = {"birth_date_day": born.day, "birth_date_month": born.month, "birth_date_year": born.year}
    start, siblings, account = (reverse(f"signup:register{end}") for end in ("", "_siblings", "_account"))
    pages = {}

    def see(name, response):
        pages[name] = sentences_on(response.content.decode())

    see("start", client.get(start))
    see("start, nothing typed", client.post(start, {}))
    see("start, mistyped", client.post(start, {"pin": "123", **date, "birth_date_month": "13"}))
    see("start, wrong pair", client.post(start, {"pin": pins[ids[0]], **date, "birth_date_year": 2001}))
    see("siblings", client.post(start, {"pin": pins[ids[0]], **date}, follow=True))
    sibling = f"child-{Pin.objects.get(registration__family_contact=ids[1]).pk}-birth_date"
    see("siblings, half a date", client.post(siblings, {f"{sibling}_day": "1"}))
    wrong = {f"{sibling}_day": "1", f"{sibling}_month": "1", f"{sibling}_year": "2001"}
    see("siblings, wrong date", client.post(siblings, wrong))
    see("you", client.post(siblings, {}, follow=True))
    you, email = reverse("signup:register_you"), reverse("signup:register_email")
    see("e-mail", client.post(you, {"is_guardian": "yes"}, follow=True))
    see("e-mail, mistyped", client.post(email, {"email": "ana"}))
    see("e-mail, of somebody", client.post(email, {"email": front_desk.email}))
    see("account", client.post(email, {"email": "ana@mail.example"}, follow=True))
    see("account, mistakes", client.post(account, {"email": "ana", "password": "short"}))
    sign_in = {"email": "ana@mail.example", "password": "a phrase that is long"}
    see("My Children", client.post(account, sign_in, follow=True))
    grades = {name: round(grade(text), 1) for name, text in pages.items()}
    assert all(each <= HIGHEST for each in grades.values()), grades
