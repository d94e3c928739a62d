"""Registering on a phone: the PIN field, the scanned sheet, coming back, a passkey, and all of it without scripts."""

import re

import pytest
from playwright.sync_api import expect

from audit.models import AuditEvent
from audit.trail import Actor
from portal.models import Account, Pin, Registration
from portal.pins import numbers
from practice import terms
from practice.models import Practice, TermsAcceptance
from tests.accessibility import axe
from tests.portal import steps
from tests.portal.pins.test_pin_hints import RIGHT, SAID, TAKEN

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture(autouse=True)
def sunnyside(settings, live_server):
    settings.PORTAL_URL = live_server.url
    Practice.objects.create(pk=1, name="Sunnyside Pediatrics", phone="(614) 555-0100")


@pytest.fixture
def sheet(front_desk, rivera):
    by = Actor(front_desk, "192.0.2.1")
    return steps.printed(by, *(rivera.link(rivera.ana, child) for child in (rivera.mateo, rivera.sofia)))


@pytest.fixture
def phone(new_context):
    page = new_context(has_touch=True).new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    return page


@pytest.fixture
def field(phone, live_server):
    phone.goto(f"{live_server.url}/register/")
    return phone.get_by_role("textbox", name="PIN")


@pytest.mark.parametrize("path", ["/register/", "/accounts/login/"])
def test_a_browser_that_keeps_no_cookies_says_so_before_anything_is_typed(phone, live_server, path):
    phone.goto(live_server.url + path)
    notice = phone.locator("[data-no-cookies]")
    expect(notice).to_be_hidden()
    assert "trial" not in str(phone.context.cookies())
    # As browsers do that block cookies.
    phone.add_init_script("Object.defineProperty(Document.prototype, 'cookie', {get: () => '', set: () => {}})")
    phone.goto(live_server.url + path)
    expect(notice).to_contain_text("Allow cookies")
    expect(notice).to_contain_text("(614) 555-0100")


def scan(phone, live_server, sheet):
    phone.goto("about:blank")
    phone.goto(f"{live_server.url}/register/#{','.join(sheet.values())}")


def fill(form, born):
    for label, value in (("Month", born.month), ("Day", born.day), ("Year", born.year)):
        form.get_by_label(label).fill(str(value))


def go_on(phone, page, button="Continue"):
    phone.get_by_role("button", name=button, exact=True).click()
    phone.wait_for_url(f"**/register/{page}")


def test_the_script_says_what_the_server_says(phone, field):
    said = {}
    for entry in SAID:
        field.fill(entry)
        field.blur()
        said[entry] = phone.locator("#pin-hint").inner_text()
    # If only digits were typed, the page has made the groups, so nobody can know where one is missing.
    typed_only = {entry for entry in SAID if re.fullmatch(r"[\d\-. ]+", entry)}
    assert {entry: said[entry] for entry in SAID if entry not in typed_only} == {
        entry: words for entry, words in SAID.items() if entry not in typed_only
    }
    for entry in typed_only:
        assert said[entry].startswith(SAID[entry].rsplit(". ", 1)[0].split(" Look")[0])
    axe(phone)


def test_a_pin_is_taken_in_whatever_way_it_is_written(phone, field):
    for entry, shown in TAKEN.items():
        field.fill(entry)
        assert field.input_value() == shown
        expect(phone.locator("#pin-hint")).to_have_text("That is a whole PIN.")


def test_the_pin_is_grouped_while_typing_and_the_caret_stays(phone, field):
    def caret():
        return field.evaluate("each => each.selectionStart")

    field.press_sequentially("1234567")
    assert (field.input_value(), caret()) == ("1234 567", 8)
    assert phone.locator("#pin-hint").inner_text() == ""  # no hint while somebody is still typing
    field.press("Home")
    field.press("ArrowRight")
    field.press_sequentially("9")
    assert (field.input_value(), caret()) == ("1923 4567", 2)
    field.press("Backspace")
    assert (field.input_value(), caret()) == ("1234 567", 1)
    field.evaluate("each => each.setSelectionRange(5, 5)")
    field.press("Backspace")  # the page added the space, so the digit before it is deleted
    assert (field.input_value(), caret()) == ("1235 67", 3)
    field.press("Delete")
    assert (field.input_value(), caret()) == ("1236 7", 3)
    field.press("End")
    field.press_sequentially("89012345")
    assert field.input_value() == "1236 7890 1234 5"


def test_a_pasted_address_fills_all_pins(phone, field, live_server, sheet):
    field.fill(f"{live_server.url}/register/#{','.join(sheet.values())}")
    expect(phone.get_by_text("We filled in all 2 PINs from your sheet.")).to_be_visible()
    phone.get_by_role("button", name="Type a PIN instead").click()
    assert (field.input_value(), phone.locator("[name=more]").input_value()) == ("", "")


def test_a_scanned_sheet_takes_the_birth_date_of_any_child_and_a_wrong_one_loses_nobody(
    phone, live_server, sheet, rivera
):
    scan(phone, live_server, sheet)
    assert phone.url == f"{live_server.url}/register/"
    axe(phone)
    fill(phone, rivera.mateo.birth_date.replace(year=2001))
    phone.get_by_role("button", name="Continue").click()
    expect(phone.get_by_role("alert")).to_contain_text("Type the birth date of one of the children on the sheet.")
    expect(phone.get_by_text("We filled in all 2 PINs from your sheet.")).to_be_visible()
    axe(phone)
    fill(phone, rivera.sofia.birth_date)
    go_on(phone, "children/")
    assert phone.locator(".child-question h2").all_inner_texts() == ["Mateo"]


def test_scanning_again_within_the_hour_leads_on_where_one_was(phone, live_server, sheet, rivera):
    scan(phone, live_server, sheet)
    fill(phone, rivera.sofia.birth_date)
    go_on(phone, "children/")
    fill(phone, rivera.mateo.birth_date)
    go_on(phone, "you/")
    go_on(phone, "email/", "Yes, I am Ana")
    kept = {each["name"]: each for each in phone.context.cookies()}["sessionid"]
    assert 7100 < kept["expires"] - phone.evaluate("Date.now()") / 1000 <= 7200  # phones end tabs
    scan(phone, live_server, sheet)
    expect(phone.get_by_role("heading", name="Welcome back")).to_be_visible()
    axe(phone)
    phone.get_by_role("link", name="Continue where you were").click()
    phone.wait_for_url("**/register/email/")
    phone.get_by_label("E-mail").fill("ana@example.com")
    go_on(phone, "account/")
    phone.get_by_role("link", name="Back").click()
    expect(phone.get_by_label("E-mail")).to_have_value("ana@example.com")


@pytest.fixture
def touch(phone):
    """A virtual authenticator in the browser that always confirms."""
    browser = phone.context.new_cdp_session(phone)
    browser.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    more = {"isUserVerified": True, "automaticPresenceSimulation": True}
    return browser.send("WebAuthn.addVirtualAuthenticator", {"options": options | more})


def test_a_passkey_in_place_of_a_password(phone, touch, live_server, sheet, rivera, administrator):
    terms.publish(texts={"en": "Be kind.\n\nBe on time."}, by=Actor(administrator, "192.0.2.1"))
    address = live_server.url.replace("127.0.0.1", "localhost")  # passkeys know names only
    phone.goto(f"{address}/register/#{','.join(sheet.values())}")
    fill(phone, rivera.mateo.birth_date)
    go_on(phone, "children/")
    go_on(phone, "you/")
    go_on(phone, "email/", "Yes, I am Ana")
    phone.get_by_label("E-mail").fill("ana@example.com")
    go_on(phone, "terms/")
    axe(phone)
    go_on(phone, "account/", "I accept the terms")
    expect(phone.get_by_role("button", name="Use a passkey")).to_be_visible()
    axe(phone)
    phone.get_by_role("button", name="Use a passkey").click()
    phone.wait_for_url("**/my/children/")
    user = Account.objects.get().user
    assert (user.has_usable_password(), user.authenticator_set.count()) == (False, 1)
    assert TermsAcceptance.objects.get().user == user
    lines = AuditEvent.objects.filter(user=user).order_by("pk").values_list("action", flat=True)
    assert list(lines)[:4] == ["second_factor.added", "terms.accepted", "pin.redeemed", "sign_in.succeeded"]

    # It was just shown, so it is not asked for again.
    phone.goto(f"{address}/my/account/email/")
    expect(phone.get_by_role("heading", name="Change your e-mail")).to_be_visible()

    phone.get_by_role("button", name="Sign out").click()
    phone.goto(f"{address}/accounts/login/")
    phone.get_by_role("button", name="Use a passkey").click()
    phone.wait_for_url("**/my/children/")
    assert AuditEvent.objects.filter(action="sign_in.succeeded", detail__method="webauthn").count() == 1


def test_all_of_it_without_script(new_context, live_server, sheet, rivera):
    phone = new_context(java_script_enabled=False).new_page()
    phone.goto(f"{live_server.url}/register/")
    phone.get_by_label("PIN").fill("1234 567 8901")
    fill(phone, rivera.mateo.birth_date)
    phone.get_by_role("button", name="Continue").click()
    expect(phone.get_by_role("alert")).to_contain_text("Look at the second group again.")
    phone.get_by_label("PIN").fill(numbers.grouped(sheet["Mateo"]))
    go_on(phone, "children/")
    fill(phone, rivera.sofia.birth_date)
    go_on(phone, "you/")
    go_on(phone, "email/", "Yes, I am Ana")
    phone.get_by_label("E-mail").fill("ana@example.com")
    go_on(phone, "account/")
    expect(phone.get_by_role("button", name="Use a passkey")).to_be_hidden()
    phone.get_by_label("Password").fill(steps.PASSWORD)
    phone.get_by_role("button", name="Finish").click()
    phone.wait_for_url("**/my/children/")
    assert Registration.objects.filter(status="registered").count() == 2


def test_who_is_somebody_else_is_told_whom_to_call(phone, live_server, sheet, rivera):
    phone.goto(f"{live_server.url}/register/")
    phone.get_by_role("textbox", name="PIN").fill(sheet["Mateo"])
    fill(phone, rivera.mateo.birth_date)
    go_on(phone, "children/")
    go_on(phone, "you/")
    axe(phone)
    phone.get_by_role("button", name="No, that is not me").click()
    expect(phone.get_by_role("heading", name="Please call the practice")).to_be_visible()
    axe(phone)
    assert phone.get_by_role("link", name="Call (614) 555-0100").get_attribute("href") == "tel:6145550100"
    assert set(Pin.objects.values_list("state", flat=True)) == {"active"}
    assert RIGHT not in phone.content()
