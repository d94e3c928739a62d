"""Signing in and out, by e-mail and password."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.templatetags.browsers import browser_in_words
from audit.models import AuditEvent
from audit.trail import Actor
from tests import people
from tests.accounts.factors import codes
from tests.portal import steps

pytestmark = pytest.mark.postgres

URL = reverse("account_login")
CHILDREN = reverse("family:children")
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


def test_staff_start_at_the_patient_list(client, front_desk):
    answer = client.post(URL, {"login": front_desk.email, "password": people.PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/", 302), (PATIENTS, 302)]
    assert lines() == [("sign_in.succeeded", front_desk.pk, "127.0.0.1")]


def test_a_family_starts_at_my_children(client, family_user):
    answer = client.post(URL, {"login": family_user.email, "password": people.PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/", 302), (CHILDREN, 302)]
    assert lines() == [("sign_in.succeeded", family_user.pk, "127.0.0.1")]


def test_the_email_is_accepted_in_any_case(client, front_desk):
    front_desk.email = front_desk.email.upper()
    assert sign_in(client, front_desk).headers["Location"] == "/"


def test_a_wrong_password_is_explained_and_recorded_without_what_was_typed(client, front_desk):
    typed = front_desk.email.title()
    page = client.post(URL, {"login": typed, "password": "not the password"})
    assert page.status_code == 200
    assert 'role="alert"' in page.text
    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.patient_id) == ("sign_in.failed", None, None)
    written = str([getattr(event, field.attname) for field in event._meta.fields])
    assert typed not in written
    assert "not the password" not in written
    assert event.names["others"]["user"][str(front_desk.pk)]["email"] == front_desk.email  # as stored, not as typed


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
    assert client.post(reverse("language"), {"language": "es", "next": evil}).headers["Location"] == "/"


def test_next_leads_to_a_page_of_this_site(client, front_desk, rivera):
    chart = reverse("patients:chart", args=[rivera.mateo.pk])
    assert client.get(chart).headers["Location"] == f"{URL}?next={chart}"
    assert sign_in(client, front_desk, next=chart).headers["Location"] == chart


def test_sign_out_ends_the_session_and_is_recorded(as_front_desk, front_desk):
    answer = as_front_desk.post(reverse("account_logout"))
    assert answer.headers["Location"] == URL
    assert lines() == [("sign_in.ended", front_desk.pk, "127.0.0.1")]
    assert as_front_desk.get(PATIENTS).status_code == 302


def test_sign_out_by_get_only_asks(as_front_desk):
    assert as_front_desk.get(reverse("account_logout")).status_code == 200
    assert as_front_desk.get(PATIENTS).status_code == 200
    assert lines() == []


def test_a_session_s_cookie_is_invalid_after_signing_out(as_front_desk):
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


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [("en", "Choose a new password", "The link works once"), ("es", "Elija una contraseña nueva", "una sola vez")],
)
def test_mails_have_our_texts_in_both_languages(client, family_user, mailoutbox, language, subject, words):
    client.cookies["django_language"] = language
    people.confirm_email(family_user)
    client.post(reverse("account_reset_password"), {"email": family_user.email})
    client.post(reverse("account_reset_password"), {"email": "o'neil&co@mail.example"})
    known, unknown = mailoutbox
    assert known.subject.endswith(subject)
    assert words in known.body
    assert "o'neil&co@mail.example" in unknown.body
    assert reverse("signup:register") in unknown.body


def test_the_password_reset_mail_carries_the_configured_address(client, front_desk, mailoutbox):
    ask_for_a_new_password(client, front_desk.email)
    (mail,) = mailoutbox
    assert f"{settings.PORTAL_URL}/accounts/password/reset/key/" in mail.body
    assert "localhost" not in mail.subject + mail.body
    assert "evil" not in mail.subject + mail.body


def test_a_password_reset_for_an_unknown_e_mail_leads_to_the_registration_page(client, db, mailoutbox):
    """The page does not reveal who has a sign-in. The mail tells the owner of the address."""
    ask_for_a_new_password(client, "nobody@mail.example")
    (mail,) = mailoutbox
    assert f"{settings.PORTAL_URL}{reverse('signup:register')}" in mail.body
    assert reverse("account_signup") not in mail.body
    assert "localhost" not in mail.subject + mail.body


def new_password_page(client, mail):
    path = re.search(r"/accounts/password/reset/key/\S+", mail.body)[0]
    return client.get(path, follow=True)


def test_a_password_reset_ends_all_sessions_and_works_once(client, front_desk, as_front_desk, mailoutbox):
    ask_for_a_new_password(client, front_desk.email)
    form = new_password_page(client, mailoutbox[0])
    chosen = "seven quiet rivers at dawn"
    done = client.post(form.request["PATH_INFO"], {"password1": chosen}, follow=True)
    assert "Your new password is set" in done.text
    assert as_front_desk.get(PATIENTS).headers["Location"].startswith(URL)
    assert client.get(PATIENTS).headers["Location"].startswith(URL)  # anyone with the mail can still sign in
    assert "This link does not work any more." in new_password_page(Client(), mailoutbox[0]).text
    reset, ended = AuditEvent.objects.order_by("pk")
    assert (reset.action, reset.detail) == ("password.reset", {"account": front_desk.pk})
    assert (ended.action, ended.detail) == ("session.ended", {"why": "revoked"})
    assert sign_in(client, front_desk, chosen).headers["Location"] == "/"


def test_without_a_mail_server_no_mail_is_promised(client, db, settings):
    assert client.get(reverse("account_reset_password")).text.count("Send the link") == 1
    settings.IS_PRODUCTION = True  # and EMAIL_URL is not set
    page = client.get(reverse("account_reset_password")).text
    assert "We cannot send e-mail yet. Please ask the practice for help." in page
    assert "Send the link" not in page


def test_a_password_reset_does_not_get_around_the_second_factor(client, front_desk, mailoutbox):
    codes.app_of(front_desk)
    ask_for_a_new_password(client, front_desk.email)
    form = new_password_page(client, mailoutbox[0])
    client.post(form.request["PATH_INFO"], {"password1": "seven quiet rivers at dawn"})
    assert sign_in(client, front_desk, "seven quiet rivers at dawn").headers["Location"] == reverse("mfa_authenticate")


def test_a_password_reset_does_not_enable_a_disabled_sign_in(client, front_desk, mailoutbox):
    User.objects.filter(pk=front_desk.pk).update(is_active=False)
    ask_for_a_new_password(client, front_desk.email)
    assert "/accounts/password/reset/key/" not in mailoutbox[0].body


def test_a_link_made_before_a_sign_in_was_disabled_does_not_work(client, front_desk, mailoutbox):
    ask_for_a_new_password(client, front_desk.email)
    User.objects.filter(pk=front_desk.pk).update(is_active=False)
    form = new_password_page(client, mailoutbox[0])
    client.post(form.request["PATH_INFO"], {"password1": "seven quiet rivers at dawn"})
    sign_in(client, front_desk, "seven quiet rivers at dawn")
    assert client.get(PATIENTS).status_code == 302


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(client, front_desk, as_front_desk):
    sign_in(client, front_desk)
    sent = {"oldpassword": people.PASSWORD, "password1": "seven quiet rivers at dawn"}
    assert client.post(reverse("account_change_password"), sent).status_code == 302
    assert client.get(PATIENTS).status_code == 200
    assert as_front_desk.get(PATIENTS).headers["Location"].startswith(URL)
    assert [line[0] for line in lines()] == ["sign_in.succeeded", "password.changed", "session.ended"]


def test_changing_the_password_needs_the_old_one_and_guesses_count(as_front_desk, front_desk):
    sent = {"oldpassword": "a guess", "password1": "seven quiet rivers at dawn"}
    pages = [as_front_desk.post(reverse("account_change_password"), sent).text for _ in range(6)]
    assert "This is not your current password." in pages[0]
    assert "There were too many tries." in pages[5]
    assert [line[0] for line in lines()] == ["sign_in.failed"] * 5 + ["sign_in.locked"]
    front_desk.refresh_from_db()
    assert front_desk.check_password(people.PASSWORD)


def test_only_the_right_password_learns_that_the_sign_in_is_disabled(client, front_desk):
    User.objects.filter(pk=front_desk.pk).update(is_active=False)
    assert sign_in(client, front_desk).headers["Location"] == reverse("account_inactive")
    assert sign_in(client, front_desk, "wrong").status_code == 200
    events = AuditEvent.objects.order_by("pk")
    assert [(event.action, event.detail.get("reason")) for event in events] == [
        ("sign_in.failed", "disabled"),
        ("sign_in.failed", None),
    ]


def test_signing_out_elsewhere_ends_only_the_user_s_other_sessions(client, front_desk, clinician):
    elsewhere, colleague = Client(), Client()
    for each, user in ((client, front_desk), (elsewhere, front_desk), (colleague, clinician)):
        sign_in(each, user)
    page = client.get(reverse("usersessions_list"))
    assert (len(page.context["sessions"]), clinician.email in page.text) == (2, False)
    client.post(reverse("usersessions_list"))
    assert [each.get(PATIENTS).status_code for each in (client, elsewhere, colleague)] == [200, 302, 200]
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.user, event.detail) == ("sessions.ended", front_desk, {"sessions": 1})


def test_a_family_that_registers_is_on_the_list_of_its_sessions(client, front_desk, rivera):
    link = rivera.link(rivera.ana, rivera.mateo)
    number = steps.issued(Actor(front_desk, "192.0.2.1"), link)["Mateo"]
    steps.prove(client, number, rivera.mateo)
    steps.answer(client)
    client.post(reverse("signup:register_account"), {"email": "ana@mail.example", "password": steps.PASSWORD})
    assert len(client.get(reverse("usersessions_list")).context["sessions"]) == 1
    assert settings.DEVICE_COOKIE_NAME in client.cookies
    assert AuditEvent.objects.get(action="sign_in.succeeded").detail == {"method": "registration"}


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari, iPhone"),
        ("curl/8.0", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_the_browser_of_a_session_in_words(user_agent, words):
    assert browser_in_words(user_agent) == words
