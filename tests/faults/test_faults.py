"""The database stopped, restarted, slow or full, the process killed, in the middle of a change (attack 17).

Nothing is half done or lost, the user sees what happened, and the next try works. The server, its database, and the
faults are real.
"""

import time

import psycopg2
import pytest

from tests.faults.changes import (
    CHANGES,
    assert_nothing_is_half_done,
    under_way,
)
from tests.faults.databases import Postgres, PostgresDatabase, SqliteDatabase, fill, small_disk
from tests.faults.sites import Site, populate

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

CHANGE = pytest.mark.parametrize("change", CHANGES, ids=str)
DONE = 2  # children, each time
# Seconds. The limit is 2 here (tests/faults/sites.py); without it, it would be 20 on SQLite and 30 on PostgreSQL.
GIVES_UP_WITHIN = 18


def assert_undone(change, database):
    assert change.done(database) == 0
    assert_nothing_is_half_done(database)


def assert_works(change, do, database):
    assert do().status == 200
    assert change.done(database) == DONE
    assert_nothing_is_half_done(database)


@CHANGE
def test_without_a_fault_it_works(change, site, database, known):
    assert_works(change, change.prepare(site, known), database)


@CHANGE
def test_process_killed_in_the_middle(change, site, database, known):
    do = change.prepare(site, known)
    with database.stalled(change.stalls_at), under_way(do, database) as answer:
        site.kill_worker()
        assert answer.result().status == 0
    database.wait_until_nobody_works()
    assert_undone(change, database)
    assert_works(change, do, database)


@CHANGE
@pytest.mark.usefixtures("only_postgresql")
def test_database_stopped_in_the_middle(change, site, database, known):
    do = change.prepare(site, known)
    with database.stalled(change.stalls_at), under_way(do, database) as answer:
        database.down()
        assert answer.result().status >= 500
    assert do().status >= 500  # still down
    database.up()
    assert_undone(change, database)
    assert_works(change, do, database)


@CHANGE
def test_database_down_and_back(change, site, database, known):
    do = change.prepare(site, known)
    database.down()
    try:
        started = time.monotonic()
        assert do().status >= 500
        assert time.monotonic() - started < GIVES_UP_WITHIN
    finally:
        database.up()
    assert_undone(change, database)
    assert_works(change, do, database)


@CHANGE
def test_database_too_busy(change, site, database, known):
    """Another transaction keeps a lock: the page gives up after the limit and says so."""
    do = change.prepare(site, known)
    with database.busy():
        started = time.monotonic()
        assert do().status >= 500
        assert time.monotonic() - started < GIVES_UP_WITHIN
    assert_undone(change, database)
    assert_works(change, do, database)


@CHANGE
def test_disk_full(change, tmp_path, database):
    """A real full disk. The change is undone; with free space it works again."""
    with small_disk(96 if database.vendor == "postgresql" else 6) as disk:
        if disk is None:
            pytest.skip("No small disk can be mounted here")
        full = Postgres(disk) if database.vendor == "postgresql" else None
        there = PostgresDatabase(full, "postgres") if full else SqliteDatabase(disk / "site.sqlite3")
        known = populate(there.url)
        site = Site(there.url, tmp_path / "site.log")
        try:
            do = change.prepare(site, known)
            filler = fill(disk, leave=0 if full else 64 * 1024)  # SQLite needs half of that to open at all
            if full:
                use_up_what_is_set_aside(there)
            assert do().status >= 500
            assert_undone(change, there)
            filler.unlink()
            assert_works(change, do, there)
        finally:
            site.stop()
            if full:
                full.stop("immediate")


def use_up_what_is_set_aside(database):
    """PostgreSQL gets disk space page by page: fill the last page of the audit trail, which every change writes to."""
    columns = "at, action, address, detail, chain_id, number, key_id, mac"
    smallest = (
        f"INSERT INTO audit_auditevent ({columns}) "  # noqa: S608
        "SELECT now(), '', '', '{}', 64, coalesce(max(number), 0) + 1, '', '' "
        "FROM audit_auditevent WHERE chain_id = 64"
    )

    def add_until_it_fails():
        while True:
            database.rows(smallest)

    with pytest.raises(psycopg2.OperationalError, match="No space left on device"):
        add_until_it_fails()
