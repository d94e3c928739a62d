"""The registration page: PIN and birth date."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal import registration, throttle
from portal.models import Pin
from practice.models import AuditEvent
from tests.portal import steps

URL = reverse("portal:register")
NOT_PROVEN = "We cannot find a PIN that works with this birth date."


@pytest.fixture
def alone(by, mateo):
    """A PIN that stands on no sheet with others."""
    return steps.issued(by, mateo)["Mateo"]


def test_registration_page_opens_for_everybody(db):
    assert steps.allowed_roles("get", URL) == steps.EVERYBODY


def test_registration_page_asks_for_pin_and_birth_date(client, db):
    page = client.get(URL).text
    for words in ["Register with your PIN", "Your child’s birth date", "Month", "Day", "Year", "Continue"]:
        assert words in page


def test_registration_page_other_methods(client, db):
    assert steps.refused_methods(client, URL) == {"put", "patch", "delete"}


def test_pin_and_birth_date_lead_to_the_account(client, alone, rivera):
    answer = steps.prove(client, alone, rivera.mateo)
    assert answer.headers["Location"] == reverse("portal:register_account")
    assert steps.trail()[-1] == ("pin.proven", rivera.mateo.pk)
    assert Pin.objects.get().state == "active"


def test_pin_of_a_sheet_leads_to_the_other_children(client, sheet, rivera):
    assert steps.prove(client, sheet["Mateo"], rivera.mateo).headers["Location"] == reverse("portal:register_siblings")


@pytest.mark.parametrize("style", ["{0} {1} {2}", "{0}-{1}-{2}", " {0}{1}{2} ", "{0}\u200f{1}\u00a0{2}"])
def test_pin_is_taken_as_people_write_it(client, alone, rivera, style):
    groups = alone[:4], alone[4:8], alone[8:]
    assert steps.prove(client, style.format(*groups), rivera.mateo).status_code == 302


def test_pin_is_taken_in_full_width_digits(client, alone, rivera):
    wide = alone.translate({ord("0") + each: ord("０") + each for each in range(10)})
    assert steps.prove(client, wide, rivera.mateo).status_code == 302


def test_wrong_birth_date_is_one_answer_and_one_line(client, alone, rivera):
    page = steps.prove(client, alone, rivera.sofia)
    assert page.status_code == 200
    assert NOT_PROVEN in page.text
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.user, event.detail["verdict"]) == ("pin.refused", None, "wrong_birth_date")


def test_pin_of_another_family_proves_nothing_with_the_own_child_s_birth_date(client, by, stranger, rivera):
    number = steps.issued(by, stranger)["Nora"]
    assert NOT_PROVEN in steps.prove(client, number, rivera.mateo).text


def test_mistyped_pin_is_said_at_once_and_does_not_count(client, alone, rivera):
    before = steps.everything_but()
    wrong = alone[:-1] + str((int(alone[-1]) + 1) % 10)
    page = steps.prove(client, wrong, rivera.mateo).text
    assert "There is a typing mistake in this PIN." in page
    assert f'value="{wrong}"' in page
    assert steps.everything_but() == before


def test_too_many_tries_are_refused_for_a_while(client, alone, rivera):
    for _ in range(throttle.LIMIT_PER_ADDRESS):
        steps.prove(client, steps.UNKNOWN, rivera.mateo)
    refused = steps.prove(client, alone, rivera.mateo)
    assert refused.status_code == 429
    assert "There were too many tries from here." in refused.text
    with time_machine.travel(timezone.now() + throttle.WINDOW):
        assert steps.prove(Client(), alone, rivera.mateo).status_code == 302


def test_a_try_refused_for_too_many_leaves_its_line_too(client, alone, rivera):
    for _ in range(throttle.LIMIT_PER_ADDRESS + 1):
        steps.prove(client, steps.UNKNOWN, rivera.mateo)
    assert AuditEvent.objects.filter(action="pin.refused").count() == throttle.LIMIT_PER_ADDRESS + 1


def test_session_keeps_no_pin(client, alone, rivera):
    steps.prove(client, alone, rivera.mateo)
    assert dict(client.session)["proven_pins"] == [Pin.objects.get().pk]
    assert alone not in str(dict(client.session))


def test_queries_of_a_proof_do_not_grow_with_the_pins_out(client, by, alone, rivera, sofia):
    with_one = steps.queries(lambda: steps.prove(Client(), alone, rivera.mateo))
    steps.issued(by, sofia)
    for link in steps.children_of(rivera.luis, 5):
        registration.issue(contact=rivera.luis, family_contact_ids=[link.pk], by=by)
    assert steps.queries(lambda: steps.prove(Client(), alone, rivera.mateo)) == with_one
