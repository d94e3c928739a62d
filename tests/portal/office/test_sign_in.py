"""The sign-in of a colleague: its status, and what an administrator can do to it."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from accounts import staff
from accounts.models import SignInAttempt, StaffRecord, User
from audit.models import AuditEvent
from audit.trail import Actor
from tests import people
from tests.accounts.factors import codes
from tests.at_once import at_once
from tests.portal import steps

pytestmark = pytest.mark.postgres

LOGIN, PATIENTS = reverse("account_login"), reverse("patients:search")
VERBS = {
    "disable": "user.disabled",
    "enable": "user.enabled",
    "unlock": "user.unlocked",
    "reset-second-factor": "second_factor.reset",
    "end-sessions": "session.ended",
    "password-link": "password.link_made",
}
every_verb = pytest.mark.parametrize("verb", VERBS)


def sign_in(user, *, code=None):
    client = Client()
    client.post(LOGIN, {"login": user.email, "password": people.PASSWORD})
    if code:
        client.post(reverse("mfa_authenticate"), {"code": code})
    return client


@pytest.fixture
def desk(administrator):
    """The administrator's browser, freshly signed in, so that no password is asked for again."""
    return sign_in(administrator)


@pytest.fixture
def url(front_desk):
    return reverse("office:sign_in", args=[front_desk.pk])


def address(verb, user):
    return reverse("office:sign_in_verb", args=[user.pk, verb])


def is_in(client):
    return client.get(PATIENTS).status_code == 200


def since_signing_in():
    return [action for action, _patient in steps.trail() if action != "sign_in.succeeded"]


# --- The page ------------------------------------------------------------------------------------


def test_sign_in_shows_its_status(desk, front_desk, url):
    codes.app_of(front_desk)
    sign_in(front_desk, code=codes.code())
    Client().post(LOGIN, {"login": front_desk.email, "password": "wrong"})
    page = desk.get(url)
    for words in [
        "Active",
        "Dana Ortiz",
        "Front desk",
        "1 in the last hour",
        "Authenticator app, 10 recovery codes",
    ]:
        assert words in page.text
    assert "1 session open" in page.text
    for verb in set(VERBS) - {"enable"}:
        assert address(verb, front_desk) in page.text


def test_own_sign_in_offers_nothing(desk, administrator):
    page = desk.get(reverse("office:sign_in", args=[administrator.pk]))
    assert "This is your own sign-in" in page.text
    assert not [verb for verb in VERBS if address(verb, administrator) in page.text]


def test_sign_in_roles(url):
    assert steps.allowed_roles("get", url) == {"administrator"}


def test_sign_in_other_methods(desk, url):
    assert steps.refused_methods(desk, url) == {"post", "put", "patch", "delete"}


@pytest.mark.parametrize("verb", [None, *VERBS])
def test_sign_in_of_a_family_or_nobody_is_not_found(desk, family_user, verb):
    for number in (family_user.pk, 999_999):
        name, arguments = ("office:sign_in_verb", [number, verb]) if verb else ("office:sign_in", [number])
        assert desk.get(reverse(name, args=arguments)).status_code == 404
    if verb:
        assert desk.post(address(verb, family_user)).status_code == 404
    assert User.objects.get(pk=family_user.pk).is_active


def test_sign_in_queries_do_not_grow(desk, front_desk, url):
    few = steps.queries(lambda: desk.get(url))
    for number in range(5):
        Client().post(LOGIN, {"login": front_desk.email, "password": f"wrong {number}"})
        sign_in(front_desk)
    assert steps.queries(lambda: desk.get(url)) == few


# --- Verbs ---------------------------------------------------------------------------------------


@every_verb
def test_verb_asks_before_anything_is_done(desk, front_desk, verb):
    before = steps.everything_but()
    page = desk.get(address(verb, front_desk))
    assert page.status_code == 200
    assert front_desk.email in page.text
    assert steps.everything_but() == before


@every_verb
@pytest.mark.parametrize("method", ["get", "post"])
def test_verb_roles(front_desk, verb, method):
    assert steps.allowed_roles(method, address(verb, front_desk)) == {"administrator"}


@every_verb
def test_verb_other_methods(desk, front_desk, verb):
    assert steps.refused_methods(desk, address(verb, front_desk)) == {"put", "patch", "delete"}


@every_verb
def test_verb_asks_for_the_password_again_after_a_while(as_administrator, front_desk, verb):
    answer = as_administrator.post(address(verb, front_desk))
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert since_signing_in() == []


@every_verb
def test_verb_on_the_own_sign_in_is_refused(desk, administrator, verb):
    before = steps.everything_but()
    page = desk.post(address(verb, administrator), follow=True)
    assert "This is your own sign-in." in page.text
    assert steps.everything_but() == before


def test_disable_ends_the_sessions_and_blocks_the_sign_in_until_enabled(desk, front_desk):
    at_work = sign_in(front_desk)
    assert is_in(at_work)
    assert "Disabled." in desk.post(address("disable", front_desk), follow=True).text
    assert steps.outcome(at_work.get(PATIENTS)) == "sign in"
    assert not UserSession.objects.filter(user=front_desk).exists()
    assert not is_in(sign_in(front_desk))
    assert "It was already disabled." in desk.post(address("disable", front_desk), follow=True).text
    assert "Enabled." in desk.post(address("enable", front_desk), follow=True).text
    assert steps.outcome(at_work.get(PATIENTS)) == "sign in"  # the old session stays dead
    assert is_in(sign_in(front_desk))
    assert since_signing_in() == ["user.disabled", "sign_in.failed", "user.enabled"]
    assert AuditEvent.objects.get(action="user.disabled").detail == {"account": front_desk.pk, "sessions": 1}


def test_unlock_allows_the_next_attempt_immediately(desk, front_desk):
    stranger = Client()
    for number in range(5):
        stranger.post(LOGIN, {"login": front_desk.email, "password": f"wrong {number}"})
    assert "too many tries" in stranger.post(LOGIN, {"login": front_desk.email, "password": people.PASSWORD}).text
    assert "Unlocked" in desk.post(address("unlock", front_desk), follow=True).text
    assert not SignInAttempt.objects.exists()
    assert is_in(sign_in(front_desk))
    assert "There were no failed attempts." in desk.post(address("unlock", front_desk), follow=True).text
    assert since_signing_in() == ["sign_in.failed"] * 5 + ["sign_in.locked", "user.unlocked"]


def test_reset_second_factor_removes_all_and_ends_the_sessions(desk, front_desk):
    codes.app_of(front_desk)
    at_work = sign_in(front_desk, code=codes.code())
    assert is_in(at_work)
    assert "Second factor reset." in desk.post(address("reset-second-factor", front_desk), follow=True).text
    assert not Authenticator.objects.exists()
    assert steps.outcome(at_work.get(PATIENTS)) == "sign in"
    assert "There was no second factor." in desk.post(address("reset-second-factor", front_desk), follow=True).text
    assert since_signing_in() == ["second_factor.reset"]


def test_end_sessions_signs_out_everywhere_listed_or_not(desk, front_desk):
    listed, unlisted = sign_in(front_desk), people.signed_in(front_desk)
    desk.post(address("end-sessions", front_desk))
    assert [steps.outcome(client.get(PATIENTS)) for client in (listed, unlisted)] == ["sign in", "sign in"]
    assert is_in(desk)
    assert is_in(sign_in(front_desk))
    assert since_signing_in() == ["sessions.ended", "session.ended"]


def test_password_link_is_shown_once_and_works_once(desk, front_desk, settings):
    settings.STAFF_URL = "https://desk.sunnyside.example"
    link = desk.post(address("password-link", front_desk)).context["link"]
    assert link.startswith("https://desk.sunnyside.example/accounts/password/reset/key/")
    assert link not in desk.get(reverse("office:sign_in", args=[front_desk.pk])).text
    assert since_signing_in() == ["password.link_made"]
    key = link.rsplit("/", 2)[-2]
    assert key not in str(list(AuditEvent.objects.values()))


def test_password_link_is_mailed_where_there_is_a_mail_server(desk, front_desk, settings, mailoutbox):
    settings.SENDS_MAIL = True
    page = desk.post(address("password-link", front_desk), follow=True)
    assert "/accounts/password/reset/key/" not in page.text
    (mail,) = mailoutbox
    assert mail.to == [front_desk.email]
    assert f"{settings.STAFF_URL}/accounts/password/reset/key/" in mail.body
    assert "one hour" in mail.body


# --- The last administrator stays ----------------------------------------------------------------


def record_form(record, **changes):
    sent = {"name": record.name, "role": record.role, "is_active": "on", "user": record.user_id, **changes}
    return {name: value for name, value in sent.items() if value != ""}


@pytest.mark.parametrize("changes", [{"is_active": ""}, {"role": "front_desk"}, {"user": ""}])
def test_administrators_cannot_remove_their_own_access(desk, administrator, changes):
    people.staff("Second Admin", StaffRecord.Role.ADMINISTRATOR)
    record, before = administrator.staff_record, steps.everything_but()
    page = desk.post(reverse("office:staff_record", args=[record.pk]), record_form(record, **changes))
    assert "you would lock yourself out" in page.text
    assert steps.everything_but() == before


@pytest.mark.usefixtures("transactional_db")
def test_of_two_administrators_who_disable_each_other_one_stays():
    first = people.staff("First Admin", StaffRecord.Role.ADMINISTRATOR)
    second = people.staff("Second Admin", StaffRecord.Role.ADMINISTRATOR)
    done = at_once(
        lambda: staff.disable(user=first, by=Actor(second, "192.0.2.1")),
        lambda: staff.disable(user=second, by=Actor(first, "192.0.2.1")),
    )
    assert {type(each) for each in done} == {bool, staff.ChangeRefused}
    assert User.objects.filter(is_active=True).count() == 1
    assert [action for action, _patient in steps.trail()] == ["user.disabled"]
