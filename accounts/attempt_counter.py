"""The counter of attempts behind the limits on guessing passwords, codes and PINs.

An attempt is a row in the database, so it survives restarts and counts in all processes. It is saved as failed and
committed before it is judged, and struck out when it succeeds or is refused. So neither many requests at once nor a
rollback get around a limit, and a refused attempt makes nobody wait longer.

The limits, and the columns they count by, are in ``accounts.signin.attempts`` and ``portal.pins.throttle``. Each has
its own table, because each needs different columns and indexes.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

WINDOW = timedelta(hours=1)  # no limit looks at older attempts


class TooManyAttempts(Exception):
    """Refused before the check, because there were too many. ``retry_at``: when the next attempt is accepted.

    ``is_general``: the failures of all clients together caused it, not only those of this one.
    """

    def __init__(self, retry_at: datetime, *, is_general: bool = False) -> None:
        super().__init__("too many attempts")
        self.retry_at = retry_at
        self.is_general = is_general


class Attempt(models.Model):
    """One failed attempt. Its row is deleted if it succeeds."""

    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}"


A = TypeVar("A", bound=Attempt)
T = TypeVar("T")


def enter(attempt: Attempt, check: Callable[[], T]) -> T:
    """Save the attempt as failed, then check the limits. Return what ``check`` returns.

    ``check`` raises TooManyAttempts to refuse. It sees this attempt and those that were entered at the same time.
    """
    attempt.save(force_insert=True)
    try:
        return check()
    except TooManyAttempts:
        strike_out(attempt)
        raise


def strike_out(*attempts: Attempt) -> None:
    """Delete these attempts, all of one model: they succeeded or do not count."""
    if attempts:
        type(attempts[0])._default_manager.filter(pk__in=[each.pk for each in attempts]).delete()


def recent(model: type[A], *, until: datetime | None = None) -> QuerySet[A]:
    """The failures within the window before ``until``, or before now."""
    return model._default_manager.filter(at__gt=(until or timezone.now()) - WINDOW)


def forget_old(model: type[Attempt], *, at_most: int | None = None) -> int:
    """Delete failures that no limit counts any more, the oldest first. Return how many."""
    old = model._default_manager.filter(at__lte=timezone.now() - WINDOW)
    if at_most is not None:
        some = list(old.order_by("at").values_list("pk", flat=True)[:at_most])
        old = model._default_manager.filter(pk__in=some)
    return old.delete()[0]
