"""The switch of languages: it keeps what was typed and what was proven, and is remembered."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from tests.browser.states import prepared

pytestmark = pytest.mark.usefixtures("transactional_db")


def visit_of(context, live_server, settings):
    settings.ROOT_URLCONF = "tests.pinportal.broken"
    settings.PORTAL_URL = live_server.url
    settings.WRITES_TO_FAMILIES = True
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    return prepared(page, live_server.url, settings)


# --- The switch ----------------------------------------------------------------------------------------


@pytest.fixture
def english(new_context, live_server, db, settings):
    context = new_context(has_touch=True)
    return visit_of(context, live_server, settings)


def switch(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def kept(page):
    return page.evaluate("[{...sessionStorage}, {...localStorage}, location.href, history.state]")


def test_what_was_typed_comes_along_and_is_written_down_nowhere(english):
    page = english.page
    english.open(english.family.address)
    typed = page.locator("[name=pin]").input_value()
    assert len(typed) == 14
    page.locator("[name=birth_date_year], [name=birth_date_2]").first.fill("2018")
    switch(page, "Español")
    assert page.evaluate("document.documentElement.lang") == "es"
    assert page.locator("[name=pin]").input_value() == typed
    assert page.locator("[name=birth_date_year], [name=birth_date_2]").first.input_value() == "2018"
    # What stays is whether this browser can make a passkey (passkey_check.js), and nothing of what was typed.
    assert kept(page) == [{"passkey": ""}, {}, f"{english.url}{reverse('signup:register')}", None]
    switch(page, "العربيّة")
    assert page.locator("[name=pin]").input_value() == typed
    assert page.evaluate("document.documentElement.dir") == "rtl"


def test_passwords_are_not_carried(english):
    page = english.page
    english.go("account_login")
    page.locator("input[type=email]").fill("ana@mail.example")
    page.locator("input[type=password]").fill("a secret of somebody")
    page.evaluate("document.addEventListener('submit', () => { window.written = JSON.stringify(sessionStorage); })")
    page.locator("[data-languages]").evaluate("form => form.addEventListener('submit', (e) => e.preventDefault())")
    page.get_by_role("button", name="Español").click()
    written = page.evaluate("window.written")
    assert "ana@mail.example" in written
    assert "secret" not in written


def test_what_was_proven_stays_after_a_switch_and_the_account_speaks_the_language_of_the_registration(english):
    page = english.page
    english.prove("signup:register_account")
    switch(page, "Español")
    assert page.url.endswith(reverse("signup:register_account"))
    english.family.walk(page, to="family:children")
    assert page.evaluate("document.documentElement.lang") == "es"
    assert User.objects.get(email=english.family.email).language == "es"


def test_a_page_that_was_sent_and_came_back_with_mistakes_is_switched_without_sending_it_again(english):
    page = english.page
    english.go("signup:register")
    page.locator("[name=pin]").fill("1234 5678 9010")
    english.press()
    expect(page.locator(".error-summary")).to_be_visible()
    switch(page, "Español")
    expect(page.locator(".error-summary")).to_have_count(0)
    assert page.locator("[name=pin]").input_value() == "1234 5678 9010"


def test_the_switch_on_the_sign_in_page_keeps_where_signing_in_leads(english):
    page = english.page
    english.open(f"{reverse('account_login')}?next={reverse('signup:register_account')}")
    switch(page, "Español")
    assert page.url.endswith(f"?next={reverse('signup:register_account')}")
