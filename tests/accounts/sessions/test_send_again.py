"""A form sent after the session had ended, without JavaScript: it is not saved, but kept to be sent again."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.sessions import kept_forms
from patients.models import Patient
from tests import people
from tests.portal import steps

URL = reverse("accounts:send_again")
LOGIN = reverse("account_login")
HOME = reverse("home")
OVER = timedelta(minutes=15, seconds=30)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 11, 25, 15, 0, tzinfo=UTC), tick=False) as moment:
        yield moment


@pytest.fixture
def typed(as_front_desk, rivera):
    """A form about Mateo with a new name, and its address."""
    page = reverse("patients:edit", args=[rivera.mateo.pk])
    fields = as_front_desk.get(page).context["form"].initial
    values = {name: "" if value is None else str(value) for name, value in fields.items()}
    values["birth_date"] = rivera.mateo.birth_date.strftime("%m/%d/%Y")
    return page, values | {"family_name": "Rivera <b>Ortiz</b> & Sons", "csrfmiddlewaretoken": "old"}


@pytest.fixture
def late(as_front_desk, typed, clock):
    """The front desk's browser after sending the form too late, and the response."""
    page, values = typed
    clock.shift(OVER)
    return as_front_desk, as_front_desk.post(page, values)


def sign_in(client, user):
    return client.post(LOGIN, {"login": user.email, "password": people.PASSWORD, "next": URL})


def test_the_page_says_that_nothing_was_saved_and_why(late, rivera):
    _client, answer = late
    assert answer.status_code == 401
    assert "Nothing was saved" in answer.text
    assert "because nobody used this page for 15 minutes" in answer.text
    assert f'href="{LOGIN}?next={URL}"' in answer.text
    assert Patient.objects.get(pk=rivera.mateo.pk).family_name == "Rivera"
    assert [action for action, _patient in steps.trail()][-1] == "session.ended"


def test_the_cookie_is_encrypted(late):
    client, answer = late
    cookie = client.cookies[kept_forms.COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (URL, True, "Lax", 1800)
    assert "Ortiz" not in cookie.value + answer.text
    assert len(cookie.value) < kept_forms.MAX_LENGTH


def test_the_same_user_sends_it_after_signing_in_again(late, front_desk, rivera):
    client, _answer = late
    assert sign_in(client, front_desk).headers["Location"] == URL
    client.get(URL)
    page = client.get(URL)  # looked at twice, as by another choice of language
    assert "Rivera &lt;b&gt;Ortiz&lt;/b&gt; &amp; Sons" in page.text
    assert 'value="old"' not in page.text  # the token is the new one
    kept = page.context["kept"]
    assert client.post(kept.address, kept.fields).status_code == 302
    assert Patient.objects.get(pk=rivera.mateo.pk).family_name == "Rivera <b>Ortiz</b> & Sons"


def test_another_user_does_not_get_the_form(late, administrator):
    client, _answer = late
    sign_in(client, administrator)
    assert client.get(URL).headers["Location"] == HOME
    assert client.cookies[kept_forms.COOKIE].value == ""


def test_the_form_is_kept_for_half_an_hour(late, front_desk, clock):
    client, _answer = late
    clock.shift(kept_forms.LIFETIME + timedelta(seconds=1))
    sign_in(client, front_desk)
    assert client.get(URL).headers["Location"] == HOME


@pytest.mark.parametrize("forged", ["", "x", "gAAAAA", "é", "\x00"])
def test_a_forged_cookie_is_ignored(front_desk, forged):
    assert kept_forms.unseal(forged, user=front_desk) is None


def test_a_form_that_is_too_long_is_not_kept_and_the_page_says_what_to_do(as_front_desk, typed, clock):
    page, values = typed
    clock.shift(OVER)
    long = "".join(chr(0x4E00 + number * 37 % 20000) for number in range(4000))
    answer = as_front_desk.post(page, values | {"family_name": long})
    assert "go back in your browser" in answer.text
    assert kept_forms.COOKIE not in as_front_desk.cookies


def test_passwords_are_not_kept(as_front_desk, clock):
    clock.shift(OVER)
    page = reverse("account_change_password")
    answer = as_front_desk.post(page, {"oldpassword": people.PASSWORD, "password1": "x", "password2": "x"})
    assert answer.headers["Location"] == f"{LOGIN}?next={page}"
    assert kept_forms.COOKIE not in as_front_desk.cookies


def test_a_form_from_elsewhere_is_refused_before_anything_is_kept(as_front_desk, typed, clock):
    page, values = typed
    as_front_desk.handler.enforce_csrf_checks = True
    clock.shift(OVER)
    assert as_front_desk.post(page, values, headers={"origin": "https://evil.example"}).status_code == 403
    assert kept_forms.COOKIE not in as_front_desk.cookies


def test_send_again_strangers_and_other_methods(as_front_desk, db):
    assert Client().get(URL).headers["Location"] == f"{LOGIN}?next={URL}"
    assert steps.refused_methods(as_front_desk, URL) == {"post", "put", "patch", "delete"}


def test_send_again_makes_few_queries(late, front_desk):
    client, _answer = late
    sign_in(client, front_desk)
    assert steps.queries(lambda: client.get(URL)) <= 4  # session, user, practice and staff record
