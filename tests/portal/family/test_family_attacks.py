"""Attacks through families' pages: probing for e-mails, causing work and mail, forged passkeys."""

import io
import json
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData
from PIL import Image

from accounts import attempt_counter
from accounts.models import User
from audit.models import AuditEvent
from audit.trail import Actor
from portal.models import Account, Pin
from practice import logo
from tests import people
from tests.portal import steps

pytestmark = pytest.mark.postgres

ACCOUNT, PASSKEY = reverse("signup:register_account"), reverse("signup:register_passkey")
START_OVER = reverse("signup:register_start_over")


@pytest.fixture
def by(front_desk):
    return Actor(front_desk, "192.0.2.1")


@pytest.fixture
def sheet(by, rivera):
    return steps.printed(by, rivera.link(rivera.ana, rivera.mateo), rivera.link(rivera.ana, rivera.sofia))


@pytest.fixture
def ana(by, rivera):
    return people.signed_in(steps.registered(by, rivera.link(rivera.ana, rivera.mateo)))


# --- Asking who has a sign-in here (R16) ---------------------------------------------------------


def test_a_parent_can_check_only_a_few_e_mails(sheet, rivera):
    """Accepted e-mails reveal as much as refused ones, so they count, too, in every session and from every address."""
    refused = 0
    for number in range(30):
        client = Client(REMOTE_ADDR=f"198.51.100.{number}")
        steps.prove(client, sheet["Mateo"], rivera.mateo)
        refused += steps.answer(client, f"someone{number}@mail.example").status_code != 302
    assert refused >= 17
    assert AuditEvent.objects.filter(action="sign_in.locked", detail__step="email").count() == refused


def test_a_family_may_correct_its_e_mail_a_few_times(sheet, rivera):
    client = Client()
    steps.prove(client, sheet["Mateo"], rivera.mateo)
    assert {steps.answer(client, f"ana{number}@mail.example").status_code for number in range(8)} == {302}


# --- A passkey that was made for nobody ----------------------------------------------------------


def passkey_for(options):
    """What an authenticator makes of these options: a new key, and a response that verifies the user."""
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    credential = AttestedCredentialData.create(bytes(16), b"a key's own name", ES256.from_cryptography_key(key))
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    site = sha256(options["publicKey"]["rp"]["id"].encode())
    attested = AttestationObject.create("none", AuthenticatorData.create(site, flags, 0, credential), {})
    challenge = options["publicKey"]["challenge"]
    client_data = CollectedClientData.create("webauthn.create", challenge, "http://testserver")
    name, answer = (
        websafe_encode(credential.credential_id),
        {"clientDataJSON": client_data, "attestationObject": attested},
    )
    response = {each: websafe_encode(value) for each, value in answer.items()}
    return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def test_a_passkey_made_by_hand_is_accepted(sheet, rivera):
    client = Client()
    steps.prove(client, sheet["Mateo"], rivera.mateo)
    steps.answer(client)
    made = passkey_for(client.post(PASSKEY).json())
    client.post(ACCOUNT, {"email": "ana@mail.example", "passkey": made})
    assert Authenticator.objects.get().user == Account.objects.get().user


def test_a_passkey_without_a_reserved_number_makes_no_account(sheet, rivera, monkeypatch):
    """Its options were requested before starting over: the challenge still exists, the number does not."""
    client = Client()
    steps.prove(client, sheet["Mateo"], rivera.mateo)
    steps.answer(client)
    made = passkey_for(client.post(PASSKEY).json())
    client.post(START_OVER)
    steps.prove(client, sheet["Mateo"], rivera.mateo)
    steps.answer(client)
    page = client.post(ACCOUNT, {"email": "ana@mail.example", "passkey": made})
    assert "The passkey did not work." in page.text
    assert not User.objects.filter(pk=0).exists()
    assert (Account.objects.count(), Authenticator.objects.count()) == (0, 0)
    assert Pin.objects.filter(state="active").count() == 2


# --- Work for the server -------------------------------------------------------------------------


def test_downloads_are_rate_limited(ana, rivera):
    """The limit counts both kinds of files, from every address. The page still opens and says when to try again."""
    json_file, pdf = (reverse(f"family:child_{kind}", args=[rivera.mateo.pk]) for kind in ("json", "pdf"))
    made = [ana.post(json_file, REMOTE_ADDR=f"198.51.100.{number}").status_code for number in range(10)]
    assert set(made) == {200}
    before = AuditEvent.objects.count()
    refused = ana.post(pdf, REMOTE_ADDR="203.0.113.9")
    assert refused.headers["Location"] == reverse("family:child", args=[rivera.mateo.pk])
    line = AuditEvent.objects.latest("pk")
    assert (AuditEvent.objects.count(), line.action, line.detail["why"]) == (before + 1, "access.refused", "too_many")
    assert "There were too many tries. After" in ana.get(refused.headers["Location"]).text
    with time_machine.travel(timezone.now() + attempt_counter.WINDOW):
        assert people.signed_in(rivera.ana.account.user).post(json_file).status_code == 200


# --- Kept between here and there -----------------------------------------------------------------


def test_a_cached_logo_does_not_end_a_session(as_administrator, administrator):
    picture = io.BytesIO()
    Image.new("RGB", (9, 9), "black").save(picture, "PNG")
    logo.save(content=picture.getvalue(), seen="", by=Actor(administrator, ""))
    assert "public" in as_administrator.get(reverse("logo")).headers["Cache-Control"]
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        answer = as_administrator.get(reverse("logo"))
    assert answer.cookies
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_a_parent_who_now_has_the_e_mail_of_a_teens_account_gets_no_link_to_it(by, rivera, client, mailoutbox):
    rivera.mateo.birth_date = people.years_ago(15)
    rivera.mateo.save()
    own = people.link(people.contact("Mateo", "Rivera"), rivera.mateo, role="self", authority="none")
    teen = steps.registered(by, own, email="teen@mail.example")
    people.confirm_email(teen)
    ask = partial(client.post, reverse("account_reset_password"), {"email": teen.email})
    ask()
    rivera.ana.email = teen.email
    rivera.ana.save()
    rivera.link(rivera.ana, rivera.mateo)
    ask()
    links = ["/accounts/password/reset/key/" in mail.body for mail in mailoutbox]
    assert links == [True, False]
