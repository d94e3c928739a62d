"""Attacks with many requests at once, and attacks on stored data."""

from datetime import date
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEvent
from audit.trail import Actor
from portal import registration
from portal.models import Account, Alert, Pin, Registration
from portal.pins.numbers import grouped
from portal.pins.sealing import unseal
from tests.at_once import at_once
from tests.portal.steps import UNKNOWN, answer, guesses, typed

pytestmark = pytest.mark.postgres

PARENT = Actor(None, "198.51.100.7")
PASSWORD = "correct horse battery staple"


@pytest.mark.usefixtures("transactional_db")
def test_one_pin_redeemed_by_fifty_at_once_links_one_account(front_desk, rivera):
    mateo = rivera.link(rivera.ana, rivera.mateo)
    number = registration.issue(contact=rivera.ana, family_contact_ids=[mateo.pk], by=Actor(front_desk, "")).pins[
        mateo.pk
    ]
    proven = registration.prove(pin=number, birth_date=rivera.mateo.birth_date, by=PARENT)
    sign_ins = [registration.NewSignIn(f"parent{each}@example.com", PASSWORD) for each in range(50)]
    done = at_once(*[partial(registration.redeem, proven=[proven.pk], sign_in=each, by=PARENT) for each in sign_ins])
    assert sorted(type(each).__name__ for each in done) == ["NotRedeemable"] * 49 + ["User"]
    assert Account.objects.count() == 1
    assert User.objects.filter(kind="family").count() == 1
    assert AuditEvent.objects.filter(action="pin.redeemed").count() == 1


@pytest.mark.usefixtures("transactional_db")
def test_register_pressed_ten_times_at_once_issues_one_pin(front_desk, rivera):
    mateo = rivera.link(rivera.ana, rivera.mateo)
    press = partial(registration.issue, contact=rivera.ana, family_contact_ids=[mateo.pk], by=Actor(front_desk, ""))
    assert len({issued.pins[mateo.pk] for issued in at_once(*[press] * 10)}) == 1
    assert Pin.objects.count() == Registration.objects.count() == 1


@pytest.mark.usefixtures("transactional_db")
def test_of_twelve_wrong_birth_dates_at_once_each_is_counted(front_desk, rivera):
    mateo = rivera.link(rivera.ana, rivera.mateo)
    by = Actor(front_desk, "")
    number = registration.issue(contact=rivera.ana, family_contact_ids=[mateo.pk], by=by).pins[mateo.pk]
    guess = partial(registration.prove, pin=number)
    done = at_once(
        *[partial(guess, birth_date=date(2001, 1, each), by=Actor(None, f"192.0.2.{each}")) for each in range(1, 13)]
    )
    assert {type(each).__name__ for each in done} == {"NotProven"}
    pin = Pin.objects.get()
    assert (pin.state, pin.wrong_birth_dates) == ("locked", 5)
    verdicts = AuditEvent.objects.exclude(detail__verdict=None).values_list("detail__verdict", flat=True)
    assert sorted(verdicts) == ["locked"] * 7 + ["locked_now"] + ["wrong_birth_date"] * 4


@pytest.mark.usefixtures("db")
def test_no_pin_in_a_dump_of_everything(as_front_desk, rivera, caplog, mailoutbox):
    """Register, show, print, prove and redeem over HTTP; then look for the PINs in everything that is stored."""
    caplog.set_level("DEBUG")
    mateo, sofia = rivera.link(rivera.ana, rivera.mateo), rivera.link(rivera.ana, rivera.sofia)
    chosen = {"child": [mateo.pk, sofia.pk]}
    page = as_front_desk.post(reverse("desk:issue", args=[mateo.pk]), chosen)
    as_front_desk.post(reverse("desk:show", args=[mateo.pk]), {"only": mateo.pk})
    as_front_desk.post(reverse("desk:print", args=[mateo.pk]), chosen)
    numbers = [unseal(pin.sealed) for pin in Pin.objects.order_by("pk")]
    assert all(grouped(number) in page.content.decode() for number in numbers)
    parent, born = Client(), rivera.mateo.birth_date
    parent.post(
        reverse("signup:register"),
        {"pin": numbers[0], "birth_date_month": born.month, "birth_date_day": born.day, "birth_date_year": born.year},
    )
    answer(parent, "ana@example.com")
    parent.post(reverse("signup:register_account"), {"email": "ana@example.com", "password": PASSWORD})
    assert Registration.objects.filter(status="registered").count() == 1
    grandmother, tried = Client(), f"{int(numbers[1][:6]):06}000000"
    for pin, day in [(numbers[1], born), (numbers[1], born), (numbers[0], born), (UNKNOWN, born), (tried, born)]:
        grandmother.post(reverse("signup:register"), typed(pin, day))
    for guess in guesses(25):  # until it is refused and an alert starts
        grandmother.post(reverse("signup:register"), typed(guess, born))
    assert Alert.objects.count() == 1
    grandmother.post(reverse("account_login"), {"login": numbers[1], "password": numbers[1]})
    as_front_desk.post(reverse("patients:search"), {"query": numbers[1]})
    as_front_desk.post(reverse("desk:row_verb", args=[mateo.pk, sofia.pk, "reissue"]), {})
    kept = dump() + caplog.text + "".join(str(mail.message()) for mail in mailoutbox)
    kept += str([dict(client.session) for client in (as_front_desk, parent, grandmother)])
    assert "ana@example.com" in kept
    numbers += [unseal(pin.sealed) for pin in Pin.objects.filter(state="active")]
    assert len(numbers) == 3
    for number in [*numbers, UNKNOWN]:
        assert number not in kept
        assert grouped(number) not in kept


def dump():
    """Every cell of every table as text."""
    cells = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # names of our own tables
            cells.append(f"{table}: {cursor.fetchall()}")
    return "\n".join(cells)
