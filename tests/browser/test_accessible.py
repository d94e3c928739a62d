"""Every page and state that families see is reached once and checked in every language, theme and zoom.

The checks are in tests/browser/looks.py.
"""

import pytest
from playwright.sync_api import expect

from tests import database, families, network
from tests.browser import looks
from tests.browser.states import STATES, prepared
from tests.test_translations import TRANSLATED

pytestmark = pytest.mark.usefixtures("transactional_db")

PHONE = {"width": 360, "height": 740}
# Otherwise a toast might disappear during the checks (static/js/parts/toasts.js).
GOOD_NEWS_STAYS = """{
  const later = setTimeout;
  window.setTimeout = (act, time, ...more) => (time === 8000 ? 0 : later(act, time, ...more));
}"""


@pytest.fixture
def begin(new_context, live_server, db, settings):
    """Starts from the beginning: a new browser at an empty practice."""
    settings.ROOT_URLCONF = "tests.pinportal.broken"
    settings.PORTAL_URL = live_server.url
    settings.WRITES_TO_FAMILIES = True

    def begin_in(language):
        context = new_context(has_touch=True)
        page = context.new_page()
        page.set_viewport_size(PHONE)
        page.add_init_script(network.WATCH)
        page.add_init_script(GOOD_NEWS_STAYS)
        visit = prepared(page, live_server.url, settings)
        visit.speak(language)
        return visit

    return begin_in


@pytest.fixture
def visit(begin):
    return begin("en")


@pytest.mark.parametrize("name", STATES)
def test_everybody_can_use_it_in_every_language(begin, console_errors, name):
    visit = begin("en")
    STATES[name](visit)
    shape = visit.page.evaluate(looks.SHAPE)
    looks.is_usable(visit.page, name)
    for language in TRANSLATED:
        visit.speak(language)
        visit.page.set_viewport_size(PHONE)
        visit.page.reload()
        if visit.page.evaluate(looks.SHAPE) != shape:  # it is only reached once: a dialog, a note, an answer
            visit.page.context.close()
            database.empty()
            visit = begin(language)
            STATES[name](visit)
        looks.speaks(visit.page, language, name)
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
    visit.page.context.clear_cookies()  # because the server has forgotten the proof
    visit.page.clock.fast_forward("02:00")
    expect(visit.page.get_by_role("heading", name="Register with your PIN")).to_be_visible()
