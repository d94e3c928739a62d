"""Signing in as staff: password, authenticator app, passkey, recovery code."""

import io
import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from accounts.models import User
from audit.models import AuditEvent
from tests import people
from tests.accessibility import axe
from tests.accounts.factors import codes
from tests.accounts.signin.test_passwords import COMMON

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def staff(settings):
    settings.REQUIRE_SECOND_FACTOR = True
    return people.staff("Dana Ortiz", "front_desk")


@pytest.fixture
def at(page, live_server):
    return lambda path: page.goto(f"{live_server.url}{path}")


def sign_in(page, user, password=people.PASSWORD):
    page.get_by_label("E-mail").fill(user.email)
    page.locator("#id_password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def secret_in(page):
    """The secret that a phone reads from the QR code."""
    page.locator(".qr").evaluate("image => image.decode()")
    picture = Image.open(io.BytesIO(page.locator(".qr").screenshot()))
    url = urlsplit(zxingcpp.read_barcodes(picture)[0].text)
    assert url.scheme == "otpauth"
    return parse_qs(url.query)["secret"][0]


def trail():
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_authenticator_app_from_the_first_sign_in_to_the_next(page, at, staff):
    at("/patients/")
    axe(page)
    sign_in(page, staff)
    expect(page.get_by_role("heading", name="One more step: a second factor")).to_be_visible()
    axe(page)
    at("/patients/")
    expect(page.get_by_role("heading", name="One more step: a second factor")).to_be_visible()
    page.get_by_role("link", name="Authenticator app").click()
    axe(page)
    secret = secret_in(page)
    page.get_by_label("Code").fill(codes.code(secret))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    axe(page)
    kept = page.locator(".codes li").all_inner_texts()
    assert len(kept) == 10
    page.get_by_role("link", name="I have kept them").click()
    expect(page).to_have_url(re.compile("/patients/$"))
    page.get_by_role("button", name="Sign out").click()

    at("/patients/")
    sign_in(page, staff)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    axe(page)
    page.get_by_label("Code").fill("0 0 0")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").first).to_contain_text("Incorrect code")
    axe(page)
    page.get_by_label("Code").fill(codes.code(secret))
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/patients/$"))
    page.get_by_role("button", name="Sign out").click()

    at("/patients/")
    sign_in(page, staff)
    page.get_by_label("Code").fill(kept[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/patients/$"))
    assert trail() == [
        "sign_in.succeeded",
        "second_factor.added",
        "recovery_codes.made",
        "recovery_codes.shown",
        "sign_in.ended",
        "sign_in.failed",
        "sign_in.succeeded",
        "sign_in.ended",
        "sign_in.succeeded",
    ]


@pytest.fixture
def touch(page):
    """A virtual authenticator in the browser that always confirms."""
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    more = {"isUserVerified": True, "automaticPresenceSimulation": True}
    return browser.send("WebAuthn.addVirtualAuthenticator", {"options": options | more})


def test_passkey_from_the_first_sign_in_to_the_next(page, at, staff, touch):
    at("/patients/")
    sign_in(page, staff)
    page.get_by_role("link", name="Passkey").click()
    axe(page)
    page.get_by_label("Name").fill("Blue key")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("link", name="Your sign-in").click()
    expect(page.get_by_text("Blue key")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Sign out").click()

    at("/patients/")
    sign_in(page, staff)  # password first, then the key
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/patients/$"))
    page.get_by_role("button", name="Sign out").click()

    at("/schedule/")
    page.get_by_role("button", name="Use a passkey").click()  # the key alone
    expect(page).to_have_url(re.compile("/schedule/day/"))
    methods = [event.detail["method"] for event in AuditEvent.objects.filter(action="sign_in.succeeded").order_by("pk")]
    assert methods == ["password", "password+webauthn", "webauthn"]
    page.get_by_role("link", name="Your sign-in").click()
    page.get_by_role("link", name="Rename Blue key").click()
    axe(page)
    page.get_by_label("Name").fill("Green key")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Remove Green key").click()
    axe(page)
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_text("Green key")).to_have_count(0)
    at("/patients/")
    expect(page.get_by_role("heading", name="One more step: a second factor")).to_be_visible()
    assert trail()[-1] == "second_factor.removed"


def test_a_passkey_that_does_not_work_is_told_in_words(page, at, staff):
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")  # no authenticator at all
    at("/accounts/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError')) }")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("The passkey did not work. Try again, or use another way.")).to_be_visible()
    axe(page)


def test_your_sign_in_ends_other_sessions(page, at, new_context, live_server, staff, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    codes.app_of(staff)
    elsewhere = new_context().new_page()
    elsewhere.goto(f"{live_server.url}/accounts/login/")
    sign_in(elsewhere, staff)
    elsewhere.get_by_label("Code").fill(codes.code())
    elsewhere.get_by_role("button", name="Sign in").click()
    expect(elsewhere).to_have_url(re.compile("/patients/$"))

    at("/your-sign-in/")
    sign_in(page, staff)
    page.get_by_label("Code").fill(codes.code(at=time.time() + 30))
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/your-sign-in/$"))
    axe(page)
    page.get_by_role("link", name="Show the sessions").click()
    expect(page).to_have_url(re.compile("/sessions/$"))
    axe(page)
    page.get_by_role("button", name="Sign out all the others").click()
    expect(page.get_by_text("You are signed in nowhere else.")).to_be_visible()
    elsewhere.reload()
    expect(elsewhere.get_by_role("heading", name="Sign in")).to_be_visible()
    assert trail()[-1] == "sessions.ended"


def test_your_sign_in_changes_the_password(page, at, staff, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    at("/accounts/password/change/")
    sign_in(page, staff)
    axe(page)
    new = page.locator("#id_password1")
    new.press_sequentially("too short")
    expect(page.get_by_text("Still to type: 6")).to_be_visible()
    new.fill("abcdefghijklmnopqrst")
    expect(page.get_by_text("This is too simple.")).to_be_visible()
    new.fill("dana@sunnyside.example dana")
    expect(page.get_by_text("Do not use “dana@sunnyside.example” in it.")).to_be_visible()
    new.fill("a completely different sentence")
    expect(page.get_by_text("Long and strong.")).to_be_visible()
    axe(page)
    toggle = page.locator(".password-toggle").last
    expect(toggle).to_have_accessible_name("Show what is typed")
    toggle.click()
    expect(new).to_have_attribute("type", "text")
    expect(toggle).to_have_accessible_name("Hide what is typed")
    axe(page)
    toggle.click()
    new.fill("passwordpassword")
    page.locator("#id_oldpassword").fill(people.PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    expect(page.get_by_text(COMMON)).to_be_visible()
    axe(page)
    page.locator("#id_oldpassword").fill(people.PASSWORD)
    page.locator("#id_password1").fill("a completely different sentence")
    page.get_by_role("button", name="Save the password").click()
    staff.refresh_from_db()
    assert staff.check_password("a completely different sentence")
    assert trail()[-1] == "password.changed"


def test_pages_in_between_are_accessible(page, at, staff):
    codes.app_of(staff)
    at("/your-sign-in/")
    sign_in(page, staff)
    page.get_by_label("Code").fill(codes.code())
    page.get_by_role("button", name="Sign in").click()
    for path in [
        "accounts/reauthenticate/", "accounts/second-factor/code/again/", "accounts/second-factor/app/remove/",
        "accounts/second-factor/codes/new/", "accounts/second-factor/passkeys/add/", "accounts/password/reset/",
    ]:  # fmt: skip
        at(f"/{path}")
        axe(page)


def test_an_administrator_invites_a_colleague(page, at, new_context, live_server, staff, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    settings.STAFF_URL = live_server.url
    codes.app_of(staff)
    administrator = people.staff("Morgan Lee", "administrator")
    at("/practice-portal/staff/")
    sign_in(page, administrator)
    axe(page)
    page.get_by_role("link", name="What each role may do").click()
    axe(page)
    page.get_by_role("link", name="Staff").first.click()
    page.get_by_role("link", name="Add staff record").click()
    page.get_by_label("Name").fill("Jordan Lee")
    page.get_by_label("Role").select_option("Clinician")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Invite to sign in").click()
    axe(page)
    page.get_by_label("E-mail").fill("jordan@sunnyside.example")
    page.get_by_role("button", name="Invite").click()
    axe(page)
    link = page.get_by_label("Link").input_value()

    colleague = new_context().new_page()
    colleague.goto(link)
    axe(colleague)
    colleague.locator("#id_password1").fill("seven quiet rivers at dawn")
    colleague.get_by_role("button", name="Save the password").click()
    colleague.get_by_role("link", name="Sign in").click()
    sign_in(colleague, User.objects.get(email="jordan@sunnyside.example"), "seven quiet rivers at dawn")
    expect(colleague).to_have_url(re.compile("/patients/$"))

    page.get_by_role("link", name="Done").click()
    at("/practice-portal/staff/")
    page.get_by_role("link", name=staff.email).click()
    axe(page)
    page.get_by_role("link", name="Reset second factor").click()
    axe(page)
    page.get_by_role("button", name="Reset second factor").click()
    expect(page.get_by_text("Second factor reset.")).to_be_visible()
    assert codes.factors(staff) == []
    page.get_by_role("link", name="Disable").click()
    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_role("link", name="Enable")).to_be_visible()
