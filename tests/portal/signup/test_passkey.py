"""A passkey instead of a password. test_register_in_browser.py uses a real one."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.factors import passkeys
from accounts.models import User
from portal.models import Account, Pin
from tests import people
from tests.portal import steps

URL, ACCOUNT = reverse("signup:register_passkey"), reverse("signup:register_account")


def test_options_are_for_the_e_mail_and_for_a_number_that_nobody_else_gets(parent, db):
    first, again = (parent.post(URL).json()["publicKey"] for _ in range(2))
    assert first["user"]["name"] == "ana@mail.example"
    assert first["user"]["id"] == again["user"]["id"]  # so that a second try replaces the first on the phone
    assert first["challenge"] != again["challenge"]
    assert first["authenticatorSelection"]["residentKey"] == "required"
    assert first["authenticatorSelection"]["userVerification"] == "required"
    reserved = parent.session["registration_answers"]["user_number"]
    assert not User.objects.filter(pk__gte=reserved).exists()
    assert people.family_user("next@mail.example").pk > reserved
    assert passkeys.reserved_number() > reserved


def test_options_before_the_e_mail_lead_to_the_step_that_waits(proven):
    assert proven.post(URL).headers["Location"] == reverse("signup:register_you")


def test_options_without_a_proof_start_with_the_pin(client, db):
    assert "Please start with your PIN." in client.post(URL).text


@pytest.mark.parametrize(
    "answer", ["{", "null", "[]", '"x"', "{}", json.dumps({"id": "x", "response": {}}), "[" * 9999]
)
def test_what_is_no_passkey_makes_no_account(parent, answer):
    parent.post(URL)
    page = parent.post(ACCOUNT, {"email": "ana@mail.example", "passkey": answer})
    assert page.status_code == 200
    assert "The passkey did not work." in page.text
    assert not Account.objects.exists()
    assert not Authenticator.objects.exists()
    assert Pin.objects.filter(state="active").count() == 2


def test_passkey_open_for_everybody(db):
    assert steps.allowed_roles("post", URL) == steps.EVERYBODY


def test_passkey_other_methods(parent):
    assert steps.refused_methods(parent, URL) == {"get", "head", "put", "patch", "delete"}
