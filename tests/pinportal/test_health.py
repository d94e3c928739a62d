"""Health checks: /healthz and /readyz."""

import json
import tempfile
from pathlib import Path

import pytest
from django.conf import settings as project
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from pinportal import health
from portal.sheets import sheet
from tests.pinportal.test_secrets import run
from tests.portal import steps

pytestmark = pytest.mark.postgres

GOOD = dict.fromkeys(("database", "migrations", "keys", "pdf", "disk"), "ok")
PATHS = ["/healthz", "/readyz"]


@pytest.fixture(autouse=True)
def _nothing_known():
    """Each test starts without kept results."""
    health._known.clear()
    yield
    health._known.clear()


def test_the_process_lives_without_a_database(client):
    answer = client.get("/healthz")  # this test may use none
    assert (answer.status_code, answer.json()) == (200, {"process": "ok"})


def test_everything_is_ready(client, db):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, GOOD)
    assert answer.headers["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("path", PATHS)
def test_whoever_watches_needs_neither_name_nor_tls_nor_session(db, settings, path):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["portal.example.org"]
    answer = Client().get(path, headers={"host": "10.0.0.7:8000"})
    assert answer.status_code == 200
    assert not answer.cookies
    assert Client().get("/", headers={"host": "10.0.0.7:8000"}).status_code == 400  # nobody else gets through


@pytest.mark.parametrize("path", PATHS)
def test_only_looking_is_possible(client, db, path):
    assert steps.refused_methods(client, path) == {"post", "put", "patch", "delete"}
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")


def failed(client):
    """The failed parts. The response says nothing more about them."""
    answer = client.get("/readyz")
    words = answer.json()
    assert answer.status_code == 503
    assert set(words) == set(GOOD)
    assert set(words.values()) <= {"ok", "failed"}
    return {name for name, word in words.items() if word == "failed"}


def test_a_migration_that_is_not_applied(client, db):
    MigrationRecorder.Migration.objects.filter(app="portal").order_by("-pk").first().delete()
    assert failed(client) == {"migrations"}


def test_a_folder_that_cannot_be_written(client, db, settings):
    settings.VAR_DIR = Path("/proc/none")
    assert failed(client) == {"disk"}


def test_keys_that_are_none(client, db, settings):
    settings.PIN_KEYS = ["not a key"]
    assert failed(client) == {"keys"}


def test_a_sheet_that_cannot_be_drawn(client, db, monkeypatch):
    sheet._fonts_and_style.cache_clear()
    with tempfile.TemporaryDirectory() as empty, monkeypatch.context() as patch:
        patch.setattr(sheet.finders, "find", lambda name: f"{empty}/{name}")  # as after a broken installation
        assert failed(client) == {"pdf"}
    health._known.clear()
    assert client.get("/readyz").json() == GOOD


def test_no_database_is_told_and_logged_without_details_to_the_stranger():
    ask = "import django; django.setup(); from django.test import Client; print(Client().get('/readyz').text)"
    done = run("-c", ask, DJANGO_SETTINGS_MODULE="tests.settings", DATABASE_URL="postgres://nobody@127.0.0.1:9/none")
    words = json.loads(done.stdout)
    assert {name for name, word in words.items() if word == "failed"} == {"database", "migrations"}
    assert "not ready: database" in done.stderr
    assert "OperationalError" in done.stderr


def test_asking_without_end_draws_one_page(client, db, caplog):
    first = steps.queries(lambda: client.get("/readyz"))
    with caplog.at_level("INFO"):
        assert steps.queries(lambda: [client.get("/readyz") for _ in range(200)]) <= first
    assert health._known["pdf"][1] > health._known["database"][1]


def test_a_failure_is_asked_again_soon(client, db, settings):
    settings.VAR_DIR = Path("/proc/none")
    failed(client)
    settings.VAR_DIR = project.BASE_DIR / "var"
    name, (works, until) = "disk", health._known["disk"]
    health._known[name] = (works, until - health.FAILURE_KEPT)
    assert client.get("/readyz").json() == GOOD
