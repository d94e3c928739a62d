"""A connection that breaks during COMMIT: even the database's client does not know whether it succeeded (attack 17).

Either way the next page tells what is the case, and doing it again does nothing twice.
"""

import os
import signal

import pytest

from tests.faults.changes import CHANGES, PRINT, REDEEM, REGISTER, assert_nothing_is_half_done, under_way
from tests.faults.sites import Site

pytestmark = [pytest.mark.usefixtures("only_postgresql"), pytest.mark.postgres, pytest.mark.slow]
CHANGE = pytest.mark.parametrize("change", CHANGES, ids=str)


@pytest.fixture
def site(database, tmp_path):
    """A site that waits longer for a lock than it takes to replace its process."""
    site = Site(database.url, tmp_path / "site.log", DATABASE_LOCK_SECONDS="30", DATABASE_STATEMENT_SECONDS="30")
    yield site
    site.stop()


@pytest.fixture
def answers_lost(site, database, known):
    """Make the change, and kill the process during COMMIT, which then succeeds."""

    def lose(do):
        with database.stalled_commit(), under_way(do, database) as answer:
            site.kill_worker()
            assert answer.result().status == 0
        database.let_commit()

    return lose


def test_register_once_more_shows_the_pins_that_were_issued(site, database, known, answers_lost):
    do = REGISTER.prepare(site, known)
    answers_lost(do)
    assert REGISTER.done(database) == 2
    page = do()
    assert page.status == 200
    assert page.text.count("<output>") == 2
    assert "No new PINs" in page.text
    assert REGISTER.done(database) == 2
    assert_nothing_is_half_done(database)


def test_print_once_more_gives_the_sheet(site, database, known, answers_lost):
    do = PRINT.prepare(site, known)
    answers_lost(do)
    sheet = do()
    assert (sheet.status, sheet.body[:5]) == (200, b"%PDF-")
    assert_nothing_is_half_done(database)


def test_last_click_once_more_says_that_the_pins_are_used_and_leads_to_sign_in(site, database, known, answers_lost):
    do = REDEEM.prepare(site, known)
    answers_lost(do)
    assert REDEEM.done(database) == 2
    page = do()
    assert page.status == 409
    assert "was used already" in page.text
    assert "If that was you, sign in to see Mateo and Sofia" in page.text
    assert_nothing_is_half_done(database)


@CHANGE
def test_database_stopped_during_commit_undoes_it(change, site, database, known):
    do = change.prepare(site, known)
    with database.stalled_commit(), under_way(do, database) as answer:
        database.down()
        assert answer.result().status >= 500
    database.up()
    database.let_commit()
    assert change.done(database) == 0
    assert_nothing_is_half_done(database)
    assert do().status == 200
    assert change.done(database) == 2


def test_a_process_that_freezes_in_a_transaction_does_not_keep_others_waiting(database, known, tmp_path):
    """Its transaction is ended after DATABASE_STATEMENT_SECONDS; when it continues, it says that it failed."""
    frozen = Site(database.url, tmp_path / "frozen.log", DATABASE_STATEMENT_SECONDS="3")
    other = Site(database.url, tmp_path / "other.log", DATABASE_LOCK_SECONDS="15")
    try:
        do = REGISTER.prepare(frozen, known)
        hold = database.held("LOCK TABLE audit_auditevent IN SHARE MODE")
        with hold as let_go, under_way(do, database) as answer:
            (worker,) = frozen.workers
            os.kill(worker, signal.SIGSTOP)
            let_go()
            page = REGISTER.prepare(other, known)()
            os.kill(worker, signal.SIGCONT)
            assert answer.result().status >= 500
        assert page.status == 200
        assert REGISTER.done(database) == 2
        assert_nothing_is_half_done(database)
    finally:
        frozen.stop()
        other.stop()
