"""Whatever is wrong with a PIN, the answer takes the same time (attack 2)."""

import statistics

import pytest

from practice.audit import Actor
from tests.portal import wrong_pins

ROUNDS = 200  # of each kind
# What the medians of two kinds may differ by: half a millisecond of four, which no network lets through; or, where the
# machine is so busy that times scatter more than that, half of what lies between the quartiles of one kind.
TOLERANCE = 0.15  # of the median
AGAIN = 3  # tries: a machine that is busy with other tests may spoil one, but does not make times equal


def test_every_wrong_pair_is_answered_in_the_same_time(front_desk, rivera):
    kinds, _right = wrong_pins.of_each_kind(rivera.luis, by=Actor(front_desk, "192.0.2.1"))
    for _ in range(AGAIN):
        taken = wrong_pins.times(kinds, rounds=ROUNDS)
        medians = {kind: statistics.median(each) for kind, each in taken.items()}
        quartiles = [statistics.quantiles(each, n=4) for each in taken.values()]
        scatter = statistics.median(upper - lower for lower, _middle, upper in quartiles)
        allowed = max(TOLERANCE * statistics.median(medians.values()), scatter / 2)
        if max(medians.values()) - min(medians.values()) <= allowed:
            return
    pytest.fail(f"Told apart by the time they take, in ms: {medians}")
