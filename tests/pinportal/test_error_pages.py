"""Error pages: what to do next, a number that is in the log, and no personal data, whatever is down."""

import json
import re

import pytest
from django.conf import settings as project
from django.test import Client, RequestFactory
from django.urls import reverse

from pinportal import error_pages
from practice.models import Practice
from tests.pinportal.test_secrets import run
from tests.portal import steps

REGISTER = reverse("signup:register")
WORDS = {  # status: (English, Spanish)
    400: ("The server did not understand that", "El servidor no entendió"),
    403: ("You cannot open this page", "Usted no puede abrir esta página"),
    404: ("There is no such page", "Esta página no existe"),
    413: ("That was too much at once", "Eso fue demasiado de una vez"),
    500: ("Something went wrong on our side", "Algo salió mal de nuestro lado"),
    503: ("The portal is not available right now", "El portal no está disponible"),
}


@pytest.fixture
def stranger(settings):
    """A client that gets the error page instead of the exception."""
    settings.ROOT_URLCONF = "tests.pinportal.broken"
    return Client(raise_request_exception=False)


def reference_on(page):
    return re.search(r"<strong>([0-9A-Z]{8})</strong>", page.text)[1]


# --- Words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("status", WORDS)
def test_each_page_stands_alone_in_the_reader_s_language(status, language):
    """Without database and session: this test may use neither."""
    request = RequestFactory().get("/x/", headers={"accept-language": language})
    request.reference = "ABCD2345"
    page = error_pages.answer(request, status)
    assert page.status_code == status
    assert WORDS[status][language == "es"] in page.text
    assert f'lang="{language}"' in page.text
    assert reference_on(page) == "ABCD2345"


@pytest.mark.parametrize("language", ["en", "es", "ar"])
@pytest.mark.parametrize("status", [500, 503])
def test_where_no_language_can_be_chosen_the_page_says_it_in_all(status, language):
    request = RequestFactory().get("/x/", headers={"accept-language": language})
    page = error_pages.answer(request, status).text
    assert all(page.count(words) == 1 for words in WORDS[status]), page
    others = {"en": "", "es": "", "ar": ' dir="rtl"'}
    assert [code for code, way in others.items() if f'lang="{code}"{way}>' in page] == list(others)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/broken/denied/", 403), ("/none/", 404), ("/broken/value/", 500), ("/broken/key/", 500),
        ("/broken/database/", 503),
    ],
)  # fmt: skip
def test_the_number_on_the_page_is_the_one_in_the_header_and_nothing_else_of_the_request_is(stranger, path, status):
    page = stranger.get(f"{path}?secret=Mateo-Rivera")
    assert page.status_code == status
    assert reference_on(page) == page.headers["X-Request-ID"]
    for word in ("Mateo", "broken", "Traceback", "Error", "secret"):
        assert word not in page.text


def test_staff_pages_fail_in_english_and_families_pages_in_their_language(as_front_desk, settings, rivera):
    spanish = {"accept-language": "es"}
    missing = as_front_desk.get(reverse("patients:chart", args=[10**6]), headers=spanish)
    assert (missing.status_code, WORDS[404][0] in missing.text) == (404, True)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    big = {"pin": "1" * 100}
    assert WORDS[413][1] in Client().post(REGISTER, big, headers=spanish).text
    assert WORDS[413][0] in as_front_desk.post(reverse("patients:search"), big, headers=spanish).text


def test_a_language_of_the_last_request_does_not_stay(client, db):
    client.get(REGISTER, headers={"accept-language": "es"})
    page = Client().get("/", headers={"host": "evil.example"})  # fails before the language is looked at
    assert WORDS[400][0] in page.text


def test_too_large_is_413_and_too_many_fields_is_400(client, db):
    assert client.post(REGISTER, {"pin": "1" * 2**20}).status_code == 413
    assert client.post(REGISTER, {f"field{each}": "1" for each in range(2000)}).status_code == 400


def test_a_page_left_open_too_long_says_so_in_the_reader_s_language(db):
    strict = Client(enforce_csrf_checks=True)
    strict.get(REGISTER)
    page = strict.post(REGISTER, headers={"accept-language": "es"})
    assert (page.status_code, "demasiado tiempo" in page.text) == (403, True)
    assert "<h1>No se guardó nada</h1>" in page.text


@pytest.mark.parametrize("name", ["signup:register", "account_login", "account_reset_password", "language"])
def test_a_browser_without_cookies_is_told_so_and_whom_to_call(db, name):
    """Families and staff alike, whatever they send; also in the other languages, because the switch cannot work."""
    Practice.objects.create(pk=1, phone="(614) 555-0100")
    page = Client(enforce_csrf_checks=True).post(reverse(name))
    assert page.status_code == 403
    assert all(words in page.text for words in ("<h1>Cookies are blocked</h1>", "Allow cookies", "Permita las cookies"))
    assert 'href="tel:6145550100"' in page.text
    assert "open too long" not in page.text
    assert 'name="csrfmiddlewaretoken"' not in page.text


def test_pages_to_register_and_sign_in_have_the_words_ready_for_a_browser_without_cookies(db, client):
    for name in ("signup:register", "account_login", "account_reset_password"):
        assert "hidden data-no-cookies" in client.get(reverse(name)).text


@pytest.mark.parametrize("name", ["account_login", "mfa_login_webauthn"])
def test_a_sign_in_form_sent_again_after_signing_in_says_that_they_are_in(db, name):
    client = steps.client_of("family")
    client.handler.enforce_csrf_checks = True
    page = client.post(reverse(name), {"csrfmiddlewaretoken": "a" * 32})
    assert (page.status_code, "<h1>You are signed in</h1>" in page.text) == (403, True)


def test_a_session_that_ends_during_a_change_does_not_say_that_nothing_was_saved(stranger, transactional_db):
    """Signing out in another tab while this one sends its form."""
    stranger.post(reverse("language"), {"language": "en"})  # there is a session now
    assert MAYBE.search(stranger.post("/broken/session/ends/").text)


def test_a_database_that_is_gone_is_worth_another_try_soon(stranger, db):
    assert stranger.get("/broken/database/").headers["Retry-After"] == str(error_pages.RETRY_AFTER)


# --- Whether the last change was saved -----------------------------------------------------------

NOT_SAVED, MAYBE = "was not saved", re.compile("may not have been saved|cannot tell whether")


@pytest.mark.parametrize("mistake", ["value", "database"])
def test_a_page_that_only_looked_says_that_nothing_is_lost(stranger, mistake):
    assert "Nothing was lost" in stranger.get(f"/broken/{mistake}/").text


@pytest.mark.parametrize("mistake", ["value", "database"])
def test_what_had_not_begun_to_be_written_was_not_saved(stranger, mistake):
    page = stranger.post(f"/broken/{mistake}/")
    assert NOT_SAVED in page.text
    assert not MAYBE.search(page.text)


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize("mistake", ["value", "database"])
@pytest.mark.parametrize("how", ["written", "partly"])
def test_what_was_written_before_a_failure_is_to_be_looked_at_first(stranger, mistake, how):
    Practice.objects.create(pk=1)
    page = stranger.post(f"/broken/{mistake}/{how}/")
    assert Practice.current().name == "Half done"
    assert MAYBE.search(page.text)
    assert NOT_SAVED not in page.text


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize(("mistake", "is_certain"), [("value", True), ("database", False)])
def test_what_was_undone_was_not_saved_unless_the_connection_broke(stranger, mistake, is_certain):
    """If the connection breaks, nobody knows whether the commit succeeded."""
    Practice.objects.create(pk=1)
    page = stranger.post(f"/broken/{mistake}/undone/")
    assert Practice.current().name == "Our Practice"
    assert (NOT_SAVED in page.text) == is_certain
    assert bool(MAYBE.search(page.text)) == (not is_certain)


# --- Something is down ---------------------------------------------------------------------------

ASK = """
import json, django; django.setup()
from django.test import Client
client = Client(raise_request_exception=False, headers={"accept-language": %r})
client.cookies["sessionid"] = "x" * 32
answers = {
    "look": client.get("/patients/"),
    "register": client.get("/register/"),
    "save": client.post("/registration/1/issue/", {"child": "1"}),
    "unknown": client.get("/none/"),
    "alive": client.get("/healthz"),
    "ready": client.get("/readyz"),
}
print(json.dumps({name: [each.status_code, each.text, dict(each.headers)] for name, each in answers.items()}))
"""
UNREACHABLE = ["postgres://nobody@127.0.0.1:9/none", "sqlite:////no/such/folder/none.sqlite3"]


@pytest.mark.parametrize("url", UNREACHABLE)
def test_without_a_database_the_pages_say_so_and_when_to_come_back(url):
    done = run("-c", ASK % "en", DJANGO_SETTINGS_MODULE="tests.settings", DATABASE_URL=url, ALLOWED_HOSTS="testserver")
    answers = json.loads(done.stdout)
    for name in ("look", "register", "save", "unknown"):  # the signed-in user is in the database
        status, text, headers = answers[name]
        assert (name, status, headers["Retry-After"]) == (name, 503, "30")
        assert WORDS[503][0] in text
        assert headers["X-Request-ID"] in text
        assert headers["X-Request-ID"] in done.stderr
    assert NOT_SAVED in answers["save"][1]
    assert answers["alive"][0] == 200
    status, text, _headers = answers["ready"]
    assert (status, json.loads(text)["database"], json.loads(text)["keys"]) == (503, "failed", "ok")


def test_where_even_the_template_is_missing_a_page_stands_in_the_code(settings, stranger, caplog):
    settings.TEMPLATES = [{**project.TEMPLATES[0], "DIRS": [], "APP_DIRS": False}]
    page = stranger.get("/none/")
    assert page.status_code == 404
    assert reference_on(page) == page.headers["X-Request-ID"]
    assert "número de referencia" in page.text
    assert "The error page could not be rendered" in caplog.text


def test_a_broken_context_processor_breaks_no_error_page(settings, stranger):
    template = {**project.TEMPLATES[0]}
    template["OPTIONS"] = {"context_processors": ["tests.pinportal.broken.raises"]}
    settings.TEMPLATES = [template]
    assert WORDS[404][0] in stranger.get("/none/").text


def test_the_refused_may_sign_out_and_read_why(as_family, rivera):
    page = as_family.get(reverse("patients:search"))
    assert page.status_code == 403
    assert 'action="/accounts/logout/"' in page.text
    assert reference_on(page) == page.headers["X-Request-ID"]
    assert steps.trail() == [("access.refused", None)]
