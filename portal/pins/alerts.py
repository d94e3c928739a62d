"""Attacks that the practice is told of: on the dashboard, at the navigation, and once in the log.

An alert is noticed by the attempt that makes too many of them. It goes on as long as attempts come, and
ends by itself after an hour without any; one that outlasts a day is told anew each day. How many attempts
there were is counted in the audit trail when somebody asks.

When it is too many. Of the thirty families who register in the busiest hour of a practice four or five try
a used or expired PIN or a wrong birth date first: twenty different PINs that fail within one hour come about by
chance once in 1e7 such hours, and are what one client is limited to. Who stays below that all day is noticed
by a hundred a day, where a practice has ten or twenty. Wrong passwords: ten an hour in a practice of
five thousand families, thirty by chance once in 1e6 hours; two hundred in a day.
"""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.client import network_of
from audit.models import AuditEvent
from audit.trail import Action, Actor, record
from portal.models import Alert, RedemptionFailure

logger = logging.getLogger("pinportal.security")

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PINS_PER_HOUR, PINS_PER_DAY = 20, 100
SIGN_INS_PER_HOUR, SIGN_INS_PER_DAY = 30, 200
TOUCH_EVERY = timedelta(minutes=1)
COUNTED_UP_TO = 50_000  # attempts: what the dashboard reads to count them, in 0.2 s
GUESSES_OF_AN_ATTACKER = 3  # by one client within an alert; a family's own mistakes are fewer
SHOWN = 3  # alerts in full

WRONG_PIN = Q(action=Action.PIN_REFUSED, detail__has_key="verdict") | Q(action=Action.PIN_LOCKED)
# Who is made to wait and goes on trying is an attack too: at one account no more than 24 an hour are looked at.
FAILED_SIGN_IN = Q(action=Action.SIGN_IN_FAILED) | Q(action=Action.SIGN_IN_LOCKED) & ~Q(detail__step="reset")
ATTEMPTS = {Alert.Kind.REDEMPTION: WRONG_PIN, Alert.Kind.SIGN_IN: FAILED_SIGN_IN}
SUCCESSES = {Alert.Kind.REDEMPTION: Action.PIN_PROVEN, Alert.Kind.SIGN_IN: Action.SIGNED_IN}


# --- Noticing ------------------------------------------------------------------------------------


def notice(kind: Alert.Kind) -> None:
    """An attempt of this kind has failed and stands in the trail: tell the practice if there are too many.

    One line in the log when an alert starts, whatever number of processes notice it at the same time.
    """
    now = timezone.now()
    current = Alert.objects.filter(kind=kind, is_current=True).first()
    if current and current.last_at > now - HOUR and current.started_at > now - DAY:
        if current.last_at <= now - TOUCH_EVERY:
            Alert.objects.filter(pk=current.pk).update(last_at=now)
        return
    # What an earlier alert was about does not give another.
    earliest = current.last_at if current else now - DAY
    since = _too_many_since(kind, hour=max(now - HOUR, earliest), day=max(now - DAY, earliest))
    if since and _open(kind, after=current, since=since, now=now):
        logger.warning("%s: too many failures since %s UTC. See the dashboard.", kind.label, f"{since:%H:%M}")


def _too_many_since(kind: Alert.Kind, *, hour: datetime, day: datetime) -> datetime | None:
    """Since which of the two moments there were too many attempts for the time, if there were."""
    lines = AuditEvent.objects.filter(ATTEMPTS[kind]).order_by()
    if kind == Alert.Kind.REDEMPTION:
        different = RedemptionFailure.objects.filter(at__gt=hour).order_by().values("digest").distinct()
        in_an_hour, in_a_day = different[:PINS_PER_HOUR].count() >= PINS_PER_HOUR, PINS_PER_DAY
    else:
        failed = lines.filter(at__gt=hour)[:SIGN_INS_PER_HOUR].count()
        in_an_hour, in_a_day = failed >= SIGN_INS_PER_HOUR, SIGN_INS_PER_DAY
    if in_an_hour:
        return hour
    return day if lines.filter(at__gt=day)[:in_a_day].count() >= in_a_day else None


def _open(kind: Alert.Kind, *, after: Alert | None, since: datetime, now: datetime) -> bool:
    """Open an alert in place of the one that is over. False when another process was faster."""
    attempts = AuditEvent.objects.filter(ATTEMPTS[kind], at__gt=since).order_by("at")
    started_at = attempts.values_list("at", flat=True).first() or now
    try:
        with transaction.atomic():
            if after:
                Alert.objects.filter(pk=after.pk).update(is_current=False)
            Alert.objects.create(kind=kind, started_at=started_at, last_at=now)
    except IntegrityError:  # the one current alert of its kind is there already
        return False
    return True


# --- Telling -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """An alert with its figures, as the dashboard tells it."""

    alert: Alert
    attempts: int
    clients: int
    successes: int  # from where the attack comes too
    is_more: bool  # there were more attempts than are counted
    is_going_on: bool

    @property
    def what_happened(self) -> str:
        """In one sentence, such as: 1,240 wrong PINs from 31 addresses since 9:10 AM; nothing was opened."""
        one, many = WORDS[Alert.Kind(self.alert.kind)]
        number = f"{'more than ' if self.is_more else ''}{self.attempts:,} {one if self.attempts == 1 else many}"
        where = f"{self.clients:,} address{'' if self.clients == 1 else 'es'}"
        sentence = f"{number} from {where} since {_clock(self.alert.started_at)}; {self._outcome}."
        return sentence[0].upper() + sentence[1:]

    @property
    def _outcome(self) -> str:
        if not self.successes:
            return "nothing was opened"
        if self.alert.kind == Alert.Kind.SIGN_IN:
            return f"from the same addresses {_times(self.successes)} somebody signed in with the right password"
        return f"from the same addresses {_times(self.successes)} the right PIN and birth date came"


WORDS = {
    Alert.Kind.REDEMPTION: ("wrong PIN", "wrong PINs"),
    Alert.Kind.SIGN_IN: ("failed try to sign in", "failed tries to sign in"),
}


def open_count() -> int:
    """How many alerts nobody has seen yet."""
    return Alert.objects.filter(seen_at=None).count()


def told() -> list[Told]:
    """The newest alerts that nobody has seen or that go on, with figures; at most SHOWN of them."""
    going_on = Q(is_current=True, last_at__gt=timezone.now() - HOUR)
    shown = Alert.objects.filter(Q(seen_at=None) | going_on).select_related("seen_by__staff_record")
    return [_told(alert) for alert in shown[:SHOWN]]


def seen(*, alert_id: int, by: Actor) -> bool:
    """Somebody says to have seen the alert; it no longer stands at the navigation. False when it was seen before."""
    with transaction.atomic():
        changed = Alert.objects.filter(pk=alert_id, seen_at=None).update(seen_at=timezone.now(), seen_by=by.signed_in)
        if changed:
            record(actor=by, action=Action.ALERT_SEEN, alert=alert_id)
    return bool(changed)


def _told(alert: Alert) -> Told:
    until = alert.last_at + TOUCH_EVERY
    kind = Alert.Kind(alert.kind)
    tried = _networks(AuditEvent.objects.filter(ATTEMPTS[kind], at__gte=alert.started_at, at__lte=until))
    attackers = {client for client, guesses in Counter(tried).items() if guesses >= GUESSES_OF_AN_ATTACKER}
    opened = _networks(AuditEvent.objects.filter(action=SUCCESSES[kind], at__gte=alert.started_at, at__lte=until))
    return Told(
        alert=alert,
        attempts=min(len(tried), COUNTED_UP_TO),
        clients=len(set(tried)),
        successes=sum(client in attackers for client in opened),
        is_more=len(tried) > COUNTED_UP_TO,
        is_going_on=alert.is_current and alert.last_at > timezone.now() - HOUR,
    )


def _networks(lines: QuerySet[AuditEvent]) -> list[str]:
    addresses = lines.order_by("at").values_list("address", flat=True)[: COUNTED_UP_TO + 1]
    known: dict[str, str] = {}
    return [known.get(each) or known.setdefault(each, network_of(each)) for each in addresses]


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def _clock(moment: datetime) -> str:
    """The time today, with the date on other days."""
    local = timezone.localtime(moment)
    return f"{local:%-I:%M %p}" if local.date() == timezone.localdate() else f"{local:%b %-d, %-I:%M %p}"
