"""Alerts about guessing attacks: on the dashboard, in the navigation, and once in the log.

The failed attempt that exceeds a limit starts an alert. It goes on while attempts come and ends after an hour without
any. An alert that lasts more than a day is reported again each day. The attempts are counted in the audit trail when
the dashboard shows them.

Limits for PINs: in the busiest hour of a practice thirty families register, and four or five of them first try a used
or expired PIN or a wrong birth date. Twenty different failing PINs in one hour happen by chance once in 1e7 such hours;
that is also the limit of one client. An attacker who stays below it is noticed after 100 failing PINs in a day, when a
practice normally has ten or twenty. Limits for passwords: a practice of five thousand families has ten wrong ones an
hour; thirty happen by chance once in 1e6 hours. The limit for a day is two hundred.
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
COUNTED_UP_TO = 50_000  # attempts the dashboard reads to count them, in 0.2 s
GUESSES_OF_AN_ATTACKER = 3  # by one client during an alert; families make fewer mistakes
SHOWN = 3  # alerts with figures on the dashboard

WRONG_PIN = Q(action=Action.PIN_REFUSED, detail__has_key="verdict") | Q(action=Action.PIN_LOCKED)
# Attempts during a wait count too: at one account, no more than 24 attempts an hour are checked at all.
FAILED_SIGN_IN = Q(action=Action.SIGN_IN_FAILED) | Q(action=Action.SIGN_IN_LOCKED) & ~Q(detail__step="reset")
ATTEMPTS = {Alert.Kind.REDEMPTION: WRONG_PIN, Alert.Kind.SIGN_IN: FAILED_SIGN_IN}
SUCCESSES = {Alert.Kind.REDEMPTION: Action.PIN_PROVEN, Alert.Kind.SIGN_IN: Action.SIGNED_IN}


# --- Start an alert ------------------------------------------------------------------------------------


def notice(kind: Alert.Kind) -> None:
    """Start or continue an alert if there are too many failed attempts. The last one is in the audit trail already.

    When an alert starts, one line is logged, even if several processes notice it at the same time.
    """
    now = timezone.now()
    current = Alert.objects.filter(kind=kind, is_current=True).first()
    if current and current.last_at > now - HOUR and current.started_at > now - DAY:
        if current.last_at <= now - TOUCH_EVERY:
            Alert.objects.filter(pk=current.pk).update(last_at=now)
        return
    # Attempts that belong to an earlier alert do not start another.
    earliest = current.last_at if current else now - DAY
    since = _too_many_since(kind, hour=max(now - HOUR, earliest), day=max(now - DAY, earliest))
    if since and _open(kind, after=current, since=since, now=now):
        logger.warning("%s: too many failures since %s UTC. See the dashboard.", kind.label, f"{since:%H:%M}")


def _too_many_since(kind: Alert.Kind, *, hour: datetime, day: datetime) -> datetime | None:
    """The first of these two moments since which there were too many attempts, or None."""
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
    """Start an alert in place of the one that is over. False if another process was faster."""
    attempts = AuditEvent.objects.filter(ATTEMPTS[kind], at__gt=since).order_by("at")
    started_at = attempts.values_list("at", flat=True).first() or now
    try:
        with transaction.atomic():
            if after:
                Alert.objects.filter(pk=after.pk).update(is_current=False)
            Alert.objects.create(kind=kind, started_at=started_at, last_at=now)
    except IntegrityError:  # another process has created the current alert of this kind
        return False
    return True


# --- Show alerts -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownAlert:
    """An alert with its figures, for the dashboard."""

    alert: Alert
    attempts: int
    clients: int
    successes: int  # from the addresses of the attackers
    is_more: bool  # there were more attempts than are counted
    is_going_on: bool

    @property
    def what_happened(self) -> str:
        """One sentence, such as: 1,240 wrong PINs from 31 addresses since 9:10 AM. None succeeded."""
        one, many = WORDS[Alert.Kind(self.alert.kind)]
        number = f"{'more than ' if self.is_more else ''}{self.attempts:,} {one if self.attempts == 1 else many}"
        where = f"{self.clients:,} address{'' if self.clients == 1 else 'es'}"
        sentence = f"{number} from {where} since {_clock(self.alert.started_at)}. {self._outcome}."
        return sentence[0].upper() + sentence[1:]

    @property
    def _outcome(self) -> str:
        if not self.successes:
            return "None succeeded"
        if self.alert.kind == Alert.Kind.SIGN_IN:
            return f"From the same addresses, someone signed in with the right password {_times(self.successes)}"
        return f"From the same addresses, the right PIN and birth date were entered {_times(self.successes)}"


WORDS = {
    Alert.Kind.REDEMPTION: ("wrong PIN", "wrong PINs"),
    Alert.Kind.SIGN_IN: ("failed sign-in", "failed sign-ins"),
}


def open_count() -> int:
    """The number of alerts that nobody has marked as seen."""
    return Alert.objects.filter(seen_at=None).count()


def shown_alerts() -> list[ShownAlert]:
    """The newest alerts that are unseen or still going on, with figures; at most SHOWN."""
    going_on = Q(is_current=True, last_at__gt=timezone.now() - HOUR)
    shown = Alert.objects.filter(Q(seen_at=None) | going_on).select_related("seen_by__staff_record")
    return [_with_figures(alert) for alert in shown[:SHOWN]]


def mark_seen(*, alert_id: int, by: Actor) -> bool:
    """Mark the alert as seen, so that the navigation no longer shows it. False if it was marked before."""
    with transaction.atomic():
        changed = Alert.objects.filter(pk=alert_id, seen_at=None).update(seen_at=timezone.now(), seen_by=by.signed_in)
        if changed:
            record(actor=by, action=Action.ALERT_SEEN, alert=alert_id)
    return bool(changed)


def _with_figures(alert: Alert) -> ShownAlert:
    until = alert.last_at + TOUCH_EVERY
    kind = Alert.Kind(alert.kind)
    tried = _networks(AuditEvent.objects.filter(ATTEMPTS[kind], at__gte=alert.started_at, at__lte=until))
    attackers = {client for client, guesses in Counter(tried).items() if guesses >= GUESSES_OF_AN_ATTACKER}
    opened = _networks(AuditEvent.objects.filter(action=SUCCESSES[kind], at__gte=alert.started_at, at__lte=until))
    return ShownAlert(
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
