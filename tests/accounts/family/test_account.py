"""A family's own account: confirming and changing its e-mail, its other settings, and the mails about changes."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.family import email_addresses
from accounts.models import EmailCode, SignInAttempt, User
from audit.models import AuditEvent
from audit.trail import Actor
from tests import people
from tests.accounts.factors import codes
from tests.portal import steps

pytestmark = pytest.mark.postgres

ACCOUNT, CONFIRM, CHANGE, SEND, KEEP = (
    reverse(f"family_account:{name}")
    for name in ("account", "confirm_email", "change_email", "send_email_code", "keep_email")
)
RESET = reverse("account_reset_password")
CHILDREN = reverse("family:children")
NEW = "new@mail.example"
NOT_USABLE = "You cannot use this e-mail here."


@pytest.fixture(autouse=True)
def mails(settings):
    settings.WRITES_TO_FAMILIES = True


@pytest.fixture
def post(django_capture_on_commit_callbacks):
    """Post, and send the mails that wait for the commit."""

    def posting(client, url, **values):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(url, values)

    return posting


def by_password(user):
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": people.PASSWORD})
    return client


def code_in(mail):
    return re.search(r"^\d{6}$", mail.body, re.MULTILINE)[0]


def other_than(code):
    return f"{(int(code) + 1) % 10**6:06}"


def actions():
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def is_confirmed(user):
    return EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()


# --- Confirmed -----------------------------------------------------------------------------------


def test_an_address_is_confirmed_by_the_code_that_was_mailed(family_user, post, mailoutbox):
    client = by_password(family_user)
    assert "Please confirm your e-mail" in client.get(CHILDREN).text
    assert post(client, SEND).headers["Location"] == CONFIRM
    assert mailoutbox[0].to == [family_user.email]
    assert 'We sent a code to <bdi class="unbroken" dir="ltr">s…@mail.example</bdi>. ' in client.get(CHILDREN).text
    code = code_in(mailoutbox[0])
    assert post(client, CONFIRM, code=f"{code[:3]} {code[3:]}").headers["Location"] == ACCOUNT
    assert is_confirmed(family_user)
    assert "Confirmed" in client.get(ACCOUNT).text
    assert "ask-email" not in client.get(CHILDREN).text
    assert actions()[1:] == ["email.code_sent", "email.confirmed"]
    assert post(client, CONFIRM, code=code).headers["Location"] == ACCOUNT  # nothing is left to confirm


def test_the_code_outlives_the_session_and_is_never_stored_in_plain_text(family_user, post, mailoutbox):
    post(by_password(family_user), SEND)
    code = code_in(mailoutbox[0])
    kept = str(list(EmailCode.objects.values())) + str([each.get_decoded() for each in Session.objects.all()])
    assert code not in kept + str(list(AuditEvent.objects.values_list("detail")))
    post(by_password(family_user), CONFIRM, code=code)
    assert is_confirmed(family_user)


def test_a_code_has_five_tries_over_all_sessions(family_user, post, mailoutbox):
    post(by_password(family_user), SEND)
    code = code_in(mailoutbox[0])
    for number in range(5):
        page = post(by_password(family_user), CONFIRM, code=other_than(code))
        assert ("not the code" in page.text) == (number < 4)
    assert post(by_password(family_user), CONFIRM, code=code).status_code == 200
    assert not is_confirmed(family_user)
    assert actions().count("email.code_wrong") == 5


def test_wrong_codes_are_limited_over_all_codes(family_user, post, mailoutbox):
    client = by_password(family_user)
    for _ in range(5):
        email_addresses.send_code(user=family_user, email=family_user.email, by=Actor(None, "192.0.2.1"))
        page = post(client, CONFIRM, code="000000")
    page = post(client, CONFIRM, code="000000")
    assert "too many tries" in page.text
    assert EmailCode.objects.get().wrong == 1  # the last try was not looked at


def test_a_code_expires_after_a_day(family_user, post, mailoutbox):
    client = by_password(family_user)
    post(client, SEND)
    EmailCode.objects.update(sent_at=timezone.now() - timedelta(hours=24))
    post(client, CONFIRM, code=code_in(mailoutbox[0]))
    assert not is_confirmed(family_user)


def test_only_the_last_code_works_and_only_for_its_user(family_user, post, mailoutbox):
    client, other = by_password(family_user), people.family_user("other@mail.example")
    post(client, SEND)
    post(client, SEND)
    first, second = map(code_in, mailoutbox)
    others = by_password(other)
    post(others, SEND)
    if first != second:
        assert post(client, CONFIRM, code=first).status_code == 200
    if code_in(mailoutbox[2]) != second:
        assert post(others, CONFIRM, code=second).status_code == 200
    post(client, CONFIRM, code=second)
    assert (is_confirmed(family_user), is_confirmed(other)) == (True, False)


def test_mails_with_codes_are_limited_in_the_database(family_user, post, mailoutbox):
    for _ in range(7):
        page = post(by_password(family_user), SEND)
    assert len(mailoutbox) == 5
    assert SignInAttempt.objects.filter(step="mail").count() == 5
    assert page.headers["Location"] == CONFIRM


def test_without_a_mail_server_no_code_is_promised(family_user, post, mailoutbox, settings):
    settings.WRITES_TO_FAMILIES = False
    client = by_password(family_user)
    for page in (CHILDREN, ACCOUNT, CHANGE):
        text = client.get(page).text
        assert not re.search(r"[Ss]end|confirm", re.search(r"<main.*</main>", text, re.DOTALL)[0])
    post(client, SEND)
    post(client, CHANGE, email=NEW)
    assert (mailoutbox, EmailCode.objects.count()) == ([], 0)


# --- Changed -------------------------------------------------------------------------------------


def test_a_new_address_replaces_the_old_one_when_its_code_is_typed_and_the_old_one_is_notified(
    family_user, post, mailoutbox
):
    old, client = family_user.email, by_password(family_user)
    EmailAddress.objects.create(user=family_user, email=old, verified=True, primary=True)
    assert post(client, CHANGE, email=NEW).headers["Location"] == CONFIRM
    family_user.refresh_from_db()
    assert (family_user.email, mailoutbox[0].to) == (old, [NEW])
    post(client, CONFIRM, code=code_in(mailoutbox[0]))
    family_user.refresh_from_db()
    assert (family_user.email, is_confirmed(family_user)) == (NEW, True)
    assert mailoutbox[1].to == [old]
    assert "e-mail of your account was changed" in mailoutbox[1].body
    assert actions()[-1] == "email.changed"
    assert by_password(family_user).get(CHILDREN).status_code == 200


def test_an_unconfirmed_old_address_is_not_notified(family_user, post, mailoutbox):
    client = by_password(family_user)
    post(client, CHANGE, email=NEW)
    post(client, CONFIRM, code=code_in(mailoutbox[0]))
    assert [mail.to for mail in mailoutbox] == [[NEW]]


def test_an_address_with_a_sign_in_is_refused_in_the_words_for_any(family_user, front_desk, post, mailoutbox):
    client = by_password(family_user)
    assert NOT_USABLE in post(client, CHANGE, email=front_desk.email.upper()).text
    assert not mailoutbox
    for _ in range(6):
        page = post(client, CHANGE, email=front_desk.email)
    assert "too many tries" in page.text  # nobody goes through a list
    assert EmailCode.objects.count() == 0


def test_an_address_that_got_a_sign_in_meanwhile_is_refused_at_the_end(family_user, post, mailoutbox):
    client = by_password(family_user)
    post(client, CHANGE, email=NEW)
    people.family_user(NEW)
    assert NOT_USABLE in post(client, CONFIRM, code=code_in(mailoutbox[0])).text
    family_user.refresh_from_db()
    assert family_user.email != NEW


def test_a_change_can_be_canceled(family_user, post, mailoutbox):
    client = by_password(family_user)
    post(client, CHANGE, email=NEW)
    assert 'Keep <bdi class="unbroken" dir="ltr">s…@mail.example</bdi>' in client.get(CONFIRM).text
    post(client, KEEP)
    assert post(client, CONFIRM, code=code_in(mailoutbox[0])).status_code == 200
    assert User.objects.filter(email=family_user.email).exists()


def test_changing_the_address_asks_for_the_password_again(as_family):
    assert as_family.get(CHANGE).headers["Location"].startswith(reverse("account_reauthenticate"))


def test_a_session_without_the_second_factor_does_not_change_the_address(family_user):
    client = by_password(family_user)
    codes.app_of(family_user)
    for page in (CHANGE, reverse("account_change_password"), reverse("mfa_view_recovery_codes")):
        asked = client.get(page).headers["Location"]
        assert asked == f"{reverse('accounts:second_factor')}?next={page}"
        assert client.get(asked).headers["Location"] == f"{reverse('mfa_reauthenticate')}?next={page}"


def test_after_the_second_factor_the_requested_page_opens(family_user):
    client = by_password(family_user)
    codes.app_of(family_user)
    asked = client.get(client.get(CHANGE).headers["Location"]).headers["Location"]
    assert client.post(asked, {"code": codes.code(), "next": CHANGE}).headers["Location"] == CHANGE
    elsewhere = f"{reverse('accounts:second_factor')}?next=https://evil.example/"
    assert "evil" not in client.get(elsewhere).headers["Location"]


# --- Recovered -----------------------------------------------------------------------------------


def test_only_a_confirmed_address_gets_a_link_and_the_page_does_not_reveal_it(family_user, client, post, mailoutbox):
    confirmed = people.family_user("confirmed@mail.example")
    people.confirm_email(confirmed)
    answers = [post(client, RESET, email=email) for email in (confirmed.email, family_user.email, "no@mail.example")]
    assert {answer.headers["Location"] for answer in answers} == {reverse("account_reset_password_done")}
    link, unconfirmed, unknown = [mail.body for mail in mailoutbox]
    assert "/accounts/password/reset/key/" in link
    assert unconfirmed.replace(family_user.email, "") == unknown.replace("no@mail.example", "")
    assert "Call the practice" in unknown
    assert "/accounts/password/reset/key/" not in unconfirmed


# --- Everything else -----------------------------------------------------------------------------


def test_a_family_with_a_second_factor_is_asked_for_it(family_user):
    codes.app_of(family_user)
    client = by_password(family_user)
    assert client.get(CHILDREN).headers["Location"].startswith(reverse("account_login"))
    assert "One more step" in client.get(reverse("mfa_authenticate")).text
    client.post(reverse("mfa_authenticate"), {"code": codes.code()})
    assert client.get(CHILDREN).status_code == 200


def test_changes_are_mailed_to_the_confirmed_address_in_the_user_s_language(family_user, post, mailoutbox):
    people.confirm_email(family_user)
    client = by_password(family_user)
    client.post(reverse("language"), {"language": "es"})
    new = "Ocho gatos duermen al sol"
    post(client, reverse("account_change_password"), oldpassword=people.PASSWORD, password1=new)
    codes.app_of(family_user)
    assert [mail.to for mail in mailoutbox] == [[family_user.email]]
    assert "Se cambió la contraseña" in mailoutbox[0].body


def test_an_account_without_a_password_can_set_one(family_user, post):
    client = by_password(family_user)
    family_user.set_unusable_password()
    family_user.save()
    client = people.signed_in(family_user)
    assert "Set a password" in client.get(ACCOUNT).text
    assert client.get(reverse("account_change_password")).headers["Location"] == reverse("account_set_password")
    post(client, reverse("account_set_password"), password1="Eight cats sleep in the sun")
    family_user.refresh_from_db()
    assert family_user.has_usable_password()
    assert actions()[-1] == "password.changed"


def test_signing_out_everywhere_ends_all_sessions(family_user):
    here, there = by_password(family_user), by_password(family_user)
    assert here.post(reverse("accounts:sign_out_everywhere")).headers["Location"] == reverse("account_login")
    assert steps.outcome(here.get(CHILDREN)) == steps.outcome(there.get(CHILDREN)) == "sign in"
    assert steps.outcome(Client().post(reverse("accounts:sign_out_everywhere"))) == "sign in"


@pytest.mark.parametrize("url", [ACCOUNT])
def test_roles_and_methods(url, as_family):
    assert steps.allowed_roles("get", url) == {"family"}
    assert steps.refused_methods(as_family, url) == {"post", "put", "patch", "delete"}


def test_a_teen_cannot_use_the_address_of_another_contact(rivera, front_desk, post, mailoutbox):
    teen = people.patient("900001", "Leo", "Rivera", people.years_ago(15))
    own = people.contact("Leo", "Rivera", email="leo@mail.example")
    link = people.link(own, teen, role=people.Role.SELF)
    people.link(rivera.ana, teen)
    user = steps.registered(Actor(front_desk, "192.0.2.10"), link)
    user.set_password(people.PASSWORD)
    user.save()
    client = by_password(user)
    assert NOT_USABLE in post(client, CHANGE, email=rivera.ana.email.upper()).text
    assert post(client, CHANGE, email=NEW).headers["Location"] == CONFIRM
