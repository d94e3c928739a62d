"""A database of version 0.1.0 is recognized and left alone; only the demo's is replaced."""

import sqlite3
import stat
import tomllib
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from pinportal import health
from practice import version
from tests.pinportal.test_secrets import run
from tests.servers import ROOT

pytestmark = pytest.mark.postgres

# What 0.1.0 recorded of its own apps; there were no ``accounts`` and no ``audit``.
MIGRATIONS = {
    "practice": ["0001_initial", "0002_audit_append_only", "0006_audit_integrity", "0012_link_number"],
    "patients": ["0001_initial"],
    "appointments": ["0001_initial", "0002_schedule"],
    "portal": ["0001_initial", "0002_sheet_runs", "0003_alerts"],
}
OURS = [*MIGRATIONS, "accounts", "audit"]
IN_USE = "CommandError: The demo's database is in use. Stop the server that uses it, then try again."
WORDS = "PIN Portal 0.1.0 made this database"


@pytest.fixture
def of_old(db):
    """The test's database, with the migrations that 0.1.0 recorded."""
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app__in=OURS).delete()
    for app, names in MIGRATIONS.items():
        for name in names:
            recorder.record_applied(app, name)


def old_file(path, *, name="Old Practice"):
    """A SQLite database of 0.1.0: two of its tables are enough."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript("""
            PRAGMA journal_mode=WAL;
            CREATE TABLE practice_practice (id integer PRIMARY KEY, name text);
            CREATE TABLE django_migrations (id integer PRIMARY KEY, app text, name text, applied timestamp);
        """)
        database.execute("INSERT INTO practice_practice VALUES (1, ?)", (name,))
        rows = [(app, each) for app, names in MIGRATIONS.items() for each in names]
        database.executemany("INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, '2026-01-01')", rows)
        database.commit()
    return path


def names_in(path):
    with closing(sqlite3.connect(path)) as database:
        return [name for (name,) in database.execute("SELECT name FROM practice_practice")]


def migrate(path, *options, kind="demo"):
    return run("manage.py", "migrate", *options, PINPORTAL_ENV=kind, DATABASE_URL=f"sqlite:///{path}")


def test_the_version_is_that_of_the_project():
    project = tomllib.loads((Path(ROOT) / "pyproject.toml").read_text())
    assert project["project"]["version"] == version.VERSION


def test_a_database_of_this_version_or_an_empty_one_is_not_taken_for_an_old_one(db):
    assert version.earlier_version_of_database() == ""
    assert version.earlier_version([]) == ""


@pytest.mark.usefixtures("of_old")
@pytest.mark.parametrize("options", [{}, {"check_unapplied": True}, {"app_label": "portal", "migration_name": "zero"}])
def test_migrate_refuses_before_anything_changes(options):
    before = version.applied_migrations(), connection.introspection.table_names()
    with pytest.raises(CommandError, match=WORDS):
        call_command("migrate", **options)
    assert (version.applied_migrations(), connection.introspection.table_names()) == before


@pytest.mark.usefixtures("of_old")
def test_migrate_replaces_nothing_that_is_no_demo():
    with pytest.raises(CommandError, match=WORDS):
        call_command("migrate", replace_old_demo=True)


@pytest.mark.usefixtures("of_old")
def test_readyz_says_that_migrations_failed_and_the_log_says_why(client, caplog):
    health._known.clear()
    answer = client.get("/readyz")
    health._known.clear()
    assert (answer.status_code, answer.json()["migrations"]) == (503, "failed")
    assert WORDS in caplog.text


def test_the_server_says_in_one_line_why_it_does_not_start(tmp_path):
    path = old_file(tmp_path / "old.sqlite3")
    done = run("-m", "pinportal.serve", DATABASE_URL=f"sqlite:///{path}")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert done.stderr.startswith(f"Not started. {WORDS}")


# --- The demo ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_old_demo_is_set_aside_and_a_new_one_made(tmp_path):
    path = old_file(tmp_path / "demo.sqlite3")
    old_file(tmp_path / "demo-0.1.0.sqlite3", name="Set aside before")
    done = migrate(path, "--replace-old-demo", "--verbosity", "0")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("The demo's database is from version 0.1.0.")
    assert names_in(tmp_path / "demo-0.1.0.sqlite3") == ["Old Practice"]
    assert names_in(path) == []
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}
    again = migrate(path, "--replace-old-demo", "--verbosity", "0")
    assert (again.returncode, again.stdout) == (0, "")


def test_an_old_demo_that_is_in_use_is_left_alone(tmp_path):
    path = old_file(tmp_path / "demo.sqlite3")
    with closing(sqlite3.connect(path, isolation_level=None)) as server:
        server.execute("BEGIN IMMEDIATE")
        done = migrate(path, "--replace-old-demo", "--skip-checks")
    assert (done.returncode, done.stderr.splitlines()) == (1, [IN_USE])
    assert names_in(path) == ["Old Practice"]
    assert not (tmp_path / "demo-0.1.0.sqlite3").exists()


@pytest.mark.parametrize(("kind", "options"), [("demo", []), ("production", ["--replace-old-demo"])])
def test_only_make_demo_replaces_and_only_in_a_demo(tmp_path, kind, options):
    path = old_file(tmp_path / "demo.sqlite3")
    done = migrate(path, *options, kind=kind)
    assert (done.returncode, WORDS in done.stderr, "Traceback" in done.stderr) == (1, True, False)
    assert names_in(path) == ["Old Practice"]
