"""Limits on guessing PINs: who is refused, and who is not (R12; attacks 3 and 4)."""

import threading
from datetime import date, timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from accounts import attempt_counter
from audit.models import AuditEvent
from audit.trail import Actor
from portal import registration
from portal.models import Pin, RedemptionFailure
from portal.pins import throttle
from portal.refusals import NotProven
from tests.at_once import at_once
from tests.portal import steps

pytestmark = pytest.mark.postgres

ATTACKER = Actor(None, "203.0.113.9")
BORN = date(2019, 1, 1)
LIMIT = throttle.LIMIT_PER_CLIENT


@pytest.fixture
def by(front_desk):
    return Actor(front_desk, "192.0.2.1")


@pytest.fixture
def sheet(by, rivera):
    return steps.printed(by, rivera.link(rivera.ana, rivera.mateo), rivera.link(rivera.ana, rivera.sofia))


def fail(*numbers, by=ATTACKER, born=BORN):
    for number in numbers:
        with pytest.raises(NotProven):
            registration.prove(pin=number, birth_date=born, by=by)


def refused(number, by=ATTACKER, born=BORN):
    with pytest.raises(throttle.TooManyAttempts) as too_many:
        registration.prove(pin=number, birth_date=born, by=by)
    return too_many.value


def prove(number, patient, by=ATTACKER):
    return registration.prove(pin=number, birth_date=patient.birth_date, by=by)


# --- Per client ----------------------------------------------------------------------------------


def test_a_client_at_its_limit_is_refused_with_the_right_pair_too_and_others_are_not(sheet, rivera):
    fail(*steps.guesses(LIMIT))
    too_many = refused(sheet["Mateo"], born=rivera.mateo.birth_date)
    assert timezone.now() < too_many.retry_at <= timezone.now() + attempt_counter.WINDOW
    assert not too_many.is_general
    assert prove(sheet["Mateo"], rivera.mateo, by=Actor(None, "203.0.113.10"))


def test_just_below_the_limit_a_right_pair_goes_through_and_is_not_counted(sheet, rivera):
    fail(*steps.guesses(LIMIT - 1))
    for _ in range(LIMIT + 5):
        assert prove(sheet["Mateo"], rivera.mateo)


def test_the_limit_ends_with_its_window(sheet, rivera):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        numbers = steps.guesses(LIMIT)
        fail(numbers[0])
        clock.shift(timedelta(minutes=10))
        fail(*numbers[1:])
        too_many = refused(sheet["Mateo"], born=rivera.mateo.birth_date)
        assert too_many.retry_at == timezone.now() + timedelta(minutes=50)
        clock.move_to(too_many.retry_at - timedelta(seconds=1))
        assert refused(sheet["Mateo"]).retry_at == too_many.retry_at
        clock.move_to(too_many.retry_at)
        assert prove(sheet["Mateo"], rivera.mateo)
        fail(steps.UNKNOWN)  # one place has become free, not all
        refused(sheet["Sofia"])


def test_refused_attempts_do_not_make_it_longer(sheet):
    fail(*steps.guesses(LIMIT))
    first = refused(steps.UNKNOWN).retry_at
    for number in steps.guesses(50, first=1000):
        assert refused(number).retry_at == first
    assert RedemptionFailure.objects.count() == LIMIT


@pytest.mark.parametrize("is_issued", [True, False])
def test_a_pin_tried_again_is_charged_once_whether_it_is_issued_or_not(sheet, rivera, is_issued):
    """Otherwise the limit would reveal which PINs exist."""
    number = sheet["Mateo"] if is_issued else steps.UNKNOWN
    fail(*[number] * throttle.TRIES_PER_PIN)
    fail(*steps.guesses(LIMIT - 1))
    refused(steps.guesses(1, first=500)[0])


@pytest.mark.parametrize("is_issued", [True, False])
def test_the_same_pin_over_and_over_comes_to_the_limit_whether_it_is_issued_or_not(sheet, is_issued):
    number = sheet["Mateo"] if is_issued else steps.UNKNOWN
    fail(*[number] * (LIMIT + throttle.TRIES_PER_PIN - 1))
    assert refused(number).retry_at > timezone.now()


def test_a_family_s_own_mistakes_do_not_lead_to_the_limit(by, rivera):
    """Six children on a sheet: each birth date wrong four times, then right; used PINs tried again and again."""
    kids = steps.children_of(rivera.luis, 6)
    numbers = [steps.issued(by, kid)["Kim"] for kid in kids]
    fail(*[number for number in numbers for _ in range(4)])
    proven = [prove(number, kid.patient) for number, kid in zip(numbers, kids, strict=True)]
    sign_in = registration.NewSignIn("luis@mail.example", steps.PASSWORD)
    registration.redeem(proven=[pin.pk for pin in proven[:-1]], sign_in=sign_in, by=ATTACKER)
    fail(*[number for number in numbers[:-1] for _ in range(2)])
    assert prove(numbers[-1], kids[-1].patient)


def test_typing_mistakes_are_not_attempts(client, sheet, rivera):
    for wrong in range(60):
        number = sheet["Mateo"][:-1] + str((int(sheet["Mateo"][-1]) + 1 + wrong % 9) % 10)
        assert steps.prove(client, number, rivera.mateo).status_code == 200
    assert not RedemptionFailure.objects.exists()
    assert steps.prove(client, sheet["Mateo"], rivera.mateo).status_code == 302


def test_other_children_of_a_proven_sheet_are_not_held_off_by_a_neighbour(sheet, rivera):
    proven = prove(sheet["Mateo"], rivera.mateo)
    fail(*steps.guesses(LIMIT))
    refused(steps.UNKNOWN)
    (sofia,) = registration.siblings_of([proven])
    assert registration.prove_sibling(sibling=sofia, birth_date=rivera.sofia.birth_date, by=ATTACKER)


def test_a_family_with_an_account_is_not_held_off_by_a_neighbour_but_by_itself(sheet, by, rivera):
    user = steps.registered(by, rivera.link(rivera.luis, rivera.mateo), email="luis@mail.example")
    fail(*steps.guesses(LIMIT))
    at_home = Actor(user, ATTACKER.address)
    number = steps.issued(by, rivera.link(rivera.luis, rivera.sofia))["Sofia"]
    assert prove(number, rivera.sofia, by=at_home)
    fail(*steps.guesses(LIMIT, first=100), by=at_home)
    refused(number, by=at_home)


def test_a_household_of_ipv6_is_one_client_and_its_neighbour_another(sheet, rivera):
    for each, number in enumerate(steps.guesses(LIMIT)):
        fail(number, by=Actor(None, f"2001:db8:1:2:{each:x}::{each + 1:x}"))
    refused(sheet["Mateo"], by=Actor(None, "2001:db8:1:2:ffff::1"))
    assert prove(sheet["Mateo"], rivera.mateo, by=Actor(None, "2001:db8:1:3::1"))


def test_whoever_has_no_address_is_one_client(sheet):
    for each, number in enumerate(steps.guesses(LIMIT)):
        fail(number, by=Actor(None, f"invented-{each}"))
    refused(sheet["Mateo"], by=Actor(None, "another invention"))


# --- Behind proxies ------------------------------------------------------------------------------


@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_a_forged_header_is_no_way_round_the_limit(settings, sheet, rivera, proxies):
    """The attacker can write anything into the header. Each of our proxies adds the address it has seen."""
    settings.TRUSTED_PROXIES = proxies

    def from_(address, forged):
        added = [address, "10.0.0.2"][:proxies]
        return Client(
            REMOTE_ADDR="10.0.0.1" if proxies else address, headers={"x-forwarded-for": ", ".join([forged, *added])}
        )

    for each, number in enumerate(steps.guesses(LIMIT)):
        assert steps.prove(from_("203.0.113.9", f"198.51.100.{each}"), number, rivera.mateo).status_code == 200
    assert steps.prove(from_("203.0.113.9", "198.51.100.99"), sheet["Mateo"], rivera.mateo).status_code == 429
    # Nobody else is shut out: not the forged addresses, and not other clients behind the same proxy.
    for address in ("198.51.100.1", "192.0.2.77"):
        assert steps.prove(from_(address, "203.0.113.9"), sheet["Mateo"], rivera.mateo).status_code == 302
    clients = set(RedemptionFailure.objects.values_list("client", flat=True))
    assert clients == {"203.0.113.9"}


# --- Overall -------------------------------------------------------------------------------------


@pytest.fixture
def besieged(monkeypatch, sheet):
    """As many failures as the overall limit allows, each from another client."""
    monkeypatch.setattr(throttle, "LIMIT_OVERALL", 30)
    for each, number in enumerate(steps.guesses(30)):
        fail(number, by=Actor(None, f"198.51.100.{each}"))


def test_beyond_the_overall_limit_every_failure_is_refused(besieged, sheet, rivera):
    issued = {sheet["Mateo"], sheet["Sofia"]}
    for each, number in enumerate([*steps.guesses(10, first=100), *issued]):
        too_many = refused(number, by=Actor(None, f"192.0.2.{each}"))
        assert too_many.is_general
        assert timezone.now() < too_many.retry_at <= timezone.now() + attempt_counter.WINDOW
    assert set(Pin.objects.values_list("wrong_birth_dates", flat=True)) == {1}  # it counts all the same


def test_beyond_the_overall_limit_a_family_with_a_right_pair_goes_through(besieged, sheet, rivera):
    at_home = Actor(None, "192.0.2.50")
    refused(sheet["Mateo"], by=at_home, born=rivera.sofia.birth_date)  # and may have been wrong before
    assert prove(sheet["Mateo"], rivera.mateo, by=at_home)
    assert prove(sheet["Sofia"], rivera.sofia, by=at_home)


def test_beyond_the_overall_limit_a_whole_sheet_can_be_scanned(besieged, by, rivera):
    """All PINs of a sheet are tried at once, here those of six children, even after a wrong birth date."""
    links = steps.children_of(rivera.ana, 6)
    ids = [link.pk for link in links]
    first, *others = registration.issue(contact=rivera.ana, family_contact_ids=ids, by=by).pins.values()
    at_home = Actor(None, "192.0.2.50")
    with pytest.raises(throttle.TooManyAttempts):
        registration.prove(pin=first, more=others, birth_date=BORN, by=at_home)
    assert registration.prove(pin=first, more=others, birth_date=links[0].patient.birth_date, by=at_home)


def test_beyond_the_overall_limit_a_client_has_few_tries(besieged, sheet, rivera):
    at_home = Actor(None, "192.0.2.50")
    for number in steps.guesses(throttle.LIMIT_UNDER_ATTACK, first=100):
        refused(number, by=at_home)
    assert refused(sheet["Mateo"], by=at_home, born=rivera.mateo.birth_date).is_general


def test_the_overall_limit_ends_with_its_window(besieged, sheet):
    retry_at = refused(steps.UNKNOWN, by=Actor(None, "192.0.2.50")).retry_at
    with time_machine.travel(retry_at + timedelta(seconds=1)):
        fail(steps.UNKNOWN, by=Actor(None, "192.0.2.51"))


# --- What is kept --------------------------------------------------------------------------------


@pytest.mark.usefixtures("transactional_db")
def test_what_failed_is_committed_when_the_refusal_comes(front_desk, rivera):
    """Another connection must see it. If the refusal were raised inside the transaction, it would be undone."""
    number = steps.issued(Actor(front_desk, ""), rivera.link(rivera.ana, rivera.mateo))["Mateo"]
    seen = []

    def look():
        seen.append((RedemptionFailure.objects.count(), Pin.objects.get().wrong_birth_dates))
        connections.close_all()

    try:
        registration.prove(pin=number, birth_date=BORN, by=ATTACKER)
    except NotProven:
        another = threading.Thread(target=look)
        another.start()
        another.join()
    assert seen == [(1, 1)]


def test_no_request_is_one_transaction():
    """With one transaction per request, an answer that fails would undo the counters."""
    assert not connection.settings_dict["ATOMIC_REQUESTS"]


def test_old_failures_are_deleted_on_the_way(sheet):
    fail(*steps.guesses(LIMIT))
    with time_machine.travel(timezone.now() + attempt_counter.WINDOW):
        fail(steps.UNKNOWN)
        assert RedemptionFailure.objects.count() == 1


def test_many_old_failures_are_deleted_little_by_little(sheet, monkeypatch):
    monkeypatch.setattr(throttle, "FORGET_AT_ONCE", 8)
    fail(*steps.guesses(LIMIT))
    with time_machine.travel(timezone.now() + attempt_counter.WINDOW):
        fail(steps.UNKNOWN)
        assert RedemptionFailure.objects.count() == LIMIT - 8 + 1
        assert attempt_counter.forget_old(RedemptionFailure) == LIMIT - 8


def test_failures_keep_no_pin(sheet):
    fail(sheet["Mateo"], steps.UNKNOWN)
    kept = str(list(RedemptionFailure.objects.values_list()))
    assert sheet["Mateo"] not in kept
    assert steps.UNKNOWN not in kept


def test_queries_of_a_refused_attempt_are_few_and_do_not_grow(sheet):
    fail(*steps.guesses(LIMIT))
    attempt = lambda: refused(steps.UNKNOWN)  # noqa: E731
    attempt()
    few = steps.queries(attempt)
    assert few <= 7
    for each, number in enumerate(steps.guesses(100, first=100)):
        fail(number, by=Actor(None, f"192.0.2.{each}"))
    assert steps.queries(attempt) == few


@pytest.mark.usefixtures("transactional_db")
def test_many_at_once_do_not_get_past_the_limit():
    tries = [partial(registration.prove, pin=number, birth_date=BORN, by=ATTACKER) for number in steps.guesses(40)]
    refusals = [type(each) for each in at_once(*tries)]
    assert set(refusals) <= {NotProven, throttle.TooManyAttempts}
    assert 0 < refusals.count(NotProven) <= LIMIT
    assert RedemptionFailure.objects.count() == refusals.count(NotProven)
    assert AuditEvent.objects.filter(action="pin.refused").count() == 40


def test_a_stranger_cannot_lock_a_pin_he_does_not_know(sheet, rivera):
    """And it cannot shut out a family: its tries are charged to itself."""
    for each, number in enumerate(steps.guesses(60)):
        fail(number, by=Actor(None, f"198.51.100.{each}"), born=rivera.mateo.birth_date)
    assert set(Pin.objects.values_list("wrong_birth_dates", flat=True)) == {0}
    assert prove(sheet["Mateo"], rivera.mateo)
