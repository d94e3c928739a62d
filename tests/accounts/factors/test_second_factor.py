"""The second factor: when it is asked for, how it is sealed in the database, and what is recorded."""

import logging
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.factors import passkeys
from accounts.models import SpentCode
from audit.models import AuditEvent
from tests import people
from tests.accounts.factors import codes
from tests.portal import steps

pytestmark = pytest.mark.postgres

LOGIN, CODE, PATIENTS = reverse("account_login"), reverse("mfa_authenticate"), reverse("patients:search")
ASKED, OWN = reverse("accounts:second_factor"), reverse("own_sign_in")
APP = reverse("mfa_activate_totp")


@pytest.fixture
def required(settings):
    settings.REQUIRE_SECOND_FACTOR = True


def by_password(user, client=None):
    client = client or Client()
    client.post(LOGIN, {"login": user.email, "password": people.PASSWORD})
    return client


def by_code(user, code=None):
    client = by_password(user)
    client.post(CODE, {"code": code or codes.code()})
    return client


def actions():
    return [action for action, _patient in steps.trail()]


def add_app(client):
    secret = client.get(APP).context["form"].secret
    return client.post(APP, {"code": codes.code(secret)})


# --- Asked for -----------------------------------------------------------------------------------


def test_with_the_password_alone_every_page_asks_for_the_second_factor(required, front_desk, rivera):
    client = by_password(front_desk)
    for page in (PATIENTS, reverse("patients:chart", args=[rivera.mateo.pk]), reverse("appointments:schedule")):
        assert client.get(page).headers["Location"] == ASKED
    page = client.get(ASKED)
    assert "PIN Portal protects children’s health records." in page.text
    assert steps.trail() == [("sign_in.succeeded", None), ("access.refused", rivera.mateo.pk)]


def test_an_htmx_request_is_redirected_as_a_whole_page(required, front_desk):
    answer = by_password(front_desk).get(PATIENTS, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == ASKED
    assert "Location" not in answer.headers


def test_with_the_second_factor_the_pages_open(required, front_desk):
    codes.app_of(front_desk)
    client = by_code(front_desk)
    assert client.get(PATIENTS).status_code == 200
    assert client.get(ASKED).headers["Location"] == "/"
    assert AuditEvent.objects.get(action="sign_in.succeeded").detail == {"method": "password+totp"}


def test_adding_a_factor_opens_the_pages_in_this_session(required, front_desk):
    client = by_password(front_desk)
    answer = add_app(client)
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get(PATIENTS).status_code == 200


def test_adding_a_factor_opens_no_page_in_another_session(required, front_desk):
    """A thief with the password does not get in when the owner adds a factor."""
    thief = by_password(front_desk)
    add_app(by_password(front_desk))
    assert thief.get(PATIENTS).headers["Location"] == ASKED
    assert thief.get(ASKED).headers["Location"] == f"{reverse('mfa_reauthenticate')}?next=/"
    assert "Incorrect code." in thief.post(reverse("mfa_reauthenticate"), {"code": codes.wrong()}).text
    assert thief.get(PATIENTS).headers["Location"] == ASKED


@pytest.mark.parametrize(
    "place", ["codes/", "codes/download/", "codes/new/", "app/add/", "app/remove/", "passkeys/add/"]
)
def test_a_session_without_the_factor_cannot_change_factors(required, front_desk, place):
    """Typing the password again proves only the password."""
    thief = by_password(front_desk)
    add_app(by_password(front_desk))
    before, lines = codes.factors(front_desk), actions()
    for answer in (thief.get(f"/accounts/second-factor/{place}"), thief.post(f"/accounts/second-factor/{place}")):
        assert answer.headers.get("Location") == ASKED
    assert (codes.factors(front_desk), actions()) == (before, lines)


def test_a_kept_form_opens_only_after_the_second_factor(required, front_desk):
    page = reverse("accounts:send_again")
    assert by_password(front_desk).get(page).headers["Location"] == ASKED
    codes.app_of(front_desk)
    assert by_code(front_desk).get(page).headers["Location"] == "/"


def test_the_owner_s_other_session_shows_the_code_and_goes_on(required, front_desk):
    client = by_password(front_desk)
    codes.app_of(front_desk)
    client.post(reverse("mfa_reauthenticate"), {"code": codes.code(), "next": "/"})
    assert client.get(PATIENTS).status_code == 200


def test_removing_the_last_factor_closes_the_pages(required, front_desk):
    codes.app_of(front_desk)
    client = by_code(front_desk)
    client.post(reverse("mfa_deactivate_totp"))
    assert codes.factors(front_desk) == []
    assert client.get(PATIENTS).headers["Location"] == ASKED
    assert actions() == ["sign_in.succeeded", "second_factor.removed"]


def test_without_the_requirement_no_factor_is_asked_for(front_desk):
    client = by_password(front_desk)
    assert client.get(PATIENTS).status_code == 200
    assert client.get(ASKED).headers["Location"] == "/"


def test_an_existing_factor_is_asked_for_even_without_the_requirement(front_desk):
    codes.app_of(front_desk)
    assert steps.outcome(by_password(front_desk).get(PATIENTS)) == "sign in"


def test_families_can_have_a_factor_but_need_none(required, family_user):
    client = by_password(family_user)
    assert client.get(reverse("family:children")).status_code == 200
    assert client.get(OWN).status_code == 403
    assert client.get(APP).status_code == 200


@pytest.mark.parametrize(("url", "others"), [(OWN, set()), (ASKED, {"family"})])
def test_own_sign_in_roles(url, others, as_front_desk):
    assert steps.allowed_roles("get", url) == steps.STAFF | others
    assert steps.refused_methods(as_front_desk, url) == {"post", "put", "patch", "delete"}


def test_own_sign_in_shows_only_the_user_s_own_factors(as_front_desk, clinician):
    codes.app_of(clinician)
    page = as_front_desk.get(OWN)
    assert (page.context["app"], page.context["passkeys"], page.context["codes_left"]) == (None, [], None)
    assert clinician.email not in page.text


def test_passkeys_of_somebody_else_are_not_found(front_desk, clinician):
    theirs = Authenticator.objects.create(user=clinician, type="webauthn", data={"name": "Theirs", "credential": {}})
    client = by_password(front_desk)
    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        url = reverse(name, args=[theirs.pk])
        assert client.get(url).status_code == 404
        assert client.post(url, {"name": "Mine"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.data["name"] == "Theirs"


# --- Proven again before changes -------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_deactivate_totp",
        "mfa_generate_recovery_codes",
        "mfa_view_recovery_codes",
    ],
)
def test_the_password_is_asked_for_again_some_minutes_after_signing_in(front_desk, name):
    if name not in {"mfa_activate_totp", "mfa_add_webauthn"}:
        codes.app_of(front_desk)
    url, again, before = reverse(name), reverse("account_reauthenticate"), codes.factors(front_desk)
    client, other = by_code(front_desk), by_code(front_desk, codes.code(at=timezone.now().timestamp() + 30))
    assert client.get(url).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert client.get(url).headers["Location"].startswith(f"{again}?next=")
        assert (other.get if "view" in name else other.post)(url).headers["Location"].startswith(f"{again}?next=")
        assert codes.factors(front_desk) == before
        assert client.post(again, {"password": "not mine", "next": url}).status_code == 200
        assert client.get(url).status_code == 302
        client.post(again, {"password": people.PASSWORD, "next": url})
        assert client.get(url).status_code == 200
    assert actions().count("sign_in.failed") == 1


# --- Codes ---------------------------------------------------------------------------------------


@pytest.fixture
def clock():
    """The start of a half minute, so that the tests know when the next code begins."""
    with time_machine.travel(timezone.now().replace(second=0, microsecond=0), tick=False) as clock:
        yield clock


def test_a_code_works_once_within_its_time(front_desk, clock):
    codes.app_of(front_desk)
    code = codes.code()
    assert by_code(front_desk, code).get(PATIENTS).status_code == 200
    second = by_password(front_desk)
    assert "This code was used already." in second.post(CODE, {"code": code}).text
    clock.shift(35)
    assert "This code was used already." in second.post(CODE, {"code": f"{code[:3]} {code[3:]}"}).text
    assert code not in str(list(SpentCode.objects.values()))


def test_codes_of_a_clock_that_is_half_a_minute_off_are_accepted(front_desk, clock):
    codes.app_of(front_desk)
    now = timezone.now().timestamp()
    assert by_code(front_desk, codes.code(at=now - 30)).get(PATIENTS).status_code == 200
    assert by_code(front_desk, codes.code(at=now + 30)).get(PATIENTS).status_code == 200
    assert steps.outcome(by_code(front_desk, codes.code(at=now - 120)).get(PATIENTS)) == "sign in"


def test_a_recovery_code_works_once(front_desk):
    first, second, *_rest = codes.app_of(front_desk)
    assert by_code(front_desk, first).get(PATIENTS).status_code == 200
    assert steps.outcome(by_code(front_desk, first).get(PATIENTS)) == "sign in"
    assert by_code(front_desk, second).get(PATIENTS).status_code == 200


def test_new_recovery_codes_make_the_old_ones_void(front_desk):
    old = codes.app_of(front_desk)
    client = by_code(front_desk)
    client.post(reverse("mfa_generate_recovery_codes"))
    page = client.get(reverse("mfa_view_recovery_codes"))
    new = page.context["unused_codes"]
    assert len(new) == 10
    assert not set(new) & set(old)
    assert steps.outcome(by_code(front_desk, old[0]).get(PATIENTS)) == "sign in"
    assert actions() == ["sign_in.succeeded", "recovery_codes.made", "recovery_codes.shown", "sign_in.failed"]
    for code in new:
        assert code not in str(list(AuditEvent.objects.values()))


def test_adding_an_app_needs_a_code_of_it(front_desk):
    client = by_password(front_desk)
    client.get(APP)
    assert "Incorrect code." in client.post(APP, {"code": codes.wrong()}).text
    assert codes.factors(front_desk) == []
    add_app(client)
    assert codes.factors(front_desk) == ["recovery_codes", "totp"]
    assert actions() == ["sign_in.succeeded", "second_factor.added", "recovery_codes.made"]


# --- Passkeys ------------------------------------------------------------------------------------

MALFORMED = '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}'
NOT_PASSKEYS = [
    "",
    "x",
    "null",
    "[]",
    "1",
    "0",
    "0.0",
    "-0",
    "false",
    "true",
    '""',
    '"text"',
    "{}",
    '{"id": null, "response": null}',
    MALFORMED,
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": "_w", "clientDataJSON": "AA",'
    ' "authenticatorData": "AA", "signature": "AA"}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": 1, "clientDataJSON": "e30",'
    ' "attestationObject": "oA"}}',
    "\x00",
    "[" * 5000,
    "1" * 5000,
    '{"id": ' + "1" * 5000 + "}",
    '{"id": "\\u0000"}',
    '{"id": "\\ud800"}',
    '{"id": NaN}',
    '{"id": 1e999}',
]


@pytest.mark.parametrize("sent", NOT_PASSKEYS)
def test_an_answer_that_is_not_a_passkey_is_refused_in_words(front_desk, sent):
    codes.app_of(front_desk)
    client = by_password(front_desk)
    client.get(CODE)
    assert client.post(CODE, {"credential": sent}).status_code == 200
    alone = Client()
    alone.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    assert alone.post(reverse("mfa_login_webauthn"), {"credential": sent}).headers["Location"] == LOGIN
    signed_in = by_code(front_desk)
    signed_in.get(reverse("mfa_add_webauthn"))
    assert signed_in.post(reverse("mfa_add_webauthn"), {"name": "Mine", "credential": sent}).status_code == 200
    assert codes.factors(front_desk) == ["recovery_codes", "totp"]
    assert steps.outcome(alone.get(PATIENTS)) == "sign in"


@pytest.mark.parametrize("value", ["\0", "\ud800", "é", '"', float("nan"), float("inf")], ids=ascii)
def test_an_answer_that_the_database_could_not_keep_is_no_passkey(value):
    """Also where the passkey itself is right: a browser's answer can have more parts."""
    assert passkeys.is_plain_object({"id": "AA", "clientExtensionResults": {"credProps": {"rk": True}}})
    assert not passkeys.is_plain_object({"id": "AA", "clientExtensionResults": {"more": value}})


def test_a_passkey_that_fails_is_recorded_and_explained(client, front_desk):
    page = client.post(reverse("mfa_login_webauthn"), {"credential": MALFORMED}, follow=True)
    assert "The passkey did not work." in page.text
    event = AuditEvent.objects.get()
    assert (event.action, event.detail) == ("sign_in.failed", {"account": None, "step": "passkey"})


# --- Kept ----------------------------------------------------------------------------------------


def test_secrets_are_sealed_in_the_database(front_desk):
    kept = codes.app_of(front_desk)
    rows = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert codes.SECRET not in rows
    assert not [code for code in kept if code in rows]


def test_the_secret_key_can_be_changed_with_the_old_one_as_fallback(front_desk, settings):
    codes.app_of(front_desk)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-test-only-0123456789-abcdefghijklmnopqrstuvwxyz"
    assert by_code(front_desk).get(PATIENTS).status_code == 200


def test_after_resealing_the_old_secret_key_can_go(front_desk, settings, capsys):
    codes.app_of(front_desk)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-test-only-0123456789-abcdefghijklmnopqrstuvwxyz"
    call_command("reseal_second_factors")
    assert capsys.readouterr().out == "2 secrets are now sealed under SECRET_KEY.\n"
    settings.SECRET_KEY_FALLBACKS = []
    assert by_code(front_desk).get(PATIENTS).status_code == 200


def test_resealing_an_unreadable_secret_changes_nothing(front_desk, settings):
    codes.app_of(front_desk)
    settings.SECRET_KEY = "another-test-only-0123456789-abcdefghijklmnopqrstuvwxyz"
    before = list(Authenticator.objects.order_by("pk").values("data"))
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("reseal_second_factors")
    assert list(Authenticator.objects.order_by("pk").values("data")) == before


def test_an_unreadable_secret_accepts_no_code_and_is_logged(front_desk, settings, caplog):
    codes.app_of(front_desk)
    settings.SECRET_KEY = "another-test-only-0123456789-abcdefghijklmnopqrstuvwxyz"
    with caplog.at_level(logging.ERROR):
        page = by_password(front_desk).post(CODE, {"code": codes.code()})
    assert "Incorrect code." in page.text
    assert "A second factor cannot be read." in caplog.text


def test_the_qr_code_is_for_this_practice(front_desk):
    page = by_password(front_desk).get(APP)
    assert page.context["totp_url"].startswith("otpauth://totp/dana%40sunnyside.example?")
    assert "issuer=Our%20Practice" in page.context["totp_url"]


def test_an_app_cannot_be_added_twice(front_desk):
    TOTP.activate(front_desk, codes.SECRET)
    assert by_code(front_desk).get(APP).headers["Location"] == reverse("mfa_deactivate_totp")
