"""Limits on guessing passwords and codes, which no stranger can use to keep somebody out.

Tries are counted by ``accounts.attempt_counter``; these are the limits. After some failures each further one has to
wait, longer each time, a quarter of an hour at most:

* for one account from one place: an address (of IPv6 its /64, see ``audit.client``), or a
  **known device**, on which that account has signed in before (it keeps a signed cookie).
  Whoever guesses elsewhere does not slow the known device down.
* for all accounts from one address that is not a known device: somebody goes through a list of e-mails;
* for one account from everywhere but its known devices and the addresses it has signed in from.

The answer is the same for e-mails that have no sign-in.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import attempt_counter
from accounts.attempt_counter import TooManyAttempts
from accounts.models import SignInAttempt
from accounts.signin import devices
from audit.client import client_address, network_of
from audit.models import AuditEvent
from audit.trail import Action

Step = SignInAttempt.Step
FIRST_WAIT = timedelta(minutes=1)  # doubled by each further failure
LONGEST_WAIT = timedelta(minutes=15)
KNOWN_ADDRESS = timedelta(days=30)  # how long an address counts as one the account signs in from


@dataclass(frozen=True)
class Limits:
    """How many failures within an hour cost no wait. ``None``: any number."""

    one_place: int = 5
    account: int = 20
    address: int | None = 30
    # Whether known devices and addresses are counted by themselves. Not where whoever tries is signed in: each sign-in
    # could be from a new device.
    spares_known: bool = True


# A code has six digits and three are right at any time, so 10 an hour find one in four years; and the
# password comes first. NIST SP 800-63B section 3.2.2 asks for 100 failures at most, without saying per when.
LIMITS = {
    Step.PASSWORD: Limits(),
    Step.CODE: Limits(account=10, address=None),
    Step.RESET: Limits(account=10),
    # Counted for the sign-in and for the address that is written to, so that nobody's mailbox is filled.
    Step.MAIL: Limits(account=5, address=15, spares_known=False),
    # On top of the five tries that each code has.
    Step.CONFIRM: Limits(account=10, address=None, spares_known=False),
    # Counted for a PIN: whoever has one cannot go through a list of e-mails, also by those that are not refused.
    Step.EMAIL: Limits(one_place=12, account=12, address=None, spares_known=False),
    # A file takes a second or more to be made, and a family needs one now and then.
    Step.DOWNLOAD: Limits(one_place=10, account=10, address=None, spares_known=False),
}


def enter(*, step: Step, account: str, request: HttpRequest) -> SignInAttempt:
    """Enter a try as failed, until it is struck out. Raises TooManyAttempts.

    ``account``: an e-mail as typed, whether or not it has a sign-in.
    """
    attempt = SignInAttempt(
        step=step,
        account=digest(account),
        address=network_of(client_address(request)),
        device=devices.known(request, account) if LIMITS[step].spares_known else "",
    )
    attempt_counter.enter(attempt, lambda: _check(attempt, account))
    return attempt


def _check(attempt: SignInAttempt, account: str) -> None:
    before = attempt_counter.recent(SignInAttempt, until=attempt.at).filter(step=attempt.step, pk__lt=attempt.pk)
    until = _until(attempt, before, LIMITS[Step(attempt.step)], account)
    if until > attempt.at:
        raise TooManyAttempts(until)


def _until(attempt: SignInAttempt, before: QuerySet[SignInAttempt], limits: Limits, account: str) -> datetime:
    """From when on the try is taken; in the past if it is taken now."""
    of_account = before.filter(account=attempt.account)
    if attempt.device:
        return waited(of_account.filter(device=attempt.device), limits.one_place)
    of_address = before.filter(address=attempt.address, device="")
    untils = [waited(of_address.filter(account=attempt.account), limits.one_place)]
    if limits.address is not None:
        untils.append(waited(of_address, limits.address))
    from_everywhere = waited(of_account.filter(device=""), limits.account)
    if from_everywhere > attempt.at and not (limits.spares_known and _is_known_address(attempt.address, account)):
        untils.append(from_everywhere)
    return max(untils)


def waited(failures: QuerySet[SignInAttempt], free: int) -> datetime:
    """When the wait after these failures is over."""
    times: list[datetime] = list(failures.order_by("-at", "-pk").values_list("at", flat=True))
    count = len(times)
    if count < free:
        return datetime.min.replace(tzinfo=UTC)
    doublings = min(count - free, math.ceil(math.log2(LONGEST_WAIT / FIRST_WAIT)))  # 2 to the 500th is no timedelta
    wait: timedelta = min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
    return times[0] + wait


def _is_known_address(address: str, account: str) -> bool:
    signed_in = AuditEvent.objects.filter(action=Action.SIGNED_IN, at__gt=timezone.now() - KNOWN_ADDRESS)
    known = signed_in.filter(user__email__iexact=account).order_by().values_list("address", flat=True).distinct()
    return any(network_of(each) == address for each in known)


def recent(email: str) -> QuerySet[SignInAttempt]:
    """The failures that make somebody wait who signs in with this e-mail, newest first."""
    return attempt_counter.recent(SignInAttempt).filter(account=digest(email)).order_by("-at", "-pk")


def forgive(email: str) -> int:
    """Forget the failures of an account; returns how many there were."""
    return SignInAttempt.objects.filter(account=digest(email)).delete()[0]


def digest(value: str) -> str:
    """A keyed digest of an e-mail, whatever its case."""
    return salted_hmac("accounts.signin.attempts", value.strip().lower(), algorithm="sha256").hexdigest()
