"""Reasons why a rule in ``appointments.visits`` changes nothing."""

from collections.abc import Sequence

from appointments.conflicts import Conflict


class NotPossible(Exception):
    """The visit cannot have this status. The message says why, in one sentence."""


class Conflicting(Exception):
    """The time conflicts with the schedule, and no reason was given to book it anyway."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__(" ".join(conflict.sentence for conflict in conflicts))
        self.conflicts = conflicts
