"""Signing in and out, by e-mail and password."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from practice.models import AuditEvent, User
from tests import people

URL = reverse("account_login")
CHILDREN = reverse("portal:children")
PATIENTS = reverse("patients:search")
ELSEWHERE = [
    "//evil.example",
    "/\\evil",
    "https:evil",
    "https://evil.example/",
    "///evil.example",
    "javascript:alert(1)",
]


def sign_in(client, user, password=people.PASSWORD, **more):
    return client.post(URL, {"login": user.email, "password": password, **more})


def lines():
    return list(AuditEvent.objects.order_by("pk").values_list("action", "user", "address"))


def test_staff_land_on_the_patients(client, front_desk):
    answer = client.post(URL, {"login": front_desk.email, "password": people.PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/", 302), (PATIENTS, 302)]
    assert lines() == [("sign_in.succeeded", front_desk.pk, "127.0.0.1")]


def test_a_family_lands_on_my_children(client, family_user):
    answer = client.post(URL, {"login": family_user.email, "password": people.PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/", 302), (CHILDREN, 302)]
    assert lines() == [("sign_in.succeeded", family_user.pk, "127.0.0.1")]


def test_the_email_is_taken_in_any_case(client, front_desk):
    front_desk.email = front_desk.email.upper()
    assert sign_in(client, front_desk).headers["Location"] == "/"


def test_a_wrong_password_is_told_and_leaves_one_line_without_what_was_typed(client, front_desk):
    page = sign_in(client, front_desk, "not the password")
    assert page.status_code == 200
    assert 'role="alert"' in page.text
    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.patient_id) == ("sign_in.failed", None, None)
    written = str([getattr(event, field.attname) for field in event._meta.fields])
    assert front_desk.email not in written
    assert "not the password" not in written


def test_an_unknown_email_gets_the_same_answer_as_a_wrong_password(client, front_desk):
    known = sign_in(client, front_desk, "not the password").text
    unknown = sign_in(client, User(email="nobody@mail.example"), "not the password").text
    same = [
        re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page).replace(email, "")
        for page, email in [(known, front_desk.email), (unknown, "nobody@mail.example")]
    ]
    assert same[0] == same[1]
    assert [line[0] for line in lines()] == ["sign_in.failed"] * 2


def test_an_inactive_user_does_not_get_in(client, front_desk):
    User.objects.filter(pk=front_desk.pk).update(is_active=False)
    sign_in(client, front_desk)
    assert client.get(PATIENTS).headers["Location"] == f"{URL}?next={PATIENTS}"


@pytest.mark.parametrize("evil", ELSEWHERE)
def test_next_stays_here(client, front_desk, evil):
    assert sign_in(client, front_desk, next=evil).headers["Location"] == "/"


@pytest.mark.parametrize("evil", ELSEWHERE)
def test_next_in_the_address_stays_here_too(client, as_front_desk, front_desk, evil):
    assert as_front_desk.get(URL, {"next": evil}).headers["Location"] == "/"
    answer = client.post(URL, {"login": front_desk.email, "password": people.PASSWORD}, query_params={"next": evil})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("evil", ELSEWHERE)
def test_next_after_signing_out_stays_here(as_front_desk, evil):
    assert as_front_desk.post(reverse("account_logout"), {"next": evil}).headers["Location"] == URL


@pytest.mark.parametrize("evil", ELSEWHERE)
def test_next_of_the_language_switch_stays_here(client, db, evil):
    assert client.post(reverse("set_language"), {"language": "es", "next": evil}).headers["Location"] == "/"


def test_next_leads_to_a_page_of_ours(client, front_desk, rivera):
    chart = reverse("patients:chart", args=[rivera.mateo.pk])
    assert client.get(chart).headers["Location"] == f"{URL}?next={chart}"
    assert sign_in(client, front_desk, next=chart).headers["Location"] == chart


def test_sign_out_ends_the_session_and_leaves_one_line(as_front_desk, front_desk):
    answer = as_front_desk.post(reverse("account_logout"))
    assert answer.headers["Location"] == URL
    assert lines() == [("sign_in.ended", front_desk.pk, "127.0.0.1")]
    assert as_front_desk.get(PATIENTS).status_code == 302


def test_sign_out_by_get_only_asks(as_front_desk):
    assert as_front_desk.get(reverse("account_logout")).status_code == 200
    assert as_front_desk.get(PATIENTS).status_code == 200
    assert lines() == []


def test_a_session_s_cookie_is_worth_nothing_after_signing_out(as_front_desk):
    cookie = as_front_desk.cookies[settings.SESSION_COOKIE_NAME].value
    as_front_desk.post(reverse("account_logout"))
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert thief.get(PATIENTS).status_code == 302


def test_signing_in_gives_the_session_a_new_name(client, front_desk):
    session = client.session
    session["chosen"] = "by an attacker"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    sign_in(client, front_desk)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != session.session_key


def test_a_user_made_inactive_is_out_with_the_next_request(as_front_desk, front_desk):
    assert as_front_desk.get(PATIENTS).status_code == 200
    User.objects.filter(pk=front_desk.pk).update(is_active=False)
    assert as_front_desk.get(PATIENTS).headers["Location"] == f"{URL}?next={PATIENTS}"


def test_public_sign_up_is_closed(client, db):
    new = {"email": "new@mail.example", "password1": people.PASSWORD}
    for page in (client.get(reverse("account_signup")), client.post(reverse("account_signup"), new)):
        assert page.status_code == 200
        assert "account/signup_closed.html" in [template.name for template in page.templates]
    assert not User.objects.exists()


def ask_for_a_new_password(client, email):
    forged = {"host": "localhost", "x-forwarded-host": "evil.example"}
    answer = client.post(reverse("account_reset_password"), {"email": email}, headers=forged)
    assert answer.headers["Location"] == reverse("account_reset_password_done")


def test_the_password_reset_mail_carries_the_configured_address(client, front_desk, mailoutbox):
    ask_for_a_new_password(client, front_desk.email)
    (mail,) = mailoutbox
    assert f"{settings.PORTAL_URL}/accounts/password/reset/key/" in mail.body
    assert "localhost" not in mail.subject + mail.body
    assert "evil" not in mail.subject + mail.body


def test_a_password_reset_nobody_can_have_leads_to_the_registration_page(client, db, mailoutbox):
    """The answer does not tell a stranger who has a sign-in; the mail tells the address's owner."""
    ask_for_a_new_password(client, "nobody@mail.example")
    (mail,) = mailoutbox
    assert f"{settings.PORTAL_URL}{reverse('portal:register')}" in mail.body
    assert reverse("account_signup") not in mail.body
    assert "localhost" not in mail.subject + mail.body
