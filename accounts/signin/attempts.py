"""Limits on guessing passwords and codes. A stranger cannot use them to lock somebody out.

``accounts.attempt_counter`` counts the attempts; these are the limits. After some failures, each further attempt must
wait: longer each time, up to 15 minutes. Failures count separately

* for one account from one place: an address (for IPv6 its /64, see ``audit.client``), or a **known device** with a
  signed cookie, on which that account has signed in before. Guesses from elsewhere do not slow down the known device;
* for all accounts from one address that is not a known device, against somebody with a list of e-mails;
* for one account from everywhere except its known devices and the addresses it has signed in from.

E-mails without a sign-in get the same responses.
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
from practice.emails import canonical

Step = SignInAttempt.Step
FIRST_WAIT = timedelta(minutes=1)  # doubled by each further failure
LONGEST_WAIT = timedelta(minutes=15)
KNOWN_ADDRESS = timedelta(days=30)  # how long an address is known after the account has signed in from it


@dataclass(frozen=True)
class Limits:
    """How many failures within an hour are allowed without a wait. ``None``: any number."""

    one_place: int = 5
    account: int = 20
    address: int | None = 30
    # Whether known devices and addresses count separately. Not for steps after signing in: each sign-in could come from
    # a new device.
    spares_known: bool = True


# A code has six digits and three codes are right at any time, so 10 guesses an hour find one in four years, and the
# password is needed first. NIST SP 800-63B section 3.2.2 allows at most 100 failures, without naming a period.
LIMITS = {
    Step.PASSWORD: Limits(),
    Step.CODE: Limits(account=10, address=None),
    Step.RESET: Limits(account=10),
    # Counted for the sign-in and for the recipient, so that nobody can fill another person's mailbox.
    Step.MAIL: Limits(account=5, address=15, spares_known=False),
    # In addition to the five tries of each code.
    Step.CONFIRM: Limits(account=10, address=None, spares_known=False),
    # Counted for a PIN, including accepted e-mails, so that a PIN cannot be used to test a list of e-mails.
    Step.EMAIL: Limits(one_place=12, account=12, address=None, spares_known=False),
    # A file takes a second or more to make, and a family rarely needs one.
    Step.DOWNLOAD: Limits(one_place=10, account=10, address=None, spares_known=False),
}


def enter(*, step: Step, account: str, request: HttpRequest) -> SignInAttempt:
    """Save an attempt as failed until it is struck out. Raises TooManyAttempts.

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
    """When the attempt is accepted. In the past if it is accepted now."""
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
    """When the wait after these failures ends."""
    times: list[datetime] = list(failures.order_by("-at", "-pk").values_list("at", flat=True))
    count = len(times)
    if count < free:
        return datetime.min.replace(tzinfo=UTC)
    doublings = min(count - free, math.ceil(math.log2(LONGEST_WAIT / FIRST_WAIT)))  # 2**500 would overflow
    wait: timedelta = min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
    return times[0] + wait


def _is_known_address(address: str, account: str) -> bool:
    signed_in = AuditEvent.objects.filter(action=Action.SIGNED_IN, at__gt=timezone.now() - KNOWN_ADDRESS)
    known = signed_in.filter(user__email=account).order_by().values_list("address", flat=True).distinct()
    return any(network_of(each) == address for each in known)


def recent(email: str) -> QuerySet[SignInAttempt]:
    """The recent failures for this e-mail, newest first."""
    return attempt_counter.recent(SignInAttempt).filter(account=digest(email)).order_by("-at", "-pk")


def forgive(email: str) -> int:
    """Forget the failures of an account. Return how many there were."""
    return SignInAttempt.objects.filter(account=digest(email)).delete()[0]


def digest(value: str) -> str:
    """A keyed digest of an e-mail, whatever its spelling, or of other text."""
    return salted_hmac("pinportal sign-in attempts", canonical(value), algorithm="sha256").hexdigest()
