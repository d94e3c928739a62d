"""Limits on guessing PINs, per client address and overall (R12).

Counters are rows in the database: they survive restarts and hold across processes. An attempt is
entered before it is judged, in a transaction of its own, so that neither many requests at once nor a
rollback get around the limit; an attempt that succeeds is struck out again.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from portal.models import RedemptionFailure

# A guess hits one of a thousand live PINs with probability 1e-8, and must then name the birth date.
# So the limits are there to stop a machine; a family, or all families of a clinic behind one address,
# stays far below them (a PIN that fails its check digit is not an attempt at all).
WINDOW = timedelta(hours=1)
LIMIT_PER_ADDRESS = 20
LIMIT_OVERALL = 1000


class TooManyAttempts(Exception):
    """Refused without looking at the PIN. ``retry_at``: when the next attempt will be taken."""

    def __init__(self, retry_at: datetime) -> None:
        super().__init__("too many attempts")
        self.retry_at = retry_at


def enter(address: str) -> RedemptionFailure:
    """Enter an attempt as failed, until ``strike_out`` says otherwise. Raises TooManyAttempts."""
    attempt = RedemptionFailure.objects.create(address=address)
    recent = RedemptionFailure.objects.filter(at__gt=attempt.at - WINDOW, pk__lte=attempt.pk)
    for failures, limit in ((recent.filter(address=address), LIMIT_PER_ADDRESS), (recent, LIMIT_OVERALL)):
        if failures.count() > limit:
            # A refused attempt does not count, or whoever keeps trying would keep everyone else out.
            strike_out(attempt)
            newest = failures.exclude(pk=attempt.pk).order_by("-at")[:limit]
            raise TooManyAttempts(retry_at=list(newest)[-1].at + WINDOW)
    return attempt


def strike_out(attempt: RedemptionFailure) -> None:
    """The attempt did not fail."""
    RedemptionFailure.objects.filter(pk=attempt.pk).delete()


def forget_old() -> int:
    """Delete attempts that no limit looks at any more; returns how many."""
    deleted, _ = RedemptionFailure.objects.filter(at__lte=timezone.now() - WINDOW).delete()
    return deleted
