"""How long a session lasts on the server: the limits to the second, and what a signed-out user reads."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import StaffRecord, User
from accounts.sessions import limits
from audit.models import AuditEvent
from tests import people
from tests.portal import steps

pytestmark = pytest.mark.postgres

HOME = reverse("home")
ASK = reverse("accounts:session")
LOGIN = reverse("account_login")
HTMX = {"HX-Request": "true"}
EVERY = 30  # seconds, as the settings have it
LIMITS = {"front desk": (15 * 60, 12 * 60 * 60), "family": (20 * 60, 24 * 60 * 60)}  # idle, absolute


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 11, 25, 15, 0, tzinfo=UTC), tick=False) as moment:
        yield moment


def go(clock, seconds):
    clock.shift(timedelta(seconds=seconds))


def is_in(client):
    """Whether somebody is signed in, without counting as use."""
    return client.get(ASK).json()["left"] > 0


def ends():
    return [event.detail["why"] for event in AuditEvent.objects.filter(action="session.ended")]


# --- The limits ------------------------------------------------------------------------------------


def test_the_limits_are_those_of_the_standard():
    assert {"staff": LIMITS["front desk"], "family": LIMITS["family"]} == settings.SESSION_LIMITS
    assert settings.SESSION_WARNING >= 60
    assert settings.SESSION_SEEN_EVERY == EVERY


def test_djangos_session_outlives_the_limits_and_its_cookie_ends_with_the_browser():
    assert max(in_all for _idle, in_all in LIMITS.values()) == settings.SESSION_COOKIE_AGE
    assert settings.SESSION_EXPIRE_AT_BROWSER_CLOSE


@pytest.mark.parametrize("role", LIMITS)
def test_an_unused_session_lasts_as_long_as_stated_to_the_second(db, clock, role):
    client, (idle, _absolute) = steps.client_of(role), LIMITS[role]
    go(clock, idle - 1)
    assert is_in(client)
    go(clock, 1)
    assert not is_in(client)
    assert ends() == ["idle"]


@pytest.mark.parametrize("role", LIMITS)
def test_a_use_that_was_not_saved_does_not_make_the_session_longer(db, clock, role):
    client, (idle, _absolute) = steps.client_of(role), LIMITS[role]
    go(clock, EVERY - 1)
    client.get(HOME)  # not written
    go(clock, idle - EVERY)
    assert is_in(client)
    go(clock, 1)
    assert not is_in(client)  # early by less than the granularity


def test_a_use_after_half_a_minute_is_saved(as_front_desk, clock):
    client, (idle, _absolute) = as_front_desk, LIMITS["front desk"]
    client.get(HOME)
    go(clock, EVERY)
    client.get(HOME)
    go(clock, idle - 1)
    assert is_in(client)
    go(clock, 1)
    assert not is_in(client)


@pytest.mark.parametrize("role", LIMITS)
def test_a_session_in_use_ends_at_the_absolute_limit_to_the_second(db, clock, role):
    client, (_idle, absolute) = steps.client_of(role), LIMITS[role]
    for _ in range(absolute // 600 - 1):
        go(clock, 600)
        assert client.get(HOME).headers["Location"] != f"{LOGIN}?next={HOME}"
    go(clock, 599)
    client.post(ASK)  # staying signed in does not put this off
    told = client.get(ASK).json()
    assert (told["left"], told["ending"]) == (1, "absolute")
    go(clock, 1)
    assert client.get(HOME).headers["Location"] == f"{LOGIN}?next={HOME}"
    assert ends() == ["absolute"]


def test_a_session_from_before_the_limits_gets_them_with_its_next_request(front_desk, clock):
    client = Client()
    client.force_login(front_desk)
    assert client.get(ASK).json()["left"] == 15 * 60
    client.get(HOME)
    go(clock, 15 * 60)
    assert not is_in(client)


# --- What is a use ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["appointments:schedule", "appointments:tracking", "desk:worklist", "home"])
def test_a_page_that_says_it_only_refreshes_extends_nothing(as_front_desk, clock, name):
    client = as_front_desk
    for _ in range(14):
        go(clock, 60)
        assert client.get(reverse(name) + "?refresh=1", headers=HTMX).status_code in {200, 302}
    go(clock, 60)
    answer = client.get(reverse(name) + "?refresh=1", headers=HTMX)
    assert (answer.status_code, answer.content) == (401, b"")  # and is let in no longer than others
    assert ends() == ["idle"]


@pytest.mark.parametrize(("query", "headers"), [("?refresh=1", {}), ("", HTMX)])
def test_a_user_s_request_is_a_use_whatever_its_query_or_headers(as_front_desk, clock, query, headers):
    go(clock, 600)
    as_front_desk.get(HOME + query, headers=headers)
    go(clock, 600)
    assert is_in(as_front_desk)


def test_asking_extends_nothing_and_staying_does(as_front_desk, clock):
    full = 15 * 60
    assert as_front_desk.get(ASK).json()["left"] == full
    go(clock, 5)
    assert as_front_desk.get(ASK).json()["left"] == full - 5
    assert as_front_desk.post(ASK).json()["left"] == full  # immediately, even if something was written just before
    go(clock, full - 1)
    assert as_front_desk.head(ASK).status_code == 200
    go(clock, 1)
    assert not is_in(as_front_desk)


def test_an_ended_session_cannot_be_extended(as_front_desk, clock):
    go(clock, 15 * 60)
    assert as_front_desk.post(ASK).json() == {"left": 0, "who": ""}
    assert ends() == ["idle"]


# --- An ended session is dead ----------------------------------------------------------------------


def test_an_ended_session_is_gone_from_the_server(as_front_desk, front_desk, clock):
    cookie = as_front_desk.cookies[settings.SESSION_COOKIE_NAME].value
    go(clock, 15 * 60)
    as_front_desk.get(HOME)
    assert not Session.objects.filter(session_key=cookie).exists()
    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.address, event.detail) == (
        "session.ended",
        front_desk,
        "127.0.0.1",
        {"why": "idle"},
    )
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = cookie
    go(clock, -600)
    assert not is_in(thief)
    assert ends() == ["idle"]  # one line, however many come with the dead cookie


def test_a_disabled_user_is_out_with_the_next_request_and_the_session_with_them(as_front_desk, front_desk):
    session = as_front_desk.session.session_key
    User.objects.filter(pk=front_desk.pk).update(is_active=False)
    assert as_front_desk.get(HOME).headers["Location"] == f"{LOGIN}?next={HOME}"
    assert ends() == ["revoked"]
    assert not Session.objects.filter(session_key=session).exists()
    User.objects.filter(pk=front_desk.pk).update(is_active=True)
    assert not is_in(as_front_desk)


def test_a_password_changed_elsewhere_ends_this_session(as_front_desk, front_desk):
    front_desk.set_password("another one, and quite as long")
    front_desk.save()
    assert as_front_desk.get(HOME).headers["Location"] == f"{LOGIN}?next={HOME}"
    assert ends() == ["revoked"]


def test_an_inactive_staff_record_lets_its_user_see_nothing_more(as_front_desk, front_desk):
    page = reverse("patients:search")
    assert as_front_desk.get(page).status_code == 200
    StaffRecord.objects.filter(user=front_desk).update(is_active=False)
    assert as_front_desk.get(page).status_code == 403


def test_signing_in_begins_both_limits(client, front_desk, clock):
    client.get(LOGIN)
    go(clock, 3600)
    client.post(LOGIN, {"login": front_desk.email, "password": people.PASSWORD})
    first = client.session
    assert first[limits.STARTED] == first[limits.SEEN] == datetime(2026, 11, 25, 16, 0, tzinfo=UTC).timestamp()
    go(clock, 15 * 60)
    client.get(HOME)
    client.post(LOGIN, {"login": front_desk.email, "password": people.PASSWORD})
    assert client.session[limits.STARTED] > first[limits.STARTED]
    assert client.session.session_key != first.session_key


# --- What a signed-out user reads --------------------------------------------------------------------


def test_a_page_redirects_to_the_sign_in_page_which_says_why(as_front_desk, clock):
    page = reverse("patients:search")
    go(clock, 15 * 60)
    answer = as_front_desk.get(page, follow=True)
    assert answer.redirect_chain == [(f"{LOGIN}?next={page}", 302)]
    assert "because nobody used this page for 15 minutes" in answer.text


def test_a_disabled_user_is_not_told_about_time(as_front_desk, front_desk):
    User.objects.filter(pk=front_desk.pk).update(is_active=False)
    assert "You have been signed out. Please sign in again." in as_front_desk.get(HOME, follow=True).text


def test_at_the_absolute_limit_the_reason_is_different(as_front_desk, settings, clock):
    settings.SESSION_LIMITS = {"staff": (600, 60)}
    go(clock, 60)
    assert "Your time was up" in as_front_desk.get(HOME, follow=True).text


def test_a_family_reads_it_in_its_language(as_family, clock):
    go(clock, 20 * 60)
    answer = as_family.get(reverse("family:children"), follow=True, headers={"accept-language": "es"})
    assert "20 minutos" in answer.text


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_htmx_request_gets_no_sign_in_page(as_front_desk, client, clock, method):
    go(clock, 15 * 60)
    for each in (as_front_desk, client):  # the session has ended; there is none
        answer = getattr(each, method)(reverse("patients:search"), headers=HTMX)
        assert (answer.status_code, answer.content) == (401, b"")
        assert (answer.headers["HX-Trigger"], answer.headers["HX-Reswap"]) == ("session:ended", "none")


def test_public_pages_work_without_a_user(as_family, clock):
    go(clock, 20 * 60)
    assert as_family.get(reverse("signup:register")).status_code == 200
    assert ends() == ["idle"]


# --- How long is left --------------------------------------------------------------------------------


def test_every_response_to_a_user_says_how_long_is_left(as_front_desk, client, clock):
    page = reverse("patients:search")
    go(clock, 10)
    assert as_front_desk.get(page).headers["Session-Left"] == f"{15 * 60 - 10:.1f} idle"
    assert "Session-Left" not in client.get(LOGIN).headers


def test_users_are_told_apart_without_naming_them(front_desk, family_user, client, clock):
    first = people.signed_in(front_desk).get(ASK).json()
    go(clock, 1)
    again = people.signed_in(front_desk).get(ASK).json()
    assert first["who"] == again["who"] != people.signed_in(family_user).get(ASK).json()["who"]
    assert first["since"] != again["since"]
    assert len(first["who"]) == 32
    assert front_desk.email not in str(first)
    assert client.get(ASK).json() == {"left": 0, "who": ""}


def test_asking_other_methods(as_front_desk):
    assert steps.refused_methods(as_front_desk, ASK) == {"put", "patch", "delete"}


def test_the_page_after_signing_in_again(as_front_desk, as_family, client):
    url = reverse("accounts:session_back")
    for each in (as_front_desk, as_family):
        assert each.get(url).status_code == 200
    assert client.get(url).headers["Location"] == f"{LOGIN}?next={url}"
    assert steps.refused_methods(as_front_desk, url) == {"post", "put", "patch", "delete"}


def test_enforcing_the_limits_makes_no_extra_query_and_one_write_every_half_minute(as_front_desk, clock):
    assert steps.queries(lambda: as_front_desk.get(HOME)) == 3  # session, user, staff record
    assert steps.queries(lambda: as_front_desk.get(ASK)) == 2
    go(clock, EVERY)
    assert steps.queries(lambda: as_front_desk.get(HOME)) == 7  # and a SELECT and an UPDATE in one transaction
    assert steps.queries(lambda: as_front_desk.get(HOME)) == 3


def test_saving_a_use_keeps_what_another_request_saved_in_the_session(as_family, family_user):
    """Typing the last digit of a birth date and pressing Enter sends two requests at once."""
    slow = RequestFactory().post(ASK)
    slow.session, slow.user = as_family.session, family_user
    assert slow.session[limits.STARTED]  # read, before
    fast = as_family.session
    fast["proven_pins"] = [7]
    fast.save()
    limits.extend(slow)
    assert not slow.session.modified
    assert as_family.session["proven_pins"] == [7]
    assert as_family.session[limits.SEEN] == slow.session[limits.SEEN]


@pytest.mark.postgres
@pytest.mark.parametrize(
    "value", ['"aaaaaaaaaa\\000"', '"\\000"', "aaaa-aaaaaaaa", '"aaaaaaaaaa\\303\\274"', "", "a" * 4000]
)
def test_a_cookie_that_is_no_session_is_none(client, front_desk, value):
    """The quoted form of a cookie can have any character, also NUL, which PostgreSQL refuses."""
    cookie = {"cookie": f"{settings.SESSION_COOKIE_NAME}={value}"}
    assert client.get(reverse("account_login"), headers=cookie).status_code == 200
    assert client.get(reverse("patients:search"), headers=cookie).status_code == 302
    sent = {"login": front_desk.email, "password": people.PASSWORD}
    assert client.post(reverse("account_login"), sent, headers=cookie).headers["Location"] == "/"
