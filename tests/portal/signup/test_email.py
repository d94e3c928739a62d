"""The e-mail to sign in with, kept for the hour."""

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEvent
from portal.models import Pin
from portal.signup.proof import LASTS
from tests import people
from tests.portal import steps

URL = reverse("signup:register_email")
REFUSAL = "We cannot make an account with this e-mail."


@pytest.fixture
def confirmed(proven):
    steps.confirm(proven)
    return proven


def test_email_is_kept_and_leads_to_the_last_step(confirmed):
    answer = confirmed.post(URL, {"email": "ana@mail.example"})
    assert answer.headers["Location"] == reverse("signup:register_account")
    for page in (URL, answer.headers["Location"]):
        assert 'value="ana@mail.example"' in confirmed.get(page).text


def test_email_is_forgotten_with_the_proof(parent):
    with time_machine.travel(timezone.now() + LASTS):
        assert "ana@mail.example" not in parent.get(URL).text
    parent.post(reverse("signup:register_start_over"))
    assert "registration_answers" not in parent.session


def test_email_and_name_are_forgotten_for_another_guardian_s_pin(parent, by, stranger):
    number = steps.issued(by, stranger)["Nora"]
    steps.prove(parent, number, stranger.patient)
    assert parent.get(URL).headers["Location"] == reverse("signup:register_you")


@pytest.mark.parametrize(
    ("email", "message"), [("", "Type your e-mail."), ("ana", "Check your e-mail."), ("a\0@b.example", "Null")]
)
def test_email_says_what_is_wrong(confirmed, email, message):
    page = confirmed.post(URL, {"email": email})
    assert (page.status_code, message in page.text) == (200, True)


def test_email_that_has_a_sign_in_is_refused_in_words_that_fit_others_and_recorded(confirmed, front_desk, rivera):
    before = AuditEvent.objects.count()
    page = confirmed.post(URL, {"email": front_desk.email.upper()}).text
    assert REFUSAL in page
    assert reverse("account_reset_password") in page
    assert AuditEvent.objects.count() == before + 1
    line = AuditEvent.objects.latest("pk")
    assert (line.action, line.detail["verdict"]) == ("pin.refused", "email_not_usable")
    assert Pin.objects.filter(state="active").count() == 2


def test_email_refusals_are_counted_with_those_of_the_last_step(confirmed, front_desk):
    for _ in range(10):
        confirmed.post(URL, {"email": front_desk.email})
    assert REFUSAL in confirmed.post(URL, {"email": "ana@mail.example"}).text
    assert not User.objects.filter(email="ana@mail.example").exists()


def test_email_of_a_guardian_who_has_an_account_leads_to_signing_in(by, sheet, sofia, rivera, client):
    mother = steps.registered(by, rivera.link(rivera.ana, rivera.mateo))
    steps.prove(client, sheet["Sofia"], rivera.sofia)
    steps.confirm(client)
    assert "Sign in to add these children." in client.get(URL).text
    # The password was forgotten and a new one chosen: signing in returns to this page.
    mother.set_password(people.PASSWORD)
    mother.save()
    done = client.post(reverse("account_login"), {"login": mother.email, "password": people.PASSWORD})
    assert done.headers["Location"] == reverse("signup:register_account")
    assert "will be added to your account" in client.get(done.headers["Location"]).text
    assert client.session.get_expire_at_browser_close()


def test_the_cookie_stays_for_the_hour_and_one_more_until_somebody_signs_in(parent):
    assert parent.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 7200
    parent.post(reverse("signup:register_account"), {"email": "ana@mail.example", "password": steps.PASSWORD})
    assert parent.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == ""


def test_email_open_for_everybody(db):
    assert steps.allowed_roles("get", URL) == steps.EVERYBODY


def test_email_other_methods(confirmed):
    assert steps.refused_methods(confirmed, URL) == {"put", "patch", "delete"}


@pytest.mark.postgres
def test_no_second_account_is_made_on_a_mailbox_by_another_spelling(parent, front_desk):
    for spelling in ("dana@\uff53unnyside.example", "dana@sunny\u00adside.example\u200b"):
        page = parent.post(URL, {"email": spelling})
        assert REFUSAL in page.text
        page = parent.post(reverse("signup:register_account"), {"email": spelling, "password": steps.PASSWORD})
        assert REFUSAL in page.text
    assert User.objects.filter(email="dana@sunnyside.example").count() == 1
