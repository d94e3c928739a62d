"""The Spanish catalogue is complete and compiled, and families get it. Works on a system without gettext."""

import ast
import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_python
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation.template import templatize

from patients.ages import today
from portal import registration
from practice.audit import Actor

ROOT = Path(settings.BASE_DIR)
GETTEXT = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
PAGES = ["portal:register", "account_login", "account_reset_password"]


def messages_of(catalogue):
    return {each.id: each.string for each in catalogue if each.id}


def catalogue_of(language):
    with (ROOT / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


SPANISH = catalogue_of("es")


def first(text):
    """A message as the code has it; of a plural the singular."""
    return text if isinstance(text, str) else text[0]


def strings_of_code():
    """Read from the syntax tree, which also finds what gettext overlooks inside an f-string."""
    for app in ("practice", "patients", "appointments", "portal", "pinportal"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    if name in GETTEXT:
                        yield node.args[0].value


def strings_of_templates():
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]:
        lines = "\n".join(line.lstrip() for line in templatize(path.read_text()).splitlines())
        for _line, _function, text, _comments in extract_python(io.BytesIO(lines.encode()), GETTEXT, [], {}):
            yield first(text)


@pytest.mark.parametrize("strings", [strings_of_code, strings_of_templates])
def test_every_string_is_in_the_catalogue(strings):
    found = set(strings())
    missing = sorted(found - {first(text) for text in messages_of(SPANISH)})
    assert len(found) > 20
    assert not missing, "Run `make messages` and translate"


def test_nothing_is_left_over_in_the_catalogue():
    known = {*strings_of_code(), *strings_of_templates()}
    assert not [text for text in messages_of(SPANISH) if first(text) not in known]


def test_every_string_is_translated_and_none_is_a_guess():
    assert not SPANISH.fuzzy
    untranslated = [each.id for each in SPANISH if each.id and (each.fuzzy or not each.string)]
    assert not untranslated
    assert not [each.id for each in SPANISH if isinstance(each.string, tuple) and not all(each.string)]


def test_placeholders_and_markup_stand_in_the_translation():
    pattern = re.compile(r"%\(\w+\)[sd]|%[sd]|<[^>]+>")
    for text, translated in messages_of(SPANISH).items():
        for each in [translated] if isinstance(translated, str) else translated:
            assert sorted(pattern.findall(each)) == sorted(pattern.findall(first(text))), text


def test_what_is_compiled_is_what_is_written():
    compiled = io.BytesIO()
    write_mo(compiled, SPANISH)
    compiled.seek(0)
    with (ROOT / "locale/es/LC_MESSAGES/django.mo").open("rb") as file:
        assert messages_of(read_mo(file)) == messages_of(read_mo(compiled)), "Run `make messages`"


def test_the_catalogue_says_who_has_to_read_it():
    assert "qualified human translator" in SPANISH.header_comment
    assert SPANISH.locale_identifier == "es"


# --- Pages ---------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def english_again():
    """Django leaves a thread in the language of its last request."""
    yield
    translation.deactivate()


def by_browser():
    return Client(headers={"accept-language": "es-US,es;q=0.9,en;q=0.5"})


def by_switch():
    client = Client()
    answer = client.post(reverse("set_language"), {"language": "es", "next": reverse("portal:register")})
    assert answer.status_code == 302
    return client


def printed_sheet(rivera, front_desk):
    """Ana's sheet for Mateo and Sofia: the family contacts and, by family contact, the PINs."""
    ids = [rivera.link(rivera.ana, child).pk for child in (rivera.mateo, rivera.sofia)]
    by = Actor(front_desk, "192.0.2.1")
    pins = registration.issue(contact=rivera.ana, family_contact_ids=ids, by=by).pins
    registration.print_sheet(contact=rivera.ana, family_contact_ids=ids, by=by)
    return ids, pins


def english_on(html):
    """Sentences of ours that stand on the page untranslated."""
    return [text for text, spanish in messages_of(SPANISH).items() if len(text.split()) > 2 and text in html]


def spanish(response):
    html = response.content.decode().replace("&#x27;", "'")
    assert '<html lang="es"' in html
    assert not english_on(html)
    return html


def parts(html):
    return re.findall(r'name="(?:child-\d+-)?birth_date_(\w+)"', html)


@pytest.mark.django_db
@pytest.mark.parametrize("client_in_spanish", [by_browser, by_switch])
def test_a_family_registers_in_spanish(client_in_spanish, rivera, front_desk):
    client = client_in_spanish()
    for child in (rivera.mateo, rivera.sofia):
        child.birth_date = child.birth_date.replace(year=today().year - 8, month=9, day=9)
        child.save()
    ids, pins = printed_sheet(rivera, front_desk)
    born = rivera.mateo.birth_date
    date = {"birth_date_day": born.day, "birth_date_month": born.month, "birth_date_year": born.year}

    start = reverse("portal:register")
    assert "Regístrese con su PIN" in spanish(client.get(start))
    assert "Escriba el PIN de su hoja." in spanish(client.post(start, {}))
    other_day = date | {"birth_date_day": 8}
    assert "No encontramos un PIN" in spanish(client.post(start, {"pin": pins[ids[0]], **other_day}))
    html = spanish(client.post(start, {"pin": pins[ids[0]], **date}, follow=True))
    assert "Sus otros hijos" in html
    assert parts(html) == ["day", "month", "year"]
    html = spanish(client.post(reverse("portal:register_siblings"), {}, follow=True))
    assert "Usted es Ana Rivera" in html
    account = reverse("portal:register_account")
    html = spanish(client.post(account, {"email": "ana", "password": "corta"}))
    assert "contraseña" in html
    assert "This password" not in html
    sign_in = {"email": "ana@mail.example", "password": "una frase larga y fácil"}
    html = spanish(client.post(account, sign_in, follow=True))
    assert "Mis hijos" in html
    assert f"Nació el 9 de septiembre de {born.year}" in html
    assert "Registro completo" in html
    assert "Registro pendiente" in html


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_public_pages_come_in_spanish(page):
    spanish(by_browser().get(reverse(page)))


@pytest.mark.django_db
def test_birth_dates_are_asked_for_in_the_order_of_the_language():
    start = reverse("portal:register")
    assert parts(by_browser().get(start).content.decode()) == ["day", "month", "year"]
    assert parts(Client().get(start).content.decode()) == ["month", "day", "year"]


@pytest.mark.django_db
def test_the_switch_wins_over_the_browser_and_leads_back():
    client = by_browser()
    client.post(reverse("set_language"), {"language": "en", "next": reverse("portal:register")})
    assert '<html lang="en"' in client.get(reverse("portal:register")).content.decode()


@pytest.mark.django_db
def test_staff_pages_stay_english(front_desk):
    client = by_browser()
    client.force_login(front_desk)
    assert '<html lang="en"' in client.get(reverse("patients:search")).content.decode()
