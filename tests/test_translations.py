"""Every catalog is complete and compiled, and families get it. Works on a system without gettext.

What is missing is listed by the failure itself: ``pytest tests/test_translations.py -k catalog``.
"""

import ast
import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_python
from babel.messages.mofile import read_mo, write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation.template import templatize

from audit.trail import Actor
from patients.ages import today
from portal import registration

ROOT = Path(settings.BASE_DIR)
GETTEXT = {
    "_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy",
}  # fmt: skip
PAGES = ["signup:register", "account_login", "account_reset_password"]
TRANSLATED = [code for code, _ in settings.LANGUAGES if code != "en"]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|#|<[^>]+>")
# Plural rules of CLDR, which Django's own catalogs follow: as many forms as babel knows, or one more (Spanish).
FORMS = {"es": 3, "ar": 6}
# Around a placeholder that reads from the left, or may: U+2066 or U+2068 before it and U+2069 after it.
ISOLATED = re.compile("[\u2066\u2068]%\\(\\w+\\)s\u2069")
NEEDS_NO_ISOLATION = {
    "step", "steps", "minutes", "hours", "when", "day", "weekday", "date", "clock", "number", "count", "times", "left",
    "from", "to",
}  # fmt: skip
# The forms that Arabic has for one and for two say the number themselves: "a year", "two years".
SAYS_THE_NUMBER = {"ar": {1, 2}}


def file_of(language, kind):
    return ROOT / "locale" / translation.to_locale(language) / "LC_MESSAGES" / f"django.{kind}"


def catalog_of(language):
    with file_of(language, "po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def first(text):
    """A message as the code has it; of a plural the singular."""
    return text if isinstance(text, str) else text[0]


def several(text):
    return [text] if isinstance(text, str) else list(text)


def messages_of(catalog):
    return {each.id if isinstance(each.id, str) else tuple(each.id): each.string for each in catalog if each.id}


SPANISH = catalog_of("es")


@pytest.fixture(params=TRANSLATED)
def catalog(request):
    """The catalog of each language that families can choose."""
    return catalog_of(request.param)


def strings_of_code():
    """Read from the syntax tree, which also finds what gettext overlooks inside an f-string."""
    for room in settings.OUR_ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    if name in GETTEXT:
                        yield node.args["pgettext" in name].value


def strings_of_templates():
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]:
        lines = "\n".join(line.lstrip() for line in templatize(path.read_text()).splitlines())
        for _line, _function, text, _comments in extract_python(io.BytesIO(lines.encode()), GETTEXT, [], {}):
            yield first(text)


@pytest.mark.parametrize("strings", [strings_of_code, strings_of_templates])
def test_every_string_is_in_the_catalog(catalog, strings):
    found = set(strings())
    missing = sorted(found - {first(text) for text in messages_of(catalog)})
    assert len(found) > 20
    assert not missing, f"Append to locale/{catalog.locale}: docs/translating.md"


def test_nothing_is_left_over_in_the_catalog(catalog):
    known = {*strings_of_code(), *strings_of_templates()}
    assert not [text for text in messages_of(catalog) if first(text) not in known]


def test_every_string_of_the_catalog_is_translated_and_none_is_a_guess(catalog):
    assert not [each.id for each in catalog if each.id and each.fuzzy]
    assert not [each.id for each in catalog if each.id and not all(several(each.string))]


def test_the_catalog_has_every_plural_form_of_its_language(catalog):
    forms = FORMS[str(catalog.locale)]
    assert catalog.num_plurals == forms >= get_plural(str(catalog.locale))[0]
    plurals = [each for each in catalog if each.pluralizable]
    assert plurals
    assert not [each.id for each in plurals if len(several(each.string)) != forms]


def test_placeholders_and_markup_of_the_catalog_are_those_of_the_code(catalog):
    in_words = SAYS_THE_NUMBER.get(str(catalog.locale), set())
    for text, translated in messages_of(catalog).items():
        wanted = sorted(PLACEHOLDER.findall(several(text)[-1]))
        for form, each in enumerate(several(translated)):
            found = sorted(PLACEHOLDER.findall(each))
            assert found == wanted or (form in in_words and not found and len(wanted) == 1), text


def test_what_reads_from_the_left_is_kept_apart_in_a_catalog_that_reads_from_the_right(catalog):
    """Phone numbers, e-mails and names would tear the sentence apart and be torn themselves."""
    if catalog.locale.text_direction == "ltr":
        return
    for text, translated in messages_of(catalog).items():
        for each in several(translated):
            open_ones = re.findall(r"%\((\w+)\)s", ISOLATED.sub("", each))
            assert set(open_ones) <= NEEDS_NO_ISOLATION, text
            assert len(re.findall("[\u2066-\u2068]", each)) == each.count("\u2069"), text


def test_the_compiled_catalog_is_what_is_written(catalog):
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    with file_of(str(catalog.locale), "mo").open("rb") as file:
        assert messages_of(read_mo(file)) == messages_of(read_mo(compiled)), "Run `make catalogs`"


def test_the_catalog_says_who_has_to_read_it(catalog):
    assert "qualified human translator" in catalog.header_comment
    assert "X-Reviewed-By" in file_of(str(catalog.locale), "po").read_text()


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
    answer = client.post(reverse("language"), {"language": "es", "next": reverse("signup:register")})
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
    """Our English sentences that are on the page untranslated."""
    texts = [piece for text in messages_of(SPANISH) for piece in several(text)]
    return [text for text in texts if len(text.split()) > 2 and text in html]


def spanish(response):
    html = response.content.decode().replace("&#x27;", "'")
    assert '<html lang="es"' in html
    assert not english_on(html)
    return html


def parts(html):
    return re.findall(r'name="(?:child-\d+-)?birth_date_(\w+)"', html)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("client_in_spanish", [by_browser, by_switch])
def test_a_family_registers_in_spanish(client_in_spanish, rivera, front_desk):
    client = client_in_spanish()
    for child in (rivera.mateo, rivera.sofia):
        child.birth_date = child.birth_date.replace(year=today().year - 8, month=9, day=9)
        child.save()
    ids, pins = printed_sheet(rivera, front_desk)
    born = rivera.mateo.birth_date
    date = {"birth_date_day": born.day, "birth_date_month": born.month, "birth_date_year": born.year}

    start = reverse("signup:register")
    assert "Regístrese con su PIN" in spanish(client.get(start))
    assert "Escriba el PIN de su hoja." in spanish(client.post(start, {}))
    other_day = date | {"birth_date_day": 8}
    assert "No encontramos un PIN" in spanish(client.post(start, {"pin": pins[ids[0]], **other_day}))
    html = spanish(client.post(start, {"pin": pins[ids[0]], **date}, follow=True))
    assert "Sus otros hijos" in html
    assert parts(html) == ["day", "month", "year"]
    html = spanish(client.post(reverse("signup:register_siblings"), {}, follow=True))
    assert "¿Es usted Ana Rivera?" in html
    html = spanish(client.post(reverse("signup:register_you"), {"is_guardian": "yes"}, follow=True))
    assert "Su correo electrónico" in html
    html = spanish(client.post(reverse("signup:register_email"), {"email": "ana@mail.example"}, follow=True))
    assert "Usted es Ana Rivera" in html
    account = reverse("signup:register_account")
    html = spanish(client.post(account, {"email": "ana", "password": "corta"}))
    assert "contraseña" in html
    assert "This password" not in html
    sign_in = {"email": "ana@mail.example", "password": "una frase larga y fácil"}
    html = spanish(client.post(account, sign_in, follow=True))
    assert "Mis hijos" in html
    assert f"Nació el 9 de septiembre de {born.year}" in html
    assert "Registro completo" in html
    assert "Registro pendiente" in html


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("page", PAGES)
def test_public_pages_come_in_spanish(page):
    spanish(by_browser().get(reverse(page)))


@pytest.mark.usefixtures("db")
def test_birth_dates_are_asked_for_in_the_order_of_the_language():
    start = reverse("signup:register")
    assert parts(by_browser().get(start).content.decode()) == ["day", "month", "year"]
    assert parts(Client().get(start).content.decode()) == ["month", "day", "year"]


@pytest.mark.usefixtures("db")
def test_the_switch_wins_over_the_browser_and_leads_back():
    client = by_browser()
    client.post(reverse("language"), {"language": "en", "next": reverse("signup:register")})
    assert '<html lang="en"' in client.get(reverse("signup:register")).content.decode()


@pytest.mark.usefixtures("db")
def test_staff_pages_stay_english(front_desk):
    client = by_browser()
    client.force_login(front_desk)
    assert '<html lang="en"' in client.get(reverse("patients:search")).content.decode()
