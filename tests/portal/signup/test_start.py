"""The registration page: PIN and birth date."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import attempt_counter
from audit.models import AuditEvent
from portal import registration
from portal.models import Pin
from portal.pins import throttle
from practice.models import Practice
from tests.portal import steps

pytestmark = pytest.mark.postgres

URL = reverse("signup:register")
NOT_PROVEN = "We cannot find a PIN that works with this birth date."


@pytest.fixture
def alone(by, mateo):
    """A PIN that is not on a sheet with others."""
    return steps.issued(by, mateo)["Mateo"]


def test_registration_page_opens_for_everybody(db):
    assert steps.allowed_roles("get", URL) == steps.EVERYBODY


def test_registration_page_asks_for_pin_and_birth_date(client, db):
    page = client.get(URL).text
    for words in ["Register with your PIN", "Your child’s birth date", "Month", "Day", "Year", "Continue"]:
        assert words in page


def test_registration_page_other_methods(client, db):
    assert steps.refused_methods(client, URL) == {"put", "patch", "delete"}


def test_pin_and_birth_date_lead_to_who_you_are(client, alone, rivera):
    answer = steps.prove(client, alone, rivera.mateo)
    assert answer.headers["Location"] == reverse("signup:register_you")
    assert steps.trail()[-1] == ("pin.proven", rivera.mateo.pk)
    assert Pin.objects.get().state == "active"


def test_pin_of_a_sheet_leads_to_the_other_children(client, sheet, rivera):
    assert steps.prove(client, sheet["Mateo"], rivera.mateo).headers["Location"] == reverse("signup:register_siblings")


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


@pytest.fixture
def at_noon():
    """11:59:30 in New York: a time in the middle of a minute."""
    with time_machine.travel(datetime(2027, 3, 3, 16, 59, 30, tzinfo=UTC), tick=False):
        yield


def guess(client, patient, count):
    for number in steps.guesses(count):
        assert steps.prove(client, number, patient).status_code == 200


def test_too_many_wrong_pins_are_refused_for_a_while(client, rivera, by, mateo):
    guess(client, rivera.mateo, throttle.LIMIT_PER_CLIENT)
    (alone,) = steps.issued(by, mateo).values()
    refused = steps.prove(client, alone, rivera.mateo)
    assert refused.status_code == 429
    assert "There were too many wrong PINs from your internet line." in refused.text
    with time_machine.travel(timezone.now() + attempt_counter.WINDOW):
        assert steps.prove(Client(), alone, rivera.mateo).status_code == 302


def test_a_refusal_says_when_to_try_again_and_whom_to_call_and_keeps_what_was_typed(client, at_noon, rivera, db):
    guess(client, rivera.mateo, throttle.LIMIT_PER_CLIENT)
    refused = steps.prove(client, steps.UNKNOWN, rivera.mateo)
    assert "Please try again at 1 p.m., or use another line: try without Wi-Fi. Or call the practice." in refused.text
    assert refused.headers["Retry-After"] == "3600"
    assert f'value="{steps.UNKNOWN}"' in refused.text
    assert f'value="{rivera.mateo.birth_date.year}"' in refused.text
    Practice.objects.create(pk=1, phone="(614) 555-0100")
    page = steps.prove(client, steps.UNKNOWN, rivera.mateo).text
    assert "Or call the practice." in page
    assert '<a class="btn btn-secondary call" href="tel:6145550100">' in page


def test_a_refusal_in_spanish(at_noon, rivera, db):
    client = Client(headers={"accept-language": "es"})
    guess(client, rivera.mateo, throttle.LIMIT_PER_CLIENT)
    refused = steps.prove(client, steps.UNKNOWN, rivera.mateo)
    assert (
        "espere hasta esta hora, 1:00 p.m., y vuelva a intentarlo, o use otra conexión: pruebe sin wifi."
        in refused.text
    )


def test_a_refusal_because_of_everybody_s_tries_says_so(client, alone, rivera, monkeypatch):
    monkeypatch.setattr(throttle, "LIMIT_OVERALL", 3)
    for each, number in enumerate(steps.guesses(3)):
        steps.prove(Client(REMOTE_ADDR=f"203.0.113.{each}"), number, rivera.mateo)
    refused = steps.prove(client, alone, rivera.sofia)
    assert refused.status_code == 429
    assert "Somebody is trying out PINs just now" in refused.text
    assert "Retry-After" in refused.headers
    assert steps.prove(client, alone, rivera.mateo).status_code == 302


def test_a_try_refused_for_too_many_leaves_its_line_too(client, alone, rivera):
    guess(client, rivera.mateo, throttle.LIMIT_PER_CLIENT)
    before = AuditEvent.objects.count()
    assert steps.prove(client, alone, rivera.mateo).status_code == 429
    line = AuditEvent.objects.latest("pk")
    assert AuditEvent.objects.count() == before + 1
    assert (line.action, line.detail, line.patient_id) == ("pin.refused", {"verdict": "too_many_attempts"}, None)


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


def test_who_knew_the_browser_s_session_before_has_not_proven_anything(client, alone, rivera):
    """A shared tablet: somebody could read the cookie before the family gets it."""
    session = client.session
    session["somebody"] = "was here"
    session.save()
    before = session.session_key
    steps.prove(client, alone, rivera.mateo)
    other = Client()
    other.cookies[settings.SESSION_COOKIE_NAME] = before
    assert "proven_pins" not in other.session
    assert "proven_pins" in client.session
