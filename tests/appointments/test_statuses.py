"""Which step leads from which status to which."""

from datetime import UTC, datetime, timedelta

import pytest

from appointments import statuses
from appointments.models import Appointment

Status = Appointment.Status
NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)  # ten o'clock in New York
EARLIER = NOW - timedelta(hours=1)
S, C, A, R, O, N, X = (  # noqa: E741
    Status.SCHEDULED,
    Status.CONFIRMED,
    Status.ARRIVED,
    Status.ROOMED,
    Status.CHECKED_OUT,
    Status.NO_SHOW,
    Status.CANCELLED,
)
# From the left to the top: yes or no. Staying is no step, and always possible.
TABLE = """
        S C A R O N X
    S   y y y . . y y
    C   y y y . . y y
    A   . y y y y . y
    R   . . y y y . .
    O   . . . y y . .
    N   y . y . . y y
    X   y . . . . . y
"""
LETTERS = dict(zip("SCARONX", [S, C, A, R, O, N, X], strict=True))


def _pairs():
    for line in TABLE.split("\n")[2:-1]:
        before, *cells = line.split()
        for to, cell in zip("SCARONX", cells, strict=True):
            yield pytest.param(LETTERS[before], LETTERS[to], cell == "y", id=f"{LETTERS[before]}-{LETTERS[to]}")


PAIRS = list(_pairs())


def why_not(before, to, *, start=EARLIER, now=NOW):
    return statuses.obstacle(before=before, to=to, start=start, now=now)


@pytest.mark.parametrize(("before", "to", "possible"), PAIRS)
def test_every_pair(before, to, possible):
    reason = "" if possible else f"The status cannot change from {before.label} to {to.label}."
    assert why_not(before, to) == reason


def test_the_table_knows_every_status():
    assert set(statuses.NEXT) == set(Status)
    assert len(PAIRS) == len(Status) ** 2


@pytest.mark.parametrize("to", Status)
def test_how_a_visit_can_begin(to):
    reason = "" if to in {S, C, A} else f"A new appointment cannot start as {to.label}."
    assert why_not(None, to) == reason


# --- Day and time --------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "to"), [(S, A), (None, A), (A, R), (A, O), (R, O), (R, A), (O, R), (N, A)])
def test_nobody_has_come_for_tomorrow(before, to):
    tomorrow = f"{to.label} can only be set from the day of the visit, Nov 26, 2026."
    assert why_not(before, to, start=NOW + timedelta(days=1)) == tomorrow
    assert why_not(before, to, start=NOW + timedelta(hours=5)) == ""
    assert why_not(before, to, start=NOW - timedelta(days=30)) == ""


def test_the_day_of_the_visit_is_the_practice_s():
    late_today = datetime(2026, 11, 26, 4, 59, tzinfo=UTC)  # 11:59 PM, and tomorrow in UTC
    assert why_not(S, A, start=late_today) == ""
    assert why_not(S, A, start=late_today + timedelta(minutes=1))
    just_after_midnight = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
    assert why_not(S, A, start=late_today, now=just_after_midnight) == ""
    assert why_not(S, A, start=late_today, now=just_after_midnight - timedelta(minutes=1))


def test_no_show_is_for_after_the_start():
    assert why_not(S, N, start=NOW) == ""
    assert why_not(S, N, start=NOW + timedelta(minutes=1)) == "No-show can only be set after the start of the visit."


# --- What is offered -----------------------------------------------------------------------------


@pytest.mark.parametrize("before", Status)
def test_offered_is_where_it_stands_and_where_it_can_go(before):
    offered = statuses.choices(before=before, start=EARLIER, now=NOW)
    assert set(offered) == {before, *statuses.NEXT[before]}
    assert offered == sorted(offered, key=list(Status).index)


def test_offered_for_a_new_one():
    assert statuses.choices(before=None, start=None, now=NOW) == [S, C, A]
    assert statuses.choices(before=None, start=NOW + timedelta(days=1), now=NOW) == [S, C]


def test_offered_for_tomorrow():
    assert statuses.choices(before=S, start=NOW + timedelta(days=1), now=NOW) == [S, C, X]


@pytest.mark.parametrize("status", Status)
def test_a_status_is_either_come_or_not_coming_or_neither(status):
    assert (status in statuses.ARRIVED_OR_LATER) == (status in {A, R, O})
    assert (status in statuses.NOT_COMING) == (status in {N, X})
