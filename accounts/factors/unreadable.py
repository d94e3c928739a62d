"""What a form that asks for a second factor knows about factors that cannot be read."""

from functools import cached_property

from accounts.factors import stored
from accounts.factors.second_factor import factors_of
from accounts.models import User


class SomeUnreadable:
    """For a form with ``user``, who is signing in or already signed in."""

    user: User | None

    @cached_property
    def has_unreadable(self) -> bool:
        """Whether one of the user's factors cannot be read, so that the page says whom to ask."""
        return self.user is not None and not all(stored.is_readable(each) for each in factors_of(self.user))

    @cached_property
    def nothing_readable(self) -> bool:
        """Whether neither a factor nor the recovery codes can be read: nothing on the page can work."""
        return self.user is not None and not stored.readable(self.user)
