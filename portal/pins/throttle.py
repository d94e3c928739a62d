"""Limits on guessing PINs, per client and overall (R12).

What is counted, and what is not:

* A PIN with a wrong check digit is a typing mistake and is not counted.
* A *client* is an IPv4 address, the /64 of an IPv6 address, or a family's own sign-in. So neighbors who share an
  address cannot block a family that adds a child to its account.
* A client is charged for every *different* PIN that failed, not for every try. A family that types a wrong birth date,
  or tries a used PIN again, is charged once for that PIN. Somebody who tries out PINs is charged for each.
  Known and unknown PINs are charged alike, or the limit would reveal which is which (R11). From the sixth try of the
  same PIN on, every try counts, so that repeating a PIN cannot keep the server busy.
* Birth dates are limited per PIN, in ``portal.registration``: five wrong ones lock it, from any client. So the other
  children of a proven sheet, who need only their birth dates, are not counted here at all.

How safe this is. A random well-formed PIN is one of N live ones with probability N/10^11, and its child's birth date
is guessed with probability 1/6,570 (18 years of days). A blind try succeeds with N x 1.5e-15.

    attacker, for a whole day                           tries checked   chance with N = 1,000   with 10,000
    one client, limited to 20 an hour                             480                 7e-10          7e-9
    50 clients or more, until the overall limit, 1,000/h       24,000                  4e-8          4e-7
    a botnet of 10,000 clients, 6 an hour each              1.4 million                  2e-6          2e-5
    everything two processes can check, about 150/s        13 million                  2e-5          2e-4

Blind guessing does not work even without any limit. So the *overall* limit must not let an attacker with a few
addresses turn registration off for all families. Beyond it, every failure is answered as "too many attempts", and a
client may fail with 6 different PINs an hour instead of 20. A right pair from a client below that still works (last
two lines).

An attacker who knows something is different: for example the birth date and all but the last digits of a PIN. With k
unknown digits there are 10^k/10 candidates. In the 14 days of a PIN one client can try 6,720 of them: enough for k = 4,
and for k = 5 with a chance of 2/3, or of 1/7 without starting an alert. Against this attacker, the limit per client
must apply to right pairs too, or it would not work at all. A family behind the same address then reads when to try
again, that another connection helps, and whom to call. The practice sees both kinds of attack (``portal.pins.alerts``).

``accounts.attempt_counter`` counts the failures. Each attempt also deletes some rows older than an hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts import attempt_counter
from accounts.attempt_counter import WINDOW, TooManyAttempts
from audit.client import network_of
from audit.trail import Actor
from portal.models import RedemptionFailure

LIMIT_PER_CLIENT = 20  # different PINs that failed
TRIES_PER_PIN = 5  # of the same PIN, before each further one is charged as another PIN would be
LIMIT_OVERALL = 1000  # failures of all clients
LIMIT_UNDER_ATTACK = 6  # per client beyond that: the PINs of a family's sheet, which are tried together
FORGET_AT_ONCE = 500  # old rows that one request may delete; each request enters one


@dataclass(frozen=True)
class PinAttempt:
    """An attempt that counts as failed until it is struck out. ``general_until``: end of the overall limit."""

    failure: RedemptionFailure
    general_until: datetime | None


def client_of(by: Actor) -> str:
    """The client that the limits charge for this attempt."""
    return f"user {by.user.pk}" if by.user else network_of(by.address)


def enter(*, by: Actor, digest: str) -> PinAttempt:
    """Enter an attempt with the PIN of this digest as failed, and commit that. Raises TooManyAttempts."""
    client = client_of(by)
    attempt_counter.forget_old(RedemptionFailure, at_most=FORGET_AT_ONCE)
    _check(client, another=digest)  # most of an attack ends here, without having written anything
    failure = RedemptionFailure(client=client, digest=digest)
    # Check again, now that simultaneous attempts see this one: of two at the limit, neither gets past it.
    return PinAttempt(failure, attempt_counter.enter(failure, lambda: _check(client)))


def enter_all(*, by: Actor, digests: Sequence[str]) -> list[PinAttempt]:
    """Enter an attempt with several PINs, as with those of a scanned sheet: all of them, or none."""
    entered: list[PinAttempt] = []
    try:
        for digest in digests:
            entered += [enter(by=by, digest=digest)]
    except TooManyAttempts:
        strike_out(*entered)
        raise
    return entered


def strike_out(*attempts: PinAttempt) -> None:
    """Remove attempts that did not fail."""
    attempt_counter.strike_out(*(each.failure for each in attempts))


def _check(client: str, *, another: str = "") -> datetime | None:
    """Raise TooManyAttempts for a client at its limit. Return when the overall limit ends, or None if not reached.

    ``another``: the digest of an attempt that has not been entered yet.
    """
    now = timezone.now()
    general_until = _general_until(now)
    limit = LIMIT_UNDER_ATTACK if general_until else LIMIT_PER_CLIENT
    of_client = attempt_counter.recent(RedemptionFailure, until=now).filter(client=client)
    failed = list(of_client.order_by("at").values_list("digest", "at"))
    tried = [*failed, (another, now)] if another else failed
    if _charge(tried) > limit:
        raise TooManyAttempts(_free_at(tried, limit), is_general=limit == LIMIT_UNDER_ATTACK)
    return general_until


def _general_until(now: datetime) -> datetime | None:
    """When the failures of all clients will be below the overall limit; None if they are already."""
    newest = attempt_counter.recent(RedemptionFailure, until=now).order_by("-at").values_list("at", flat=True)
    decisive = newest[LIMIT_OVERALL : LIMIT_OVERALL + 1].first()
    return decisive + WINDOW if decisive else None


def _charge(tried: Sequence[tuple[str, datetime]]) -> int:
    digests = [digest for digest, _at in tried]
    return sum(max(1, digests.count(digest) - TRIES_PER_PIN + 1) for digest in set(digests))


def _free_at(tried: Sequence[tuple[str, datetime]], limit: int) -> datetime:
    """When enough of these, oldest first, are out of the window for the rest to be within the limit."""
    forgotten = next(number for number in range(len(tried) + 1) if _charge(tried[number:]) <= limit)
    return tried[forgotten - 1][1] + WINDOW
