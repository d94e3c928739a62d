"""Today's unregistered families in a real browser: from the list to the sheets, also with the keyboard alone."""

from datetime import timedelta

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from patients.ages import today
from portal.desk import runs
from portal.models import Pin, PinSheet, Registration, SheetRun
from practice.models import Practice
from tests import people
from tests.accessibility import axe
from tests.portal import days

pytestmark = pytest.mark.usefixtures("transactional_db")
WORKLIST = reverse("desk:worklist")


@pytest.fixture(autouse=True)
def sunnyside(settings, live_server):
    settings.PORTAL_URL = live_server.url
    Practice.objects.create(pk=1, name="Sunnyside Pediatrics", phone="(614) 555-0100")


@pytest.fixture
def desk(context, live_server, front_desk):
    """The worklist as the front desk sees it."""
    return page_of(context, live_server, front_desk)


def page_of(context, live_server, user):
    context.route("**/favicon.ico", lambda route: route.fulfill(status=204))  # asked for by tabs that show a PDF
    return people.page_of(user, context, live_server)


@pytest.fixture
def documents(context):
    """The PDFs that new tabs receive."""
    kept = []

    def keep(route):
        answer = route.fetch()
        kept.append(answer.body())
        route.fulfill(response=answer)

    context.route("**/print/", keep)
    return kept


@pytest.fixture
def families(rivera, oneil):
    days.comes(oneil.nora, at="09:00", provider=days.doctor())
    days.comes(rivera.mateo, at="10:00")
    days.comes(people.patient("100099", "Noa", "Alone", people.years_ago(3)), at="11:00")


def focused(page):
    """The text of the focused element."""
    words = "(element) => element.innerText || element.labels?.[0]?.innerText || element.ariaLabel || ''"
    return " ".join(page.evaluate(f"({words})(document.activeElement)").split())


def tab_to(page, words):
    for _ in range(60):
        page.keyboard.press("Tab")
        if words in focused(page):
            return
    pytest.fail(f"Tab does not lead to {words}")


def dialog_stands(page):
    """Wait until the dialog has faded in, because axe would measure the wrong colors before."""
    page.locator("dialog[open] form").first.wait_for()
    page.locator("dialog[open]").evaluate("(dialog) => dialog.getAnimations().forEach((each) => each.finish())")


def start(page):
    """Press the focused button of the run. Returns the new tab."""
    with page.context.expect_page() as opened:
        press_button_of_run(page)
    return opened.value


def press_button_of_run(page):
    expect(page.locator("#print-run button")).to_be_focused()
    page.keyboard.press("Enter")


def close_waiting_tab(page):
    """Close the new tab before its response arrives. Playwright does not know the tab yet, but the browser does."""
    browser = page.context.browser.new_browser_cdp_session()
    (tab,) = [each for each in browser.send("Target.getTargets")["targetInfos"] if each.get("openerId")]
    browser.send("Target.closeTarget", {"targetId": tab["targetId"]})


@pytest.mark.shows_pdf
def test_from_the_list_to_the_sheets_with_the_keyboard_alone(desk, live_server, families, documents):
    desk.goto(live_server.url + WORKLIST)
    axe(desk)
    desk.get_by_role("link", name="Next day").focus()
    tab_to(desk, "Select all")
    desk.keyboard.press("Space")  # none
    expect(desk.get_by_role("button", name="Register and Print", exact=True)).to_be_visible()
    tab_to(desk, "Maeve O'Neil")
    desk.keyboard.press("Space")
    expect(desk.get_by_role("button", name="Register and Print 1 family")).to_be_visible()
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/runs/*/")
    assert desk.get_by_role("heading", name="2 PINs will be issued").count() == 1
    axe(desk)
    assert focused(desk) == "Register and Print"
    start(desk).wait_for_load_state()
    expect(desk.get_by_role("heading", name="1 sheet printed at")).to_be_visible()
    expect(desk.locator("#run-announcement")).to_contain_text("1 sheet printed at")
    axe(desk)
    (page,) = pypdfium2.PdfDocument(documents[0])
    assert "Maeve O'Neil" in page.get_textpage().get_text_range()
    desk.bring_to_front()
    assert focused(desk) == "Back to the list"
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**{WORKLIST}")
    row = desk.locator(".family", has_text="Maeve O'Neil")
    expect(row).to_contain_text("Sheet printed")
    assert not row.get_by_role("checkbox").is_checked()
    assert desk.locator(".family", has_text="Ana Rivera").get_by_role("checkbox").is_checked()


def test_decline_and_ask_again_later_with_the_keyboard_alone(desk, live_server, families):
    days.families(2)
    desk.goto(live_server.url + WORKLIST)
    desk.get_by_role("checkbox", name="Kay Moore001").uncheck()
    desk.get_by_role("link", name="Decline for Maeve O'Neil").press("Enter")
    dialog_stands(desk)
    axe(desk)
    desk.keyboard.type("No phone at home")
    desk.keyboard.press("Enter")
    desk.get_by_text("Maeve O'Neil: declined for Nora O'Neil, Liam O'Neil.").wait_for()
    expect(desk.locator("dialog[open]")).to_have_count(0)
    expect(desk.get_by_role("checkbox", name="Maeve O'Neil")).to_have_count(0)
    assert not desk.get_by_role("checkbox", name="Kay Moore001").is_checked()
    assert focused(desk) == "Ana Rivera"  # who took the place of the family that has left

    desk.get_by_role("link", name="Ask again later for Ana Rivera").press("Enter")
    dialog_stands(desk)
    axe(desk)
    desk.keyboard.press("Enter")
    desk.locator("dialog .invalid-feedback").wait_for()
    axe(desk)
    desk.get_by_label("Reason").fill("In a hurry")
    desk.get_by_label("Ask again on").fill((today() + timedelta(days=9)).isoformat())
    desk.keyboard.press("Enter")
    desk.get_by_text(f"Ana Rivera is back on the list on {today() + timedelta(days=9):%b %-d, %Y}.").wait_for()
    desk.get_by_text("Left out (2)").press("Enter")
    axe(desk)
    desk.get_by_role("button", name="Ask now for Ana Rivera").press("Enter")
    desk.get_by_role("checkbox", name="Ana Rivera").wait_for()
    assert not desk.get_by_role("checkbox", name="Kay Moore001").is_checked()
    assert Registration.objects.filter(status="declined").count() == 2


def test_the_window_opens_over_the_list_and_the_list_follows(desk, live_server, families):
    desk.goto(live_server.url + WORKLIST)
    opener = desk.get_by_role("link", name="Open window of Maeve O'Neil")
    opener.press("Enter")
    dialog_stands(desk)
    desk.keyboard.press("Enter")  # Register has the focus
    desk.locator("output").first.wait_for()
    expect(desk.get_by_role("button", name="Print", exact=True)).to_be_focused()
    desk.keyboard.press("Escape")
    expect(desk.locator(".family", has_text="Maeve O'Neil")).to_contain_text("PIN issued, not printed yet")
    expect(desk.get_by_role("link", name="Open window of Maeve O'Neil")).to_be_focused()


def test_a_longer_run_shows_its_progress_and_survives_a_closed_tab(desk, live_server):
    days.families(30)
    desk.goto(live_server.url + WORKLIST)
    desk.get_by_role("button", name="Register and Print 30 families").click()
    desk.wait_for_url("**/runs/*/")
    press_button_of_run(desk)
    desk.locator("#run progress").wait_for()
    close_waiting_tab(desk)
    assert SheetRun.objects.get().printed_at is None
    axe(desk)
    desk.get_by_role("heading", name="30 sheets printed at").wait_for(timeout=180_000)
    assert Pin.objects.count() == 30
    desk.get_by_role("button", name="Print again").press("Enter")
    desk.get_by_role("heading", name="Issuing PINs").or_(desk.get_by_role("heading", name="Drawing sheets")).wait_for()
    desk.get_by_role("heading", name="30 sheets printed at").wait_for(timeout=180_000)
    assert (Pin.objects.count(), PinSheet.objects.count()) == (30, 60)


@pytest.mark.shows_pdf
def test_an_interrupted_run_is_named_on_the_list_and_continued(desk, live_server, families, documents):
    desk.goto(live_server.url + WORKLIST)
    desk.get_by_role("button", name="Register and Print 2 families").click()
    desk.wait_for_url("**/runs/*/")
    long_ago = timezone.now() - runs.ABANDONED_AFTER - timedelta(seconds=1)
    SheetRun.objects.update(started_at=long_ago, touched_at=long_ago)  # as a killed process leaves it
    desk.goto(live_server.url + WORKLIST)
    axe(desk)
    desk.get_by_role("link", name="Continue").press("Enter")
    desk.get_by_role("heading", name="Interrupted: 0 of 2 families").wait_for()
    axe(desk)
    assert focused(desk) == "Continue"
    start(desk).wait_for_load_state()
    desk.get_by_role("heading", name="2 sheets printed at").wait_for()
    assert len(pypdfium2.PdfDocument(documents[0])) == 2
    desk.get_by_role("link", name="Back to the list").click()
    assert desk.get_by_text("Interrupted").count() == 0


def test_everything_fits_on_a_phone_in_the_dark(new_context, live_server, front_desk, families):
    phone = page_of(new_context(color_scheme="dark"), live_server, front_desk)
    phone.set_viewport_size({"width": 390, "height": 800})
    phone.goto(live_server.url + WORKLIST)
    axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_role("link", name="Ask again later for Ana Rivera").click()
    dialog_stands(phone)
    axe(phone)
    phone.keyboard.press("Escape")
    phone.get_by_role("button", name="Register and Print 2 families").click()
    phone.wait_for_url("**/runs/*/")
    axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_javascript_all_of_it_works(new_context, live_server, front_desk, families):
    context = new_context(java_script_enabled=False)
    page = page_of(context, live_server, front_desk)
    page.goto(live_server.url + WORKLIST)
    assert not page.get_by_text("Select all").is_visible()
    page.get_by_role("link", name="Decline for Maeve O'Neil").click()
    page.get_by_label("Reason").fill("No phone")
    page.get_by_role("button", name="Decline").click()
    page.get_by_text("declined for").wait_for()
    page.get_by_label("Day", exact=True).fill(today().isoformat())
    page.get_by_role("button", name="Go").click()
    page.get_by_role("button", name="Register and Print").click()
    page.wait_for_url("**/runs/*/")
    with context.expect_page():
        page.get_by_role("button", name="Register and Print").click()
    expect(page.get_by_role("heading", name="2 PINs will be issued")).to_be_visible()  # it cannot know better
    for _ in range(120):
        page.reload()
        if page.get_by_role("heading", name="1 sheet printed at").count():
            return
        page.wait_for_timeout(500)
    pytest.fail("The page does not say that the sheet is printed.")
