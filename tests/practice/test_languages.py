"""Which language is used, where it is stored, and who has reviewed it."""

import pytest
from django.core import checks
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from practice import languages
from tests import people

pytestmark = pytest.mark.usefixtures("db")

CHILDREN = "family:children"
SIGN_IN = "account_login"


@pytest.fixture(autouse=True)
def english_again():
    yield
    translation.deactivate()
    languages._header.cache_clear()


def speaks(client, page):
    html = client.get(reverse(page)).content.decode()
    return html.split('<html lang="')[1][:2]


def switch(client, code, page=SIGN_IN):
    return client.post(reverse("language"), {"language": code, "next": reverse(page)})


def sign_in(client, user):
    return client.post(reverse(SIGN_IN), {"login": user.email, "password": people.PASSWORD})


def test_the_account_comes_before_the_cookie_and_that_before_the_browser(family_user):
    browser = Client(headers={"accept-language": "ar"})
    assert speaks(browser, SIGN_IN) == "ar"
    browser.cookies["django_language"] = "es"
    assert speaks(browser, SIGN_IN) == "es"
    languages.store(family_user, "en")
    sign_in(browser, family_user)
    assert speaks(browser, CHILDREN) == "en"
    browser.post(reverse("account_logout"))
    assert speaks(browser, SIGN_IN) == "en"  # the device has learned it


def test_a_choice_on_the_way_in_comes_before_the_account_which_learns_it(family_user):
    languages.store(family_user, "ar")
    browser = Client()
    switch(browser, "es")
    sign_in(browser, family_user)
    assert speaks(browser, CHILDREN) == "es"
    assert User.objects.get(pk=family_user.pk).language == "es"


def test_what_somebody_chose_before_on_this_device_does_not_change_an_account(family_user):
    languages.store(family_user, "es")
    browser = Client()
    switch(browser, "ar")
    browser.cookies.pop("sessionid")  # another day
    sign_in(browser, family_user)
    assert speaks(browser, CHILDREN) == "es"
    assert User.objects.get(pk=family_user.pk).language == "es"


def test_the_switch_of_the_signed_in_is_kept_in_the_account_for_every_device(family_user):
    browser = people.signed_in(family_user)
    assert switch(browser, "ar", CHILDREN).headers["Location"] == reverse(CHILDREN)
    assert speaks(browser, CHILDREN) == "ar"
    assert speaks(people.signed_in(User.objects.get(pk=family_user.pk)), CHILDREN) == "ar"


def test_an_account_without_a_language_takes_the_one_its_owner_signs_in_with(family_user):
    sign_in(Client(headers={"accept-language": "es"}), family_user)
    assert User.objects.get(pk=family_user.pk).language == "es"


@pytest.mark.parametrize("code", ["", "xx", "de", "../es", "ES" * 40])
def test_a_language_that_we_have_not_changes_nothing(family_user, code):
    browser = people.signed_in(family_user)
    assert switch(browser, code, CHILDREN).status_code == 302
    assert User.objects.get(pk=family_user.pk).language == ""
    assert speaks(browser, CHILDREN) == "en"


def test_the_switch_is_a_post_and_leads_nowhere_else(client):
    assert client.get(reverse("language")).status_code == 405
    answer = client.post(reverse("language"), {"language": "es", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


def test_staff_have_english_and_no_language_in_their_account(front_desk):
    browser = Client(headers={"accept-language": "es"})
    switch(browser, "es")
    sign_in(browser, front_desk)
    assert User.objects.get(pk=front_desk.pk).language == ""
    assert languages.language_of(front_desk) == "en"
    assert speaks(browser, "patients:search") == "en"


def test_mail_speaks_the_language_of_whom_it_is_for_whoever_asks(family_user, mailoutbox):
    languages.store(family_user, "es")
    people.confirm_email(family_user)  # others get the mail of an unknown address
    Client().post(reverse("account_reset_password"), {"email": family_user.email})
    assert "Elija una contraseña nueva" in mailoutbox[0].subject
    assert "Alguien pidió una contraseña nueva" in mailoutbox[0].body
    Client(headers={"accept-language": "ar"}).post(reverse("account_reset_password"), {"email": "no@mail.example"})
    assert "طلبت كلمة مرور جديدة" in mailoutbox[1].subject


def test_error_pages_speak_the_language_of_the_account_and_can_be_switched(family_user):
    languages.store(family_user, "es")
    assert "Esta página no existe" in people.signed_in(family_user).get("/none/").text
    strict = Client(enforce_csrf_checks=True)
    page = strict.get("/none/")
    token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    answer = strict.post(
        reverse("language"),
        {"language": "ar", "csrfmiddlewaretoken": token},
        headers={"referer": "http://testserver/none/"},
    )
    assert answer.headers["Location"] == "http://testserver/none/"
    assert 'dir="rtl"' in strict.get("/none/").text


# --- Made by a machine -----------------------------------------------------------------------------------

NOTE = {"es": "Una computadora hizo esta traducción", "ar": "ترجم حاسوب هذا النص"}


@pytest.fixture
def reviewed(settings, tmp_path):
    """Spanish, reviewed by a human."""
    place = tmp_path / "es" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "django.po").write_text('msgid ""\nmsgstr ""\n"X-Reviewed-By: Maria Gómez, ATA, 2027-01-15\\n"\n')
    settings.LOCALE_PATHS = [*settings.LOCALE_PATHS, tmp_path]


@pytest.mark.parametrize("code", NOTE)
@pytest.mark.parametrize("path", ["/register/", "/accounts/login/", "/none/"])
def test_a_translation_that_nobody_has_reviewed_says_so(code, path):
    assert NOTE[code] in Client(headers={"accept-language": code}).get(path).text


@pytest.mark.parametrize("path", ["/register/", "/accounts/login/", "/none/"])
def test_a_reviewed_one_does_not_and_neither_does_the_english(reviewed, path):
    assert languages.reviewed_by("es") == "Maria Gómez, ATA, 2027-01-15"
    assert NOTE["es"] not in Client(headers={"accept-language": "es"}).get(path).text
    assert NOTE["ar"] in Client(headers={"accept-language": "ar"}).get(path).text
    assert "machine-made" not in Client().get(path).text


def test_administrators_are_told_which_languages_nobody_has_reviewed(as_administrator, reviewed):
    page = as_administrator.get(reverse("office:dashboard")).text
    assert "Arabic" in page
    assert "A machine made this translation" in page
    assert "Spanish" not in page


def test_whoever_deploys_is_told_too_and_not_stopped():
    found = [each for each in checks.run_checks(include_deployment_checks=True) if each.id == "practice.I001"]
    assert len(found) == 1
    assert "ar, es" in found[0].msg
    assert found[0].level == checks.INFO
