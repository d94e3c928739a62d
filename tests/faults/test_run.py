"""A run of sheets whose process or database fails in the middle, and which is then continued (attack 17)."""

import pytest

from tests.faults.changes import PRINT_RUN, assert_nothing_is_half_done, under_way

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

CHILDREN = 6


def test_killed_after_drawing_and_continued(site, database, known):
    do = PRINT_RUN.prepare(site, known)
    with database.stalled(PRINT_RUN.stalls_at), under_way(do, database) as answer:
        site.kill_worker()
        assert answer.result().status == 0
    database.wait_until_nobody_works()
    assert_interrupted_and_continued(do, database)


@pytest.mark.usefixtures("only_postgresql")
def test_database_stopped_after_drawing_and_continued(site, database, known):
    do = PRINT_RUN.prepare(site, known)
    with database.stalled(PRINT_RUN.stalls_at), under_way(do, database) as answer:
        database.down()
        assert answer.result().status >= 500
    database.up()
    assert_interrupted_and_continued(do, database)


@pytest.mark.usefixtures("only_postgresql")
def test_database_restarted_while_drawing_lets_go_of_the_run_at_once(site, database, known):
    """The database is back when the run ends early, so the user can continue at once."""
    do = PRINT_RUN.prepare(site, known)
    with database.stalled(PRINT_RUN.stalls_at), under_way(do, database) as answer:
        database.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        assert answer.result().status >= 500
    assert PRINT_RUN.done(database) == 0
    assert do().body[:5] == b"%PDF-"


def assert_interrupted_and_continued(do, database):
    assert PRINT_RUN.done(database) == 0
    assert_nothing_is_half_done(database)
    issued = database.rows("SELECT count(*) FROM portal_pin")
    assert "already being printed" in do().text  # it was seen alive a moment ago
    database.rows("UPDATE portal_sheetrun SET touched_at = '2026-01-01 00:00:00+00:00'")  # and now long ago
    sheets = do()
    assert sheets.body[:5] == b"%PDF-", (sheets.status, sheets.text)
    assert PRINT_RUN.done(database) == CHILDREN
    assert database.rows("SELECT count(*) FROM portal_pin") == issued
    assert_nothing_is_half_done(database)
