"""Whatever is wrong with a PIN, the answer takes the same time (attack 2)."""

import statistics

import pytest

from audit.trail import Actor
from tests.portal.pins import wrong_pins

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ROUNDS = 200  # of each kind; each further measurement takes more
# How much two medians may differ: half a millisecond of four, which cannot be measured over a network.
TOLERANCE = 0.15  # of the median
AGAIN = 3  # measurements, each of all answers so far: noise from other tests averages out, a real difference stays


def test_every_wrong_pair_is_answered_in_the_same_time(front_desk, rivera):
    kinds, _right = wrong_pins.of_each_kind(rivera.luis, by=Actor(front_desk, "192.0.2.1"))
    taken = {kind: [] for kind in kinds}
    for look in range(AGAIN):
        for kind, times in wrong_pins.times(kinds, rounds=ROUNDS * (look + 1)).items():
            taken[kind] += times
        medians = {kind: statistics.median(each) for kind, each in taken.items()}
        if max(medians.values()) - min(medians.values()) <= TOLERANCE * statistics.median(medians.values()):
            return
    pytest.fail(f"Told apart by the time they take, in ms: {medians}")
