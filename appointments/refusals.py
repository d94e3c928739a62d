"""What the rules of ``appointments.visits`` refuse. Nothing has changed then."""

from collections.abc import Sequence

from appointments.conflicts import Conflict


class Refused(Exception):
    """A rule said no."""


class NotPossible(Refused):
    """The visit cannot go to that status; the message says why, in one sentence."""


class Conflicting(Refused):
    """Something speaks against that place in the schedule, and no reason to take it all the same was given."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__(" ".join(conflict.sentence for conflict in conflicts))
        self.conflicts = conflicts
