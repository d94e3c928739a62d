"""Alerts about attacks: when they start, what they say, and that there is only one."""

import logging
from datetime import date, timedelta
from functools import partial

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit import chains
from audit.models import AuditEvent
from audit.trail import Action, Actor, record
from portal import registration
from portal.models import Alert
from portal.pins import alerts, throttle
from portal.refusals import NotProven
from tests import people
from tests.accounts.factors import codes
from tests.at_once import at_once
from tests.portal import steps

pytestmark = pytest.mark.postgres

ATTACKER = Actor(None, "203.0.113.9")
LOGIN = reverse("account_login")


@pytest.fixture
def by(front_desk):
    return Actor(front_desk, "192.0.2.1")


@pytest.fixture
def clock():
    """Ten in the morning, local time."""
    start = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0)
    with time_machine.travel(start, tick=False) as travelling:
        yield travelling


@pytest.fixture
def told_in_the_log(caplog):
    caplog.set_level(logging.INFO, logger="pinportal.security")
    return lambda: [each.getMessage() for each in caplog.records if each.name == "pinportal.security"]


def guess(count, *, first=0, by=ATTACKER, patient=None):
    for number in steps.guesses(count, first=first):
        with pytest.raises((NotProven, throttle.TooManyAttempts)):
            registration.prove(pin=number, birth_date=date(2019, 1, 1), by=by)


def guess_passwords(count, address="203.0.113.9"):
    for each in range(count):
        Client(REMOTE_ADDR=address).post(LOGIN, {"login": f"nobody{each}@mail.example", "password": "not the one"})


def sentences():
    return [shown.what_happened for shown in alerts.shown_alerts()]


# --- When ----------------------------------------------------------------------------------------


def test_as_many_wrong_pins_as_one_client_may_try_give_an_alert(db, clock, told_in_the_log):
    guess(alerts.PINS_PER_HOUR - 1)
    assert (alerts.open_count(), told_in_the_log()) == (0, [])
    guess(1, first=100)
    assert alerts.open_count() == 1
    assert told_in_the_log() == [
        f"PINs are being guessed: too many failures since {utc_hour_ago()}. See the dashboard."
    ]


def utc_hour_ago():
    return f"{timezone.now() - timedelta(hours=1):%H:%M} UTC"


def test_an_attack_over_many_addresses_gives_one_too(db, clock):
    for each in range(alerts.PINS_PER_HOUR):
        guess(1, first=each, by=Actor(None, f"198.51.100.{each}"))
    assert sentences() == ["20 wrong PINs from 20 addresses since 10:00 AM. None succeeded."]


def test_who_goes_on_at_one_account_while_made_to_wait_gives_one(front_desk, clock):
    """Only a few of these passwords are checked at all. Counting only those would never start an alert."""
    for _ in range(alerts.SIGN_INS_PER_HOUR):
        Client(REMOTE_ADDR="203.0.113.9").post(LOGIN, {"login": front_desk.email, "password": "not the one"})
    assert sentences() == ["30 failed sign-ins from 1 address since 10:00 AM. None succeeded."]


def test_guessed_codes_give_one_too(front_desk, clock):
    codes.app_of(front_desk)
    client = Client(REMOTE_ADDR="203.0.113.9")
    client.post(LOGIN, {"login": front_desk.email, "password": people.PASSWORD})
    for _ in range(alerts.SIGN_INS_PER_HOUR):
        client.post(reverse("mfa_authenticate"), {"code": codes.wrong()})
    assert alerts.open_count() == 1


def test_asking_for_links_over_and_over_is_no_guessing(db, clock):
    for _ in range(alerts.SIGN_INS_PER_HOUR + 20):
        Client(REMOTE_ADDR="203.0.113.9").post(reverse("account_reset_password"), {"email": "a@mail.example"})
    guess_passwords(1)
    assert alerts.open_count() == 0


def test_one_pin_over_and_over_gives_none(db, clock):
    """A family that keeps trying a used PIN."""
    for _ in range(throttle.LIMIT_PER_CLIENT + throttle.TRIES_PER_PIN + 20):
        guess(1)
    assert alerts.open_count() == 0


def test_who_stays_below_the_limit_all_day_is_noticed(db, clock):
    for hour in range(11):
        guess(alerts.PINS_PER_HOUR // 2 - 1, first=100 * hour)
        clock.shift(timedelta(hours=1, minutes=1))
    assert alerts.open_count() == 0
    guess(1, first=5000)
    assert alerts.open_count() == 1


def test_what_the_desk_is_refused_is_no_attack(by, rivera, clock):
    for _ in range(alerts.PINS_PER_DAY + 1):
        registration.issue(contact=rivera.ana, family_contact_ids=[rivera.link(rivera.ana, rivera.baby).pk], by=by)
    assert AuditEvent.objects.filter(action="pin.refused").count() == alerts.PINS_PER_DAY + 1
    guess(1)
    assert alerts.open_count() == 0


def test_wrong_passwords_give_an_alert(db, clock, told_in_the_log, monkeypatch):
    monkeypatch.setattr(alerts, "SIGN_INS_PER_HOUR", 4)
    guess_passwords(3)
    assert alerts.open_count() == 0
    guess_passwords(1, address="2001:db8:1:2::3")
    assert sentences() == ["4 failed sign-ins from 2 addresses since 10:00 AM. None succeeded."]
    (line,) = told_in_the_log()
    assert line.startswith("Passwords are being guessed")


def test_wrong_passwords_all_day_give_an_alert(db, clock):
    address = ATTACKER.address
    for _ in range(alerts.SIGN_INS_PER_DAY - 1):
        record(actor=Actor(None, address), action=Action.SIGN_IN_FAILED)
        clock.shift(timedelta(minutes=5))
    alerts.notice(Alert.Kind.SIGN_IN)
    assert alerts.open_count() == 0
    record(actor=Actor(None, address), action=Action.SIGN_IN_FAILED)
    alerts.notice(Alert.Kind.SIGN_IN)
    assert alerts.open_count() == 1


# --- Once ----------------------------------------------------------------------------------------


def test_an_attack_is_one_alert_and_one_line_in_the_log_however_long(db, clock, told_in_the_log):
    for minute in range(90):
        guess(20 if minute == 0 else 1, first=100 * minute)
        clock.shift(timedelta(minutes=1))
    assert Alert.objects.count() == len(told_in_the_log()) == 1
    assert sentences() == ["109 wrong PINs from 1 address since 10:00 AM. None succeeded."]


def test_an_attack_that_is_over_gives_no_other_alert_but_a_new_one_does(db, clock, told_in_the_log):
    guess(300)
    clock.shift(timedelta(hours=2))
    guess(1, first=1000)  # an honest mistake
    assert Alert.objects.count() == 1
    guess(20, first=2000)
    assert [alert.is_current for alert in Alert.objects.all()] == [True, False]
    assert len(told_in_the_log()) == 2


@pytest.mark.slow
def test_an_attack_that_outlasts_a_day_is_told_again(db, clock, told_in_the_log):
    for half_hour in range(25 * 2):
        guess(25 if half_hour % 48 == 0 else 1)
        clock.shift(timedelta(minutes=30))
    assert len(told_in_the_log()) == 2


@pytest.mark.usefixtures("transactional_db")
def test_several_processes_that_notice_at_once_tell_once(told_in_the_log):
    for each, number in enumerate(steps.guesses(19)):
        with pytest.raises(NotProven):
            registration.prove(pin=number, birth_date=date(2019, 1, 1), by=Actor(None, f"198.51.100.{each}"))
    done = at_once(*[partial(guess, 1, first=1000 + each, by=Actor(None, f"192.0.2.{each}")) for each in range(8)])
    assert done == [None] * 8
    assert Alert.objects.count() == len(told_in_the_log()) == 1


def test_the_database_holds_one_current_alert_of_each_kind(db):
    now = timezone.now()
    Alert.objects.create(kind="redemption", started_at=now, last_at=now)
    Alert.objects.create(kind="sign_in", started_at=now, last_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.create(kind="redemption", started_at=now, last_at=now)


def test_the_log_names_nobody(rivera, by, clock, told_in_the_log, caplog):
    caplog.set_level(logging.DEBUG)
    number = steps.issued(by, rivera.link(rivera.ana, rivera.mateo))["Mateo"]
    for _ in range(5):
        steps.prove(Client(), number, rivera.sofia)
    guess(20)
    assert told_in_the_log()
    for secret in (number, "Mateo", "Rivera", *steps.guesses(20)):
        assert secret not in "".join(told_in_the_log())


# --- What ----------------------------------------------------------------------------------------


def test_figures_count_every_attempt_refused_ones_too_and_addresses_by_household(db, clock):
    guess(200)
    for each in range(5):
        guess(1, first=1000 + each, by=Actor(None, f"2001:db8:1:2::{each}"))
    assert sentences() == ["205 wrong PINs from 2 addresses since 10:00 AM. None succeeded."]


def test_a_right_pair_from_where_the_attack_comes_is_told(by, rivera, clock):
    number = steps.issued(by, rivera.link(rivera.ana, rivera.mateo))["Mateo"]
    guess(19)
    registration.prove(pin=number, birth_date=rivera.mateo.birth_date, by=ATTACKER)
    registration.prove(pin=number, birth_date=rivera.mateo.birth_date, by=Actor(None, "192.0.2.200"))  # somebody else
    guess(5, first=100)
    assert sentences() == [
        "24 wrong PINs from 1 address since 10:00 AM. "
        "From the same addresses, the right PIN and birth date were entered once."
    ]


def test_a_right_password_from_where_the_attack_comes_is_told(front_desk, clock, monkeypatch):
    monkeypatch.setattr(alerts, "SIGN_INS_PER_HOUR", 4)
    guess_passwords(4)
    for _ in range(2):
        record(actor=Actor(front_desk, ATTACKER.address), action=Action.SIGNED_IN)
    (sentence,) = sentences()
    assert sentence.endswith("From the same addresses, someone signed in with the right password 2 times.")


def test_more_attempts_than_are_counted(db, clock, monkeypatch):
    monkeypatch.setattr(alerts, "COUNTED_UP_TO", 1200)
    for address in range(3):
        chains.write(
            [
                AuditEvent(action="pin.refused", address=f"203.0.113.{address}", detail={"verdict": "unknown"})
                for _ in range(500)
            ]
        )
    now = timezone.now()
    Alert.objects.create(kind="redemption", started_at=now, last_at=now)
    assert sentences() == ["More than 1,200 wrong PINs from 3 addresses since 10:00 AM. None succeeded."]


def test_an_alert_of_another_day_says_which(db, clock):
    guess(20)
    day = timezone.localdate()
    clock.shift(timedelta(days=2))
    assert f"since {day:%b %-d}, 10:00 AM" in sentences()[0]


def test_told_are_those_nobody_has_seen_and_those_that_go_on(by, clock):
    guess(20)
    alert = Alert.objects.get()
    assert [shown.is_going_on for shown in alerts.shown_alerts()] == [True]
    assert alerts.mark_seen(alert_id=alert.pk, by=by)
    assert not alerts.mark_seen(alert_id=alert.pk, by=by)
    assert AuditEvent.objects.get(action="alert.seen").detail == {"alert": alert.pk}
    assert (alerts.open_count(), len(alerts.shown_alerts())) == (0, 1)
    clock.shift(timedelta(hours=2))
    assert alerts.shown_alerts() == []


def test_an_alert_nobody_has_seen_stays(db, clock):
    guess(20)
    clock.shift(timedelta(days=3))
    assert [shown.is_going_on for shown in alerts.shown_alerts()] == [False]
    assert alerts.open_count() == 1


def test_queries_do_not_grow_with_the_attack(db, clock):
    guess(20)
    few = steps.queries(alerts.shown_alerts)
    guess(300, first=1000)
    assert steps.queries(alerts.shown_alerts) == few <= 3
