"""The log: JSON lines that say what happened, without names, PINs, or secrets."""

import io
import json
import logging
from datetime import date

import pytest
from django.conf import settings as project
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from pinportal.logs import JsonFormatter, TextFormatter
from portal import registration
from practice.models import Practice
from tests import people
from tests.pinportal.test_secrets import run
from tests.portal import steps

FIELDS = {"time", "level", "logger", "message", "request", "method", "route", "user", "address"}


class Written:
    """The log as text and as lines."""

    def __init__(self, formatter):
        self.stream = io.StringIO()
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(formatter)

    @property
    def text(self):
        return self.stream.getvalue()

    @property
    def lines(self):
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, logger):
        return [line for line in self.lines if line["logger"] == logger]


@pytest.fixture(params=[JsonFormatter])
def log(request):
    """The whole log, including our own DEBUG messages."""
    written = Written(request.param())
    root, rooms = logging.getLogger(), [logging.getLogger(each) for each in project.OUR_ROOMS]
    before = [room.level for room in rooms]
    root.addHandler(written.handler)
    for room in rooms:
        room.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(written.handler)
    for room, level in zip(rooms, before, strict=True):
        room.setLevel(level)


# --- No personal data-----------------------------------------------------------------------------


def everything_from_the_search_to_failures(front_desk, rivera):
    """Work of the desk and a parent with every kind of mistake. Returns the PINs in clear text."""
    mateo = rivera.link(rivera.ana, rivera.mateo)
    desk = Client(raise_request_exception=False)
    desk.post(reverse("account_login"), {"login": front_desk.email, "password": "wrong-secret"})
    desk.post(reverse("account_login"), {"login": front_desk.email, "password": people.PASSWORD})
    desk.post(reverse("patients:search"), {"query": "mateo rivera"})
    desk.get(f"{reverse('patients:chart', args=[mateo.patient_id])}?q=Mateo")
    desk.get(reverse("desk:window", args=[mateo.pk]))
    desk.post(reverse("desk:issue", args=[mateo.pk]), {"child": mateo.pk})
    desk.post(reverse("desk:print", args=[mateo.pk]), {"child": mateo.pk})
    number = registration.show(contact=rivera.ana, family_contact_ids=[mateo.pk], by=steps.PARENT)[mateo.pk]
    desk.get("/patients/Mateo-Rivera/?name=Rivera")
    desk.get("/?pin=" + number, headers={"host": "mateo.rivera.example"})

    parent = Client(raise_request_exception=False)
    parent.post(reverse("signup:register"), steps.typed(steps.UNKNOWN, rivera.mateo.birth_date))
    parent.post(reverse("signup:register"), steps.typed(number, date(2019, 1, 1)))
    parent.post(reverse("signup:register"), {**steps.typed(number, rivera.mateo.birth_date), "x": "Mateo" * 10**5})
    steps.prove(parent, number, rivera.mateo)
    steps.answer(parent, "ana@home.example")
    parent.post(reverse("signup:register_account"), {"email": "ana@home.example", "password": steps.PASSWORD})
    parent.get(reverse("family:children"))
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.post(reverse("signup:register"), steps.typed(number, rivera.mateo.birth_date))
    strict.get("/", headers={"referer": "https://evil.example/Mateo"})

    parent.get("/broken/value/?secret=Mateo+Rivera")
    parent.get("/broken/key/?secret=Mateo+Rivera")
    parent.get("/broken/denied/?secret=Mateo+Rivera")
    parent.get("/broken/database/?secret=Mateo+Rivera")
    parent.get("/broken/again/")
    return [number, steps.UNKNOWN]


@pytest.mark.parametrize("log", [JsonFormatter, TextFormatter], indirect=True)
def test_a_whole_day_with_its_failures_leaves_nobody_in_the_log(log, settings, front_desk, rivera):
    settings.ROOT_URLCONF = "tests.pinportal.broken"
    numbers = everything_from_the_search_to_failures(front_desk, rivera)
    born = rivera.mateo.birth_date
    secrets = [
        "Mateo", "mateo", "Rivera", "rivera", "Ana", "Sunny side", "wrong-secret", steps.PASSWORD, "Dana", "dana@",
        "ana@", "example", "555 0141", "5550141", "maple", "Maple", str(born.year), f"{born:%m/%d/%Y}",
        rivera.mateo.chart_number, *numbers, *(f"{number[:4]} {number[4:8]}" for number in numbers),
    ]  # fmt: skip
    assert log.text.count("answered") >= 20
    assert "IntegrityError" in log.text
    assert "ValueError" in log.text
    assert [secret for secret in secrets if secret in log.text] == []


# --- What is in it -------------------------------------------------------------------------------


def test_each_request_leaves_one_line_with_the_name_of_its_page(log, front_desk, rivera):
    desk = people.signed_in(front_desk)
    page = desk.get(reverse("patients:chart", args=[rivera.mateo.pk]) + "?x=1")
    (line,) = log.lines
    assert set(line) == FIELDS | {"status", "duration_ms"}
    known = {
        "level": "INFO", "method": "GET", "route": "patients:chart", "status": 200, "user": front_desk.pk,
        "address": "127.0.0.1", "request": page.headers["X-Request-ID"],
    }  # fmt: skip
    assert {name: line[name] for name in known} == known
    assert line["time"].endswith("+00:00")
    assert 0 < line["duration_ms"] < 60_000


@pytest.mark.parametrize(
    ("path", "status"), [("/none/", 404), ("/patients/", 302), ("/favicon.ico", 302), ("/accounts/login/", 200)]
)
def test_each_answer_leaves_one_line(log, client, db, path, status):
    client.get(path)
    assert [line["status"] for line in log.lines] == [status]


def test_a_line_asks_nothing_of_the_database(log, client):
    """If nothing has loaded the user, the log does not either: this test may not use the database."""
    client.cookies[project.SESSION_COOKIE_NAME] = "x" * 32
    client.get("/healthz")
    assert log.lines[0]["user"] is None


def test_whoever_watches_leaves_no_line_until_something_is_wrong(log, client, db):
    logging.getLogger("pinportal").setLevel(logging.INFO)
    client.get("/healthz")
    client.get("/readyz")
    assert log.lines == []


def test_the_address_is_the_one_before_our_proxies(log, client, settings):
    settings.TRUSTED_PROXIES = 1
    client.get("/healthz", headers={"x-forwarded-for": "203.0.113.1, 198.51.100.9"})
    assert log.lines[0]["address"] == "198.51.100.9"


def test_a_mistake_is_told_by_type_and_place_with_what_led_to_it(log, settings, front_desk):
    settings.ROOT_URLCONF = "tests.pinportal.broken"
    page = Client(raise_request_exception=False).get("/broken/value/?secret=Mateo")
    (line,) = log.of("django.request")
    (error,) = line["error"]
    assert (line["level"], line["message"], line["route"]) == ("ERROR", "Internal Server Error", "raises")
    assert line["request"] == page.headers["X-Request-ID"]
    assert error["type"] == "builtins.ValueError"
    assert error["at"][-1].startswith("tests/pinportal/broken.py:")
    assert error["at"][-1].endswith(" raises")


def test_a_refusal_of_the_database_is_told_by_its_code_and_constraint(log, settings, front_desk):
    settings.ROOT_URLCONF = "tests.pinportal.broken"
    Client(raise_request_exception=False).get("/broken/again/")
    ours, drivers = log.of("django.request")[0]["error"]
    assert ours["type"] == f"{IntegrityError.__module__}.IntegrityError"
    expected = {
        "sqlite": ("SQLITE_CONSTRAINT_UNIQUE", "accounts_user.email"),
        "postgresql": ("23505", "accounts_user_email_key"),
    }
    assert (ours["code"], ours["constraint"]) == expected[connection.vendor]
    assert (
        drivers["type"]
        == {"sqlite": "sqlite3.IntegrityError", "postgresql": "psycopg2.errors.UniqueViolation"}[connection.vendor]
    )


def test_a_full_disk_is_told_by_its_code(log):
    try:
        raise OSError(28, "No space left on device", "/var/Mateo")
    except OSError:
        logging.getLogger("portal.test").exception("could not keep it")
    (line,) = log.lines
    assert (line["message"], line["error"][0]["code"]) == ("could not keep it", "ENOSPC")
    assert "Mateo" not in log.text


def test_the_words_of_others_are_kept_without_what_they_quote(log):
    logging.getLogger("weasyprint").error("Failed to load %s", "Mateo")
    logging.getLogger("django.security.csrf").warning("Forbidden: %s", "/Mateo/", extra={"status_code": 403})
    assert [line["message"] for line in log.lines] == ["Failed to load %s", "Forbidden"]


def test_gunicorn_tells_of_itself_but_not_of_requests():
    written = Written(JsonFormatter())
    logger = logging.getLogger("gunicorn.error")
    logger.addHandler(written.handler)
    try:
        logger.warning("Invalid request from ip=%s: %s", "192.0.2.1", "GET /Mateo")
        logger.error("Worker (pid:%s) was sent SIGKILL!", 12)
    finally:
        logger.removeHandler(written.handler)
    assert [line["message"] for line in written.lines] == ["Invalid request", "Worker (pid:12) was sent SIGKILL!"]


def test_a_line_stays_one_line(log, client):
    logging.getLogger("portal.test").warning("first\nsecond\x00\u2028third")
    assert [line["message"] for line in log.lines] == ["first\nsecond\x00\u2028third"]
    assert log.text.count("\n") == 1


# --- How it is set up ----------------------------------------------------------------------------


def test_production_writes_json_and_the_demo_text():
    show = "import django; django.setup(); import logging; logging.getLogger('portal').warning('here')"
    done = run("-c", show, DJANGO_SETTINGS_MODULE="pinportal.settings")
    assert json.loads(done.stderr)["message"] == "here"
    done = run("-c", show, DJANGO_SETTINGS_MODULE="pinportal.settings", LOG_FORMAT="text")
    assert done.stderr.endswith(" WARNING portal here\n")


def test_an_unknown_format_is_refused():
    assert "LOG_FORMAT must be json or text" in run("manage.py", "check", LOG_FORMAT="xml").stderr


def test_nothing_of_a_mistake_is_mailed_to_anybody(settings, front_desk, mailoutbox):
    settings.ROOT_URLCONF = "tests.pinportal.broken"
    settings.ADMINS = [("Operator", "operator@example.org")]
    Practice.objects.create(pk=1)
    Client(raise_request_exception=False).get("/broken/value/")
    assert mailoutbox == []
