"""The last step of registration: the account."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEvent
from patients.models import FamilyContact
from portal import registration
from portal.models import Account, Pin, Registration
from portal.refusals import NotProven
from portal.signup.proof import LASTS
from practice.models import Practice
from tests import people
from tests.portal import steps

URL = reverse("signup:register_account")
CHILDREN = reverse("family:children")
START_AGAIN = "Please start with your PIN."
SIGN_IN = {"email": "ana@mail.example", "password": steps.PASSWORD}


def unspent():
    return Pin.objects.filter(state="active").count()


def test_account_is_made_and_opens_my_children(parent, rivera):
    answer = parent.post(URL, SIGN_IN, follow=True)
    assert answer.redirect_chain == [(CHILDREN, 302)]
    assert "Mateo" in answer.text
    account = Account.objects.get()
    assert (account.contact, account.user.email, account.user.kind) == (rivera.ana, "ana@mail.example", "family")
    lines = AuditEvent.objects.filter(user=account.user).order_by("pk").values_list("action", flat=True)
    assert list(lines) == ["pin.redeemed", "sign_in.succeeded", *["children.viewed"] * 2]


def test_who_has_just_chosen_a_password_is_not_asked_for_it(parent):
    parent.post(URL, SIGN_IN)
    assert parent.get(reverse("family_account:change_email")).status_code == 200


def test_account_gets_a_new_session(parent):
    before = parent.session.session_key
    parent.post(URL, SIGN_IN)
    assert parent.session.session_key != before
    assert "proven_pins" not in parent.session


def test_account_names_guardian_and_children(parent):
    page = parent.get(URL).text
    assert "You are Ana Rivera." in page
    assert "Mateo" in page
    assert "Sofia" not in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"email": ""}, "Type your e-mail."),
        ({"email": "ana"}, "Check your e-mail. It should look like name@example.com."),
        ({"email": "a\0@mail.example"}, "Null characters are not allowed."),
        ({"password": ""}, "Choose a password."),
        ({"password": "too short"}, "at least 15 characters"),
        ({"password": "ana@mail.example"}, "Do not use your e-mail in it."),
        ({"password": "x" * 257}, "at most 256 characters"),
    ],
)
def test_account_says_what_is_wrong_and_spends_nothing(parent, changes, message):
    page = parent.post(URL, {**SIGN_IN, **changes})
    assert page.status_code == 200
    assert message in page.text
    assert not re.search(r'<input type="password"[^>]* value=', page.text)
    assert (unspent(), Account.objects.count()) == (2, 0)


def test_account_with_nothing_sent_asks_again(parent):
    assert "Choose a password." in parent.post(URL).text
    assert unspent() == 2


def test_account_with_an_email_that_has_a_sign_in_loses_nothing(parent, front_desk):
    page = parent.post(URL, {**SIGN_IN, "email": front_desk.email.upper()})
    assert "We cannot make an account with this e-mail." in page.text
    assert (unspent(), Account.objects.count()) == (2, 0)


def test_account_ignores_extra_fields(parent, rivera):
    parent.post(
        URL,
        {**SIGN_IN, "is_staff": "1", "kind": "staff", "role": "administrator", "patient": rivera.sofia.pk}
        | {"contact": rivera.luis.pk, "status": "removed", "expires_at": "2999-01-01", "is_active": ""},
    )
    user = User.objects.get(email="ana@mail.example")
    assert (user.kind, user.is_active, user.account.contact) == ("family", True, rivera.ana)
    assert list(Registration.objects.order_by("pk").values_list("status", flat=True)) == ["registered", "pending"]


def test_account_of_the_guardian_signs_in_and_adds_the_child(by, sheet, sofia, rivera, client):
    mother = people.signed_in(steps.registered(by, rivera.link(rivera.ana, rivera.mateo)))
    steps.prove(client, sheet["Sofia"], rivera.sofia)
    steps.confirm(client)
    assert "Sign in to add these children." in client.get(URL).text
    client.post(URL, {**SIGN_IN, "email": "second@mail.example"})
    assert Account.objects.count() == 1
    steps.prove(mother, sheet["Sofia"], rivera.sofia)
    assert "will be added to your account parent@mail.example" in mother.get(URL).text
    assert mother.post(URL).headers["Location"] == CHILDREN
    assert Registration.objects.filter(status="registered").count() == 2


@pytest.mark.parametrize("who", ["another contact", "a family without contact", "staff"])
def test_account_of_somebody_else_cannot_use_the_pin(by, sheet, stranger, rivera, front_desk, family_user, who):
    users = {"a family without contact": family_user, "staff": front_desk}
    client = people.signed_in(users.get(who) or steps.registered(by, stranger))
    steps.prove(client, sheet["Mateo"], rivera.mateo)
    for page in (client.get(URL), client.post(URL)):
        assert page.status_code == 403
        assert "These PINs are for someone else" in page.text
    assert unspent() == 2


def test_account_without_a_proof_starts_with_the_pin(client, sheet):
    for page in (client.get(URL), client.post(URL, SIGN_IN)):
        assert START_AGAIN in page.text
    assert not Account.objects.exists()


def test_account_an_hour_after_the_proof_starts_with_the_pin(parent):
    with time_machine.travel(timezone.now() + LASTS):
        assert START_AGAIN in parent.post(URL, SIGN_IN).text
    assert not Account.objects.exists()


def test_account_typed_too_late_is_told_that_nothing_was_saved(parent):
    with time_machine.travel(timezone.now() + LASTS):
        page = parent.post(URL, SIGN_IN)
    assert "It took too long, so nothing you typed was saved." in page.text
    assert START_AGAIN in page.text
    assert not Account.objects.exists()


def test_account_says_which_pin_ended_meanwhile_and_keeps_the_other(parent, by, sheet, mateo, rivera):
    steps.prove(parent, sheet["Sofia"], rivera.sofia)
    registration.revoke(family_contact=mateo, reason="Sheet lost", by=by)
    page = parent.post(URL, SIGN_IN)
    assert page.status_code == 409
    assert "The PIN for Mateo stopped working" in page.text
    assert "Sheet lost" not in page.text
    assert not Account.objects.exists()
    parent.post(URL, SIGN_IN)
    assert Registration.objects.get(status="registered").family_contact.patient == rivera.sofia


def test_a_teen_adds_nothing_to_an_account_whose_e_mail_a_parent_has(by, rivera):
    rivera.mateo.birth_date = people.years_ago(15)
    rivera.mateo.save()
    teen = people.contact("Mateo", "Rivera")
    link = people.link(teen, rivera.mateo, role="self", authority="none")
    pin = steps.printed(by, link)["Mateo"]
    user = people.family_user("shared@mail.example")
    Account.objects.create(user=user, contact=teen)
    rivera.ana.email = user.email.upper()
    rivera.ana.save()
    client = people.signed_in(user)
    steps.prove(client, pin, rivera.mateo)
    assert "Someone else" not in client.get(URL).text
    page = client.post(URL)
    assert (page.status_code, unspent()) == (403, 1)
    assert "Someone else in your family has this e-mail." in page.text
    assert AuditEvent.objects.filter(action="pin.refused").latest("pk").detail["verdict"] == "email_not_usable"
    User.objects.filter(pk=user.pk).update(email="mateo@mail.example")
    assert client.post(URL).headers["Location"] == CHILDREN


def test_account_says_when_the_pin_was_used_before(parent, sheet, rivera):
    other = Client()
    steps.prove(other, sheet["Mateo"], rivera.mateo)
    parent.post(URL, SIGN_IN)
    page = other.post(URL, {**SIGN_IN, "email": "late@mail.example"})
    assert page.status_code == 409
    assert "It was already used on" in page.text
    assert not User.objects.filter(email="late@mail.example").exists()


def test_account_whose_answer_was_lost_says_that_it_is_done(parent, sheet, rivera):
    """The same click again with the earlier session, as after a lost connection."""
    steps.prove(parent, sheet["Sofia"], rivera.sofia)
    before = dict(parent.session)
    parent.post(URL, SIGN_IN)
    again = Client()
    session = again.session
    session.update({key: before[key] for key in ("proven_pins", "proven_births", "proven_since")})
    session.save()
    again.cookies["sessionid"] = session.session_key
    page = again.post(URL, SIGN_IN)
    assert (page.status_code, Account.objects.count()) == (409, 1)
    assert "The PIN for Mateo and Sofia was used already" in page.text
    assert "sign in to see Mateo and Sofia" in page.text


# --- After the last click -------------------------------------------------------------------------

UNUSED = "nothing was used up"
STEPS = [reverse(f"signup:register_{name}") for name in ("account", "siblings", "you", "email", "another")]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("url", STEPS)
def test_a_browser_whose_answer_was_lost_is_told_that_it_worked(parent, rivera, url, method):
    """The browser still has its old cookies. It sends the form again, goes back, or opens the page again."""
    earlier = parent.cookies["sessionid"].value
    parent.post(URL, SIGN_IN)
    again = Client()
    again.cookies["sessionid"] = earlier
    page = getattr(again, method)(url, SIGN_IN)
    assert "It worked: your PINs were used, and your account is ready." in page.text
    assert reverse("account_login") in page.text
    assert UNUSED not in page.text
    # It knows nothing more, and cannot do anything more.
    assert "Mateo" not in page.text
    assert again.get(CHILDREN).headers["Location"].startswith(reverse("account_login"))
    assert set(Session.objects.get(session_key=earlier).get_decoded()) <= {"registration_done"}
    assert Account.objects.count() == 1
    assert "It worked" in again.get(reverse("signup:register")).text


@pytest.mark.parametrize("url", STEPS)
def test_going_back_from_my_children_says_that_they_are_registered(parent, url):
    parent.get(URL)
    old = {**SIGN_IN, "csrfmiddlewaretoken": parent.cookies["csrftoken"].value}
    parent.post(URL, SIGN_IN)
    parent.handler.enforce_csrf_checks = True
    for page, status in ((parent.get(url), 200), (parent.post(url, old), 403)):
        assert (page.status_code, "All done: your children are registered" in page.text) == (status, True)
        assert f'href="{CHILDREN}"' in page.text
        assert UNUSED not in page.text
        assert "open too long" not in page.text


def test_adding_to_an_account_twice_says_that_it_is_done_until_another_pin_is_proven(by, sheet, sofia, rivera):
    mother = people.signed_in(steps.registered(by, rivera.link(rivera.ana, rivera.mateo)))
    steps.prove(mother, sheet["Sofia"], rivera.sofia)
    assert mother.post(URL).headers["Location"] == CHILDREN
    assert "All done" in mother.post(URL).text
    link = rivera.link(rivera.ana, rivera.mateo)
    registration.leave(family_contact=link, by=by)
    steps.prove(mother, steps.issued(by, link)["Mateo"], rivera.mateo)
    mother.post(reverse("signup:register_start_over"))
    assert "All done" not in mother.get(URL).text


def test_a_stranger_is_told_neither_that_pins_were_used_nor_that_they_were_not(client, parent):
    parent.post(URL, SIGN_IN)
    for page in (client.get(URL), client.post(URL, SIGN_IN), client.get(reverse("signup:register"))):
        assert UNUSED not in page.text
        assert "It worked" not in page.text
    assert "Did you press Finish before?" in client.get(URL).text


def test_an_hour_later_a_pin_that_ended_is_not_said_to_work(parent, by, mateo):
    registration.revoke(family_contact=mateo, reason="Sheet lost", by=by)
    with time_machine.travel(timezone.now() + LASTS):
        page = parent.get(URL)
    assert START_AGAIN in page.text
    assert UNUSED not in page.text


def test_account_signed_in_with_used_pins_goes_on_to_the_children(parent, sheet, rivera):
    other = Client()
    steps.prove(other, sheet["Mateo"], rivera.mateo)
    parent.post(URL, SIGN_IN)
    session = dict(other.session)
    other.force_login(User.objects.get(email=SIGN_IN["email"]))
    kept = other.session
    kept.update({key: session[key] for key in ("proven_pins", "proven_births", "proven_since")})
    kept.save()
    assert other.get(URL).headers["Location"] == CHILDREN


def test_account_open_for_everybody(db):
    assert steps.allowed_roles("get", URL) == steps.EVERYBODY


def test_account_other_methods(parent):
    assert steps.refused_methods(parent, URL) == {"put", "patch", "delete"}


def test_account_queries_do_not_grow_with_the_children(parent, sheet, rivera):
    with_one = steps.queries(lambda: parent.get(URL))
    steps.prove(parent, sheet["Sofia"], rivera.sofia)
    assert "Sofia" in parent.get(URL).text
    assert steps.queries(lambda: parent.get(URL)) == with_one


def test_nobody_asks_with_one_pin_who_else_has_a_sign_in_here(parent, front_desk):
    """After some refused e-mails, all e-mails are refused in the same words."""
    taken = {"email": front_desk.email, "password": steps.PASSWORD}
    refusal = "We cannot make an account with this e-mail."
    assert all(refusal in parent.post(URL, taken).text for _ in range(10))
    assert refusal in parent.post(URL, SIGN_IN).text
    assert not Account.objects.exists()
    assert unspent() > 0


def test_a_few_refused_emails_do_not_matter(parent, front_desk):
    for _ in range(9):
        parent.post(URL, {"email": front_desk.email, "password": steps.PASSWORD})
    assert parent.post(URL, SIGN_IN).headers["Location"] == CHILDREN


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("expired", "It was good only until the date on the sheet."),
        ("locked", "Somebody typed a wrong birth date too many times."),
        ("superseded", "The practice has printed a newer sheet."),
        ("revoked", "The practice has ended it."),
        ("blocked", "The practice must check something in its records first."),
    ],
)
@pytest.mark.parametrize("page", ["siblings", "you", "email", "account"])
def test_a_proven_pin_that_ended_is_said_at_every_step_with_its_reason_and_the_phone(
    proven, by, mateo, rivera, why, words, page
):
    Practice.objects.create(pk=1, phone="(614) 555-0100")
    ended = timezone.now() - timedelta(seconds=1)
    pin = Pin.objects.filter(registration__family_contact=mateo)
    {
        "expired": lambda: pin.update(issued_at=ended - timedelta(days=1), expires_at=ended),
        "locked": lambda: lock(pin.get()),
        "superseded": lambda: registration.reissue(family_contact=mateo, by=by),
        "revoked": lambda: registration.revoke(family_contact=mateo, reason="Sheet lost", by=by),
        "blocked": lambda: FamilyContact.objects.filter(pk=mateo.pk).update(authority="none"),
    }[why]()
    before = AuditEvent.objects.count()
    answer = proven.get(reverse(f"signup:register_{page}"))
    assert (answer.status_code, words in answer.text) == (409, True)
    assert 'href="tel:6145550100"' in answer.text
    assert AuditEvent.objects.count() == before + 1
    assert AuditEvent.objects.latest("pk").detail["verdict"] == f"not_redeemable: {why}"


def lock(pin):
    for _ in range(5):
        with pytest.raises(NotProven):
            registration.prove_sibling(sibling=pin, birth_date=date(2001, 1, 1), by=steps.PARENT)
