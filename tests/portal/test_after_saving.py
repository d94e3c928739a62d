"""What follows a saved change never turns it into an error: mail, sign-in, notices."""

import logging
import re

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import EmailCode, StaffRecord, User
from audit.models import AuditEvent
from portal.models import Account, Registration
from tests import people
from tests.portal import steps
from tests.portal.office.test_sign_in import sign_in

ACCOUNT, CHILDREN = reverse("signup:register_account"), reverse("family:children")
SIGN_IN = {"email": "ana@mail.example", "password": steps.PASSWORD}


@pytest.fixture
def broken_mail(settings):
    """Every mail fails: a line break in its header. Django refuses to send it."""
    settings.WRITES_TO_FAMILIES = settings.SENDS_MAIL = True
    settings.DEFAULT_FROM_EMAIL = "portal@sunnyside.example\r\nBcc: all@mail.example"


@pytest.fixture
def post(django_capture_on_commit_callbacks):
    """Post, and send the mails that wait for the commit."""

    def posting(client, url, values):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(url, values, follow=True)

    return posting


def test_the_last_click_succeeds_although_the_mail_fails(parent, post, broken_mail, caplog):
    with caplog.at_level(logging.ERROR):
        page = post(parent, ACCOUNT, SIGN_IN)
    assert (page.status_code, "You are registered. Welcome!" in page.text) == (200, True)
    assert page.redirect_chain == [(CHILDREN, 302)]
    assert EmailCode.objects.exists()
    assert "Saved, but then this failed: mail a code" in caplog.text
    assert "ana@mail.example" not in "".join(record.getMessage() for record in caplog.records)


@pytest.mark.postgres
def test_the_last_click_succeeds_although_what_follows_fails(parent, caplog):
    """PostgreSQL stores no NUL, so the session cannot be listed with this browser's name."""
    with caplog.at_level(logging.ERROR):
        answer = parent.post(ACCOUNT, SIGN_IN, headers={"user-agent": "Browser\0"})
    assert answer.headers["Location"] == CHILDREN
    assert Registration.objects.filter(status="registered").exists()
    assert ("list the session" in caplog.text) == (connection.vendor == "postgresql")
    assert "Mateo" in parent.get(CHILDREN).text


def test_who_cannot_be_signed_in_is_registered_and_told_to_sign_in(parent, settings):
    settings.AUTHENTICATION_BACKENDS = []  # Django signs in nobody
    answer = parent.post(ACCOUNT, SIGN_IN)
    assert answer.headers["Location"] == CHILDREN
    page = parent.get(CHILDREN, follow=True)
    assert page.redirect_chain[0][0].startswith(reverse("account_login"))
    assert "You are registered. Welcome!" in page.text
    assert Account.objects.get().user.email == "ana@mail.example"
    assert not AuditEvent.objects.filter(action="sign_in.succeeded").exists()


def test_a_password_mail_that_fails_answers_like_one_that_does_not(client, broken_mail, family_user, caplog):
    people.confirm_email(family_user)
    pages = [
        client.post(reverse("account_reset_password"), {"email": email})
        for email in (family_user.email, "nobody@mail.example")
    ]
    assert {page.headers["Location"] for page in pages} == {reverse("account_reset_password_done")}
    assert caplog.text.count("Saved, but then this failed: mail a password link") == 2


def test_a_mail_with_a_link_that_fails_shows_the_link_once(administrator, broken_mail):
    record = StaffRecord.objects.create(name="Jordan Lee", role="front_desk")
    page = sign_in(administrator).post(reverse("office:invite", args=[record.pk]), {"email": "jordan@mail.example"})
    assert "The mail with this link could not be sent." in page.text
    link = page.context["link"].removeprefix("https://portal.sunnyside.example")
    assert Client().get(link, follow=True).status_code == 200
    assert User.objects.get(email="jordan@mail.example").staff_record == record


def test_an_e_mail_is_changed_although_the_mails_about_it_fail(family_user, post, settings, mailoutbox, broken_mail):
    settings.DEFAULT_FROM_EMAIL = "portal@sunnyside.example"
    people.confirm_email(family_user)
    client = sign_in(family_user)
    post(client, reverse("family_account:change_email"), {"email": "new@mail.example"})
    (code,) = re.findall(r"^\d{6}$", mailoutbox[0].body, re.MULTILINE)
    settings.DEFAULT_FROM_EMAIL = "portal@sunnyside.example\n"
    page = post(client, reverse("family_account:confirm_email"), {"code": code})
    assert "Your e-mail is confirmed." in page.text
    family_user.refresh_from_db()
    assert family_user.email == "new@mail.example"
