"""Every mail that families get, in every language that they can choose."""

from pathlib import Path

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import reverse

from accounts.family import email_addresses
from accounts.signin import mail
from audit.trail import Actor
from practice import languages
from practice.models import Practice
from tests import people
from tests.test_translations import TRANSLATED
from tests.vocabulary import foreign_words

pytestmark = pytest.mark.usefixtures("db")

OF_STAFF = {"choose_password"}


def ask_for_a_new_password(user, email):
    # The browser has a different language than the user, unless the e-mail has no sign-in.
    has_one = email == user.email
    browser = Client(headers={"accept-language": "en" if has_one else user.language})
    browser.post(reverse("account_reset_password"), {"email": email})


MAILS = {
    "confirm_address": lambda user: email_addresses.send_code(user=user, email=user.email, by=Actor(None, "192.0.2.1")),
    "password_reset_key": lambda user: ask_for_a_new_password(user, user.email),
    "unknown_account": lambda user: ask_for_a_new_password(user, "no@mail.example"),
    **{f"news/{news}": lambda user, news=news: mail.send_news(user, news) for news in mail.News},
}


@pytest.fixture(params=["(614) 555-0100", ""])
def phone(request, settings):
    settings.WRITES_TO_FAMILIES = True
    Practice.objects.update_or_create(pk=1, defaults={"name": "Sunnyside Pediatrics", "phone": request.param})
    return request.param


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("name", MAILS)
def test_no_english_is_left(name, language, phone, family_user, mailoutbox, django_capture_on_commit_callbacks):
    people.confirm_email(family_user)
    languages.store(family_user, language)
    with django_capture_on_commit_callbacks(execute=True):
        MAILS[name](family_user)
    (sent,) = mailoutbox
    lines = [line for line in f"{sent.subject}\n{sent.body}".splitlines() if "://" not in line]
    assert foreign_words(language, lines) == set()
    assert len(lines) > 3


def test_every_mail_is_in_the_list_above():
    templates = (Path(project.BASE_DIR) / "templates/account/email").glob("*_message.txt")
    names = {path.name.removesuffix("_message.txt") for path in templates}
    assert names - OF_STAFF == {name.partition("/")[0] for name in MAILS}
