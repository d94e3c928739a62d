"""Limits on guessing, and that no stranger can use them to lock somebody out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts import attempt_counter
from accounts.attempt_counter import TooManyAttempts
from accounts.models import SignInAttempt
from accounts.signin import attempts
from audit.models import AuditEvent
from tests import people
from tests.accounts.factors import codes
from tests.portal import steps

pytestmark = pytest.mark.postgres

LOGIN, PATIENTS = reverse("account_login"), reverse("patients:search")
DESK, STRANGER = "192.0.2.1", "203.0.113.66"
WAIT = "There were too many tries. After "


def sign_in(client, email, password=people.PASSWORD, *, at=DESK):
    return client.post(LOGIN, {"login": email, "password": password}, REMOTE_ADDR=at)


def guess(email, *, at=STRANGER, times=1):
    """Wrong passwords from a new browser. Return the last response."""
    client = Client()
    return [sign_in(client, email, f"guess number {number}", at=at) for number in range(times)][-1]


def is_in(answer):
    return answer.status_code == 302 and answer.headers["Location"] == "/"


def later(minutes):
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False)


def test_five_wrong_passwords_are_recorded_and_cause_no_wait(client, front_desk):
    guess(front_desk.email, times=4)
    assert WAIT not in guess(front_desk.email).text
    assert [action for action, _patient in steps.trail()] == ["sign_in.failed"] * 5
    assert {event.detail["account"] for event in AuditEvent.objects.all()} == {front_desk.pk}


def test_after_that_the_right_password_waits_too_and_the_page_says_until_when(client, front_desk):
    guess(front_desk.email, times=5)
    page = sign_in(client, front_desk.email, at=STRANGER)
    assert WAIT in page.text
    assert people.PASSWORD not in page.text
    assert f'value="{front_desk.email}"' in page.text
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.address) == ("sign_in.locked", STRANGER)
    with later(2):
        assert is_in(sign_in(client, front_desk.email, at=STRANGER))


def test_waits_grow_to_a_quarter_of_an_hour_and_are_forgotten_after_one(front_desk):
    waits = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(12):
            guess(front_desk.email)
            clock.shift(1)
            try:
                attempt = enter(front_desk.email)
            except TooManyAttempts as refused:
                waits.append(round((refused.retry_at - timezone.now()).total_seconds() / 60))
                clock.shift(refused.retry_at - timezone.now())
            else:
                attempt_counter.strike_out(attempt)
        assert waits[:5] == [1, 2, 4, 8, 15]
        assert max(waits) == 15
        clock.shift(timedelta(hours=1, seconds=1))
        for _ in range(5):
            enter(front_desk.email)


def enter(account, *, step=attempts.Step.PASSWORD, at=STRANGER):
    return attempts.enter(step=step, account=account, request=RequestFactory().post("/", REMOTE_ADDR=at))


def test_refused_tries_do_not_lengthen_the_wait(front_desk):
    guess(front_desk.email, times=50)
    assert SignInAttempt.objects.count() == 5
    with later(1.1):
        assert is_in(sign_in(Client(), front_desk.email, at=STRANGER))


def test_old_tries_are_forgotten_by_the_daily_command(front_desk):
    guess(front_desk.email, times=3)
    assert attempt_counter.forget_old(SignInAttempt) == 0
    with later(61):
        assert attempt_counter.forget_old(SignInAttempt) == 3
    assert not SignInAttempt.objects.exists()


def test_success_leaves_no_attempt_and_keeps_the_failures(client, front_desk):
    guess(front_desk.email, at=DESK, times=3)
    assert is_in(sign_in(client, front_desk.email))
    assert SignInAttempt.objects.count() == 3


def test_a_stranger_elsewhere_does_not_lock_a_colleague_out(client, front_desk):
    """Any number of guesses from any number of addresses does not affect her own desk."""
    assert is_in(sign_in(client, front_desk.email))
    client.post(reverse("account_logout"))
    for number in range(40):
        guess(front_desk.email, at=f"203.0.113.{number}")
    assert WAIT in sign_in(Client(), front_desk.email, at="198.51.100.9").text  # an unknown place: slowed
    assert is_in(sign_in(client, front_desk.email))  # her device
    assert is_in(sign_in(Client(), front_desk.email))  # another browser at an address she signs in from


def test_a_stranger_in_the_waiting_room_does_not_lock_a_colleague_out(client, front_desk):
    """The stranger has the same address as the desk: the practice has only one."""
    assert is_in(sign_in(client, front_desk.email))
    client.post(reverse("account_logout"))
    guess(front_desk.email, at=DESK, times=30)
    for number in range(40):
        guess(f"nobody{number}@mail.example", at=DESK)
    assert WAIT in sign_in(Client(), front_desk.email).text
    assert is_in(sign_in(client, front_desk.email))


def test_a_known_device_is_limited_by_its_own_failures_only(client, front_desk, clinician):
    sign_in(client, front_desk.email)
    client.post(reverse("account_logout"))
    for number in range(5):
        sign_in(client, front_desk.email, f"wrong {number}")
    assert WAIT in sign_in(client, front_desk.email).text
    assert is_in(sign_in(client, clinician.email))
    with later(2):
        client.post(reverse("account_logout"))
        assert is_in(sign_in(client, front_desk.email))


def test_several_people_share_a_known_device(client, front_desk, clinician):
    for user in (front_desk, clinician):
        sign_in(client, user.email)
        client.post(reverse("account_logout"))
    guess(front_desk.email, at=DESK, times=9)
    guess(clinician.email, at=DESK, times=9)
    assert is_in(sign_in(client, front_desk.email))


@pytest.mark.parametrize("forged", ["", "x", "eyJuYW1lIjogIngiLCAidXNlcnMiOiBbMV19:1abc:signature", "\x00"])
def test_a_forged_device_counts_for_nothing(client, front_desk, forged):
    guess(front_desk.email, at=DESK, times=5)
    client.cookies[settings.DEVICE_COOKIE_NAME] = forged
    assert WAIT in sign_in(client, front_desk.email).text


def test_the_device_s_cookie_is_kept_from_scripts_and_lets_nobody_in(client, front_desk):
    sign_in(client, front_desk.email)
    cookie = client.cookies[settings.DEVICE_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    thief = Client()
    thief.cookies[settings.DEVICE_COOKIE_NAME] = cookie.value
    assert steps.outcome(thief.get(PATIENTS)) == "sign in"


def test_trying_a_list_of_e_mails_from_one_address_is_limited(db, front_desk):
    for number in range(30):
        guess(f"nobody{number}@mail.example")
    assert WAIT in guess("nobody@mail.example").text
    assert WAIT in sign_in(Client(), front_desk.email, at=STRANGER).text
    assert is_in(sign_in(Client(), front_desk.email, at=DESK))


def test_unknown_e_mails_wait_like_known_ones(db, front_desk):
    def answers(email):
        page = guess(email, times=5).text
        return WAIT in page, WAIT in guess(email).text

    assert answers("nobody@mail.example") == answers(front_desk.email) == (False, True)


def test_an_unknown_e_mail_costs_as_many_queries_as_a_wrong_password(front_desk):
    client = Client()
    sign_in(client, front_desk.email, "wrong")  # the first of a process looks up more
    known = steps.queries(lambda: sign_in(client, front_desk.email, "wrong"))
    assert steps.queries(lambda: sign_in(client, "nobody@mail.example", "wrong")) == known


def test_the_e_mail_typed_is_not_kept(db):
    guess("my secret, typed into the wrong field")
    guess("secret@mail.example")
    for attempt in SignInAttempt.objects.values():
        assert "secret" not in str(attempt)


@pytest.mark.usefixtures("transactional_db")
def test_many_at_once_do_not_get_around_the_limit():
    def attempt(_number):
        try:
            enter("dana@sunnyside.example")
        except TooManyAttempts:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        looked_at = sum(pool.map(attempt, range(40)))
    assert 5 <= looked_at <= 12  # those under way at the same moment may not see each other yet


def test_codes_are_limited_and_the_password_alone_does_not_help(client, front_desk):
    kept = codes.app_of(front_desk)
    page = reverse("mfa_authenticate")
    assert sign_in(client, front_desk.email).headers["Location"] == page
    for _ in range(5):
        assert "Incorrect code." in client.post(page, {"code": codes.wrong()}, REMOTE_ADDR=DESK).text
    assert WAIT in client.post(page, {"code": codes.code()}, REMOTE_ADDR=DESK).text
    assert WAIT in client.post(page, {"code": kept[0]}, REMOTE_ADDR=DESK).text
    assert steps.outcome(client.get(PATIENTS)) == "sign in"
    assert [action for action, _patient in steps.trail()] == ["sign_in.failed"] * 5 + ["sign_in.locked"] * 2
    with later(2):
        assert is_in(client.post(page, {"code": codes.code()}, REMOTE_ADDR=DESK))


def test_asking_for_links_is_limited_with_the_same_answer_for_everybody(client, front_desk, mailoutbox):
    url = reverse("account_reset_password")
    for email in (front_desk.email, "nobody@mail.example"):
        answers = [client.post(url, {"email": email}) for _ in range(7)]
        assert [answer.status_code for answer in answers] == [302] * 5 + [200] * 2
        assert WAIT in answers[-1].text
    assert len(mailoutbox) == 10


def test_an_ipv6_line_counts_as_one_address_however_many_it_has(front_desk):
    for number in range(attempts.Limits().address):
        guess(f"nobody{number}@mail.example", at=f"2001:db8:1:2::{number:x}")
    assert WAIT in guess("somebody@mail.example", at="2001:db8:1:2:ffff::1").text
    assert WAIT not in guess("somebody@mail.example", at="2001:db8:1:3::1").text


def test_an_ipv6_line_from_which_somebody_signed_in_is_known_under_its_next_address(front_desk):
    assert is_in(sign_in(Client(), front_desk.email, at="2001:db8:1:2::1"))
    for number in range(attempts.Limits().account):
        guess(front_desk.email, at=f"198.51.100.{number}")
    assert WAIT in sign_in(Client(), front_desk.email, at="2001:db8:9:9::1").text
    assert is_in(sign_in(Client(), front_desk.email, at="2001:db8:1:2::99"))
