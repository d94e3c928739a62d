"""Ten thousand random PINs from an attacker who forges X-Forwarded-For (attack 3)."""

import random
from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from stdnum import damm

from audit.client import client_address
from audit.models import AuditEvent
from audit.trail import Actor
from portal import registration
from portal.models import Pin, RedemptionFailure, Registration
from portal.pins import throttle
from portal.refusals import NotProven
from tests.portal import steps

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

REGISTER = reverse("signup:register")
GUESSES = 10_000 if connection.vendor == "sqlite" else 1_000  # one takes ten times as long on PostgreSQL
FLOOD = 1_100
LIMIT = throttle.LIMIT_PER_CLIENT
ATTACKER = "203.0.113.9"


@pytest.fixture
def sheet(front_desk, rivera):
    links = [rivera.link(rivera.ana, child) for child in (rivera.mateo, rivera.sofia)]
    return steps.printed(Actor(front_desk, "192.0.2.1"), *links)


def random_pins(count):
    chance = random.Random(4)  # the same ones each time
    numbers = (f"{chance.randrange(10**11):011}" for _ in range(count))
    return [number + str(damm.calc_check_digit(number)) for number in numbers]


def random_address(chance):
    return ".".join(str(chance.randrange(1, 255)) for _ in range(4))


@pytest.mark.parametrize("proxies", [0, 1])
def test_ten_thousand_guesses_with_forged_addresses_are_twenty(settings, sheet, rivera, proxies):
    """Without a proxy the header is ignored. Behind one, the part that the attacker wrote is ignored."""
    settings.TRUSTED_PROXIES = proxies
    outcomes, requests, chance = Counter(), RequestFactory(), random.Random(5)
    remote = "10.0.0.1" if proxies else ATTACKER
    for number in random_pins(GUESSES if proxies else 500):
        request = requests.post(REGISTER, headers=forged_header(chance, proxies), REMOTE_ADDR=remote)
        by = Actor(None, client_address(request))
        outcomes[outcome_of(number, by)] += 1
    assert outcomes == {NotProven: LIMIT, throttle.TooManyAttempts: outcomes.total() - LIMIT}
    assert AuditEvent.objects.filter(action="pin.refused", address=ATTACKER).count() == outcomes.total()
    assert RedemptionFailure.objects.count() == LIMIT
    assert_unharmed(sheet, rivera)


@pytest.mark.parametrize("proxies", [0, 1])
def test_the_page_refuses_all_but_twenty_of_them(settings, sheet, rivera, proxies):
    settings.TRUSTED_PROXIES = proxies
    answers, chance = Counter(), random.Random(7)
    attacker = Client(REMOTE_ADDR="10.0.0.1" if proxies else ATTACKER)
    for number in random_pins(200):
        sent, headers = steps.typed(number, date(2019, 1, 1)), forged_header(chance, proxies)
        answers[attacker.post(REGISTER, sent, headers=headers).status_code] += 1
    assert answers == {200: LIMIT, 429: 200 - LIMIT}
    assert_unharmed(sheet, rivera)


def test_a_flood_from_as_many_addresses_is_refused_but_families_get_in(sheet, rivera):
    """A botnet, which the overall limit is for."""
    outcomes, chance = Counter(), random.Random(6)
    for number in random_pins(FLOOD):
        outcomes[outcome_of(number, Actor(None, random_address(chance)))] += 1
    beyond = FLOOD - throttle.LIMIT_OVERALL
    assert outcomes == {NotProven: throttle.LIMIT_OVERALL, throttle.TooManyAttempts: beyond}
    assert_unharmed(sheet, rivera)


def forged_header(chance, proxies):
    forged = [random_address(chance) for _ in range(chance.randrange(1, 4))]
    return {"x-forwarded-for": ", ".join(forged + [ATTACKER] * proxies)}


def outcome_of(number, by):
    with pytest.raises((NotProven, throttle.TooManyAttempts)) as refused:
        registration.prove(pin=number, birth_date=date(2019, 1, 1), by=by)
    return refused.type


def assert_unharmed(sheet, rivera):
    """No PIN was found or changed, and a family elsewhere registers during the attack."""
    assert set(Pin.objects.values_list("state", "wrong_birth_dates")) == {("active", 0)}
    assert not AuditEvent.objects.filter(action="pin.proven").exists()
    parent = Client(REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": "192.0.2.77"})
    wrong = parent.post(REGISTER, steps.typed(sheet["Mateo"], rivera.sofia.birth_date))
    assert wrong.status_code in {200, 429}
    assert steps.prove(parent, sheet["Mateo"], rivera.mateo).status_code == 302
    sign_in = {"email": "ana@mail.example", "password": steps.PASSWORD}
    steps.answer(parent)
    assert parent.post(reverse("signup:register_account"), sign_in).status_code == 302
    assert Registration.objects.filter(status="registered").count() == 1
