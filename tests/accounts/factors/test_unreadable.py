"""A second factor that cannot be read: it opens nothing, stops no page, and pages say what to do."""

import logging

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.factors import sealing
from tests import people
from tests.accounts.factors import codes
from tests.accounts.factors.test_second_factor import ASKED, CODE, OWN, PATIENTS, by_code, by_password
from tests.portal import steps
from tests.portal.office.test_sign_in import sign_in

pytestmark = pytest.mark.postgres

ACCOUNT = reverse("family_account:account")
ADD, AGAIN = reverse("mfa_add_webauthn"), reverse("mfa_reauthenticate_webauthn")
STAFF_ASK = "Ask a practice administrator to reset it."
FAMILY_ASK = "We cannot read your second step any more, so it cannot let you in. Ask the practice for help."
ONE_OF = {True: "One of your second factors cannot be read any more.", False: "We cannot read one of your passkeys"}
NO_KEY = "gAAAAABnot-a-token"
DATA = [
    {"name": "Old key", "credential": 0},
    {"name": "Old key", "credential": {}},
    {"name": "Old key", "credential": {"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}},
    {"name": "Old key"},
    {"credential": None},
    {},
    [],
    0,
    "text",
]


def passkey(user, data):
    return Authenticator.objects.create(user=user, type="webauthn", data=data)


@pytest.fixture(params=["staff", "family"])
def user(request):
    """Somebody with a second factor."""
    name = {"staff": "front_desk", "family": "family_user"}[request.param]
    return request.getfixturevalue(name)


def unsealed(data):
    """With "sealed" replaced by a value that can be unsealed, but is no secret."""
    return {name: sealing.seal("?") if value == "sealed" else value for name, value in data.items()} if data else data


def own_page(user):
    return OWN if user.is_staff_member else ACCOUNT


@pytest.mark.parametrize("data", DATA, ids=str)
def test_a_passkey_that_cannot_be_read_stops_no_page(front_desk, data, caplog):
    codes.app_of(front_desk)
    old = passkey(front_desk, data)
    client = by_password(front_desk)
    assert ONE_OF[True] in client.get(CODE).text
    client = by_code(front_desk)
    with caplog.at_level(logging.ERROR):
        page = client.get(OWN)
    assert "Cannot be read any more. Remove it" in page.text
    lines = {(each.getMessage(), each.facts["factor"]) for each in caplog.records if each.levelno == logging.ERROR}
    assert {(line.partition(".")[0], factor) for line, factor in lines} == {("A second factor cannot be read", old.pk)}
    for address in (ADD, AGAIN, reverse("mfa_remove_webauthn", args=[old.pk])):
        assert (address, client.get(address).status_code) == (address, 200)
    assert client.post(ADD, {"name": "Mine", "credential": "{}"}).status_code == 200
    assert client.post(AGAIN, {"credential": '{"id": "AA"}'}).status_code == 302
    assert client.get(reverse("mfa_edit_webauthn", args=[old.pk])).status_code == 302
    client.post(reverse("mfa_remove_webauthn", args=[old.pk]))
    assert codes.factors(front_desk) == ["recovery_codes", "totp"]
    assert "Cannot be read any more" not in client.get(OWN).text


@pytest.mark.parametrize("broken", ["passkey", "app", "app and codes"])
def test_nobody_gets_in_with_the_password_alone_and_all_are_told_whom_to_ask(user, settings, broken):
    settings.REQUIRE_SECOND_FACTOR = True
    open_session = by_password(user)  # from before there was a factor
    if broken == "passkey":
        passkey(user, {"name": "Old key", "credential": 0})
    else:
        codes.app_of(user)
        Authenticator.objects.filter(user=user, type="totp").update(data={"secret": NO_KEY})
    if broken == "app":
        Authenticator.objects.filter(user=user, type="recovery_codes").delete()
    if broken == "app and codes":
        Authenticator.objects.filter(user=user, type="recovery_codes").update(data={"seed": NO_KEY, "used_mask": 0})
    client = by_password(user)
    page = client.get(CODE)
    assert (STAFF_ASK if user.is_staff_member else FAMILY_ASK) in page.text
    for sent in ({"code": codes.code()}, {"code": "00000000"}, {"credential": '{"id": "AA"}'}):
        assert client.post(CODE, sent).status_code == 200
    for address in (PATIENTS, own_page(user)):
        assert steps.outcome(client.get(address)) == "sign in"
    if user.is_staff_member:
        assert open_session.get(PATIENTS).headers["Location"] == ASKED
    assert open_session.get(ADD).headers["Location"].startswith(ASKED)
    page = open_session.get(ASKED, follow=True)
    assert (STAFF_ASK if user.is_staff_member else FAMILY_ASK) in page.text


@pytest.mark.parametrize("data", [{"secret": NO_KEY}, {"secret": 0}, {"secret": "sealed"}, {}, [], 0], ids=str)
def test_an_app_that_cannot_be_read_leaves_the_recovery_codes(user, data):
    data = unsealed(data)
    first, *_rest = codes.app_of(user)
    Authenticator.objects.filter(user=user, type="totp").update(data=data)
    assert ONE_OF[user.is_staff_member] in by_password(user).get(CODE).text
    client = by_code(user, first)
    page = client.get(own_page(user))
    assert "annot" in page.text
    assert "read" in page.text
    client.post(reverse("mfa_deactivate_totp"))
    assert codes.factors(user) == []


@pytest.mark.parametrize("data", [{"seed": NO_KEY, "used_mask": 0}, {"seed": "sealed"}, {}, [], 0], ids=str)
def test_recovery_codes_that_cannot_be_read_are_not_shown_and_can_be_made_anew(user, data):
    data = unsealed(data)
    codes.app_of(user)
    Authenticator.objects.filter(user=user, type="recovery_codes").update(data=data)
    client = by_code(user)
    page = client.get(own_page(user))
    assert (page.context["codes_left"], "Make new ones." in page.text) == (0, True)
    for name in ("mfa_view_recovery_codes", "mfa_download_recovery_codes"):
        assert client.get(reverse(name)).headers["Location"] == reverse("accounts:own_pages")
    new = reverse("mfa_generate_recovery_codes")
    assert client.get(new).status_code == 200
    page = client.post(new, follow=True)
    assert len(page.context["unused_codes"]) == 10


def test_an_administrator_reads_what_cannot_be_read_and_resets_it(administrator, front_desk):
    codes.app_of(front_desk)
    passkey(front_desk, {"name": "Old key", "credential": 0})
    Authenticator.objects.filter(user=front_desk, type="recovery_codes").update(data={"seed": NO_KEY, "used_mask": 0})
    client = sign_in(administrator)
    page = client.get(reverse("office:sign_in", args=[front_desk.pk]))
    assert "Cannot be read any more: passkey “Old key”, recovery codes." in page.text
    client.post(reverse("office:sign_in_verb", args=[front_desk.pk, "reset-second-factor"]))
    assert codes.factors(front_desk) == []


def test_the_secret_is_not_in_the_log(front_desk, caplog, settings):
    codes.app_of(front_desk)
    settings.SECRET_KEY = "another-test-only-0123456789-abcdefghijklmnopqrstuvwxyz"
    sealed = str(list(Authenticator.objects.values_list("data", flat=True)))
    with caplog.at_level(logging.ERROR):
        by_password(front_desk).get(CODE)
    facts = [each.facts for each in caplog.records if each.levelno == logging.ERROR]
    assert len(facts) >= 2  # the app and the codes
    assert not [value for each in facts for value in each.values() if isinstance(value, str) and value in sealed]
    assert people.PASSWORD not in caplog.text
