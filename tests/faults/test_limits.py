"""How long a page or command waits for the database: a few seconds, as set, never forever."""

import socket
import time

import pytest

from tests.faults.changes import REGISTER, assert_nothing_is_half_done
from tests.faults.sites import Site, python

pytestmark = [pytest.mark.usefixtures("only_postgresql"), pytest.mark.postgres, pytest.mark.slow]
CONNECT = "import django; django.setup(); from django.db import connection; connection.ensure_connection()"
SHOW = """
import django; django.setup()
from django.db import connection
with connection.cursor() as cursor:
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        cursor.execute(f"SHOW {name}")
        print(cursor.fetchone()[0])
"""


def test_pages_have_limits(database):
    limits = {"DATABASE_STATEMENT_SECONDS": "30", "DATABASE_LOCK_SECONDS": "10"}
    assert python(database.url, "-c", SHOW, **limits).stdout.split() == ["30s", "10s", "30s"]


def test_commands_may_take_their_time(database):
    """Commands have no limit except for locks: pages wait behind a command that waits for a lock."""
    show = SHOW.replace("import django; django.setup()", "")
    done = python(database.url, "manage.py", "shell", "--no-imports", "-c", show, DATABASE_STATEMENT_SECONDS="0")
    assert done.stdout.split() == ["0", "2s", "0"]


def test_a_server_that_does_not_answer_is_given_up_after_five_seconds():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        started = time.monotonic()
        done = python(f"postgres://nobody@127.0.0.1:{port}/none", "-c", CONNECT)
        taken = time.monotonic() - started
    assert "OperationalError" in done.stderr
    assert 4 < taken < 60  # with the time that a busy machine takes to start Python


def test_a_statement_without_end_is_ended(database, known, tmp_path):
    site = Site(database.url, tmp_path / "site.log", DATABASE_STATEMENT_SECONDS="1")
    database.rows(
        "CREATE FUNCTION slow() RETURNS trigger AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END' LANGUAGE plpgsql;"
        "CREATE TRIGGER slow BEFORE INSERT ON portal_pin FOR EACH ROW EXECUTE FUNCTION slow()"
    )
    try:
        do, started = REGISTER.prepare(site, known), time.monotonic()
        assert do().status >= 500
        assert time.monotonic() - started < 30  # and not 60
        assert REGISTER.done(database) == 0
        assert_nothing_is_half_done(database)
        database.rows("DROP FUNCTION slow() CASCADE")
        assert do().status == 200
    finally:
        site.stop()


def test_a_restart_between_two_clicks_is_not_noticed(site, database, known):
    do = REGISTER.prepare(site, known)
    assert site.browser(known["session"]).get("/patients/").status == 200  # the connection stays open
    database.cluster.stop("fast")
    database.cluster.start()
    assert do().status == 200
