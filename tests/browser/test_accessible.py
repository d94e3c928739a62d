"""Every page and state that families meet, by axe in light and dark and by what axe cannot see (tests/by_hand.py)."""

import pytest
from playwright.sync_api import expect

from tests import by_hand, families, network
from tests.accessibility import axe
from tests.browser.states import STATES, WRONG, prepared

pytestmark = pytest.mark.usefixtures("transactional_db")

# Handles of scripts and of crispy-forms, which nothing in a style sheet needs.
UNSTYLED = {
    "requiredField", "textinput", "emailinput", "passwordinput", "numberinput", "checkboxinput", "fs-6", "small-form",
    "number", "choice", "toast-success",
}  # fmt: skip
CLASSES = """() => [...new Set([...document.querySelectorAll("[class]:not(template *)")]
  .flatMap((element) => [...element.classList]))]"""
# Else it might go while it is looked at (static/js/parts/toasts.js).
GOOD_NEWS_STAYS = """{
  const later = setTimeout;
  window.setTimeout = (act, time, ...more) => (time === 8000 ? 0 : later(act, time, ...more));
}"""
STYLED = "() => [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).map((rule) => rule.cssText).join(' ')"


@pytest.fixture
def visit(new_context, live_server, db, settings):
    settings.ROOT_URLCONF = "tests.pinportal.broken"
    settings.PORTAL_URL = live_server.url
    settings.WRITES_TO_FAMILIES = True
    page = new_context(has_touch=True).new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.add_init_script(network.WATCH)
    page.add_init_script(GOOD_NEWS_STAYS)
    return prepared(page, live_server.url, settings)


@pytest.mark.parametrize("name", STATES)
def test_everybody_can_use_it(visit, console_errors, name):
    STATES[name](visit)
    page = visit.page
    assert (page.locator("[data-error]").count() > 0) == (name in WRONG)
    assert page.evaluate("[vitals.shift, vitals.shifts]") == [0, []]
    by_hand.leads_to_mistakes(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        axe(page)
    by_hand.is_told(page)
    by_hand.works_by_keyboard(page)
    by_hand.keeps_its_shape(page)
    by_hand.is_large_enough(page)
    by_hand.fits(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    by_hand.is_large_enough(page)
    styled = page.evaluate(STYLED)
    named = {each for each in page.evaluate(CLASSES) if not each.startswith("icon-")}  # which picture it is
    assert {each for each in named if f".{each}" not in styled} <= UNSTYLED
    by_hand.skips(page)
    console_errors[:] = [each for each in console_errors if "Failed to load resource" not in each]  # 403, 404, 429 ...


def test_from_scan_to_my_children_without_script(new_context, visit, live_server):
    """The QR code then only opens the page; all else is as with script."""
    page = new_context(java_script_enabled=False).new_page()
    page.goto(live_server.url + visit.family.address)
    visit.page.goto(live_server.url)  # has script, so that the steps can be read
    for _ in range(families.MOST_STEPS):
        if page.url.endswith("/my/children/"):
            break
        visit.family.answer(page)
    expect(page.get_by_role("heading", name="My Children")).to_be_visible()
    for child in visit.family.births:
        expect(page.get_by_role("heading", name=child)).to_be_visible()


def test_the_hour_is_put_off_at_the_press_of_a_key(visit):
    STATES["the hour is nearly over"](visit)
    page = visit.page
    expect(page.get_by_role("button", name="Yes, more time")).to_be_focused()
    with page.expect_response("**/more-time/") as answer:
        page.keyboard.press("Enter")
    assert answer.value.json()["left"] > 3500
    expect(page.locator("#proof-warning[open]")).to_have_count(0)
    page.locator("main input:visible").first.fill("1")  # what is typed next is no problem


def test_nobody_answers_and_the_page_leads_back_to_the_pin(visit):
    visit.page.clock.install()
    visit.prove("signup:register_account")
    visit.page.clock.fast_forward("59:00")
    expect(visit.page.get_by_text("Do you need more time?")).to_be_visible()
    visit.page.context.clear_cookies()  # as the server has forgotten it
    visit.page.clock.fast_forward("02:00")
    expect(visit.page.get_by_role("heading", name="Register with your PIN")).to_be_visible()
