"""The end of a session in a real browser: the warning, the blank screen, and the back button after it.

The limits are those of the settings, and the server enforces them; only the clock goes faster.
"""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from audit.models import AuditEvent
from tests import people
from tests.accessibility import axe
from tests.accounts.sessions.session_pages import IDLE, SOON_OVER, WARNING, blank, chart, focused, warned
from tests.appointments import schedules

pytestmark = pytest.mark.usefixtures("transactional_db")

ASK = reverse("accounts:session")
FAMILY_IDLE = 20 * 60

# --- The warning -------------------------------------------------------------------------------------


def test_the_warning_counts_down_and_enter_stays(desk, live_server, rivera, clock):
    desk.goto(chart(live_server, rivera.mateo))
    desk.locator("#find").focus()
    clock.advance(SOON_OVER)
    warned(desk)
    axe(desk, within=WARNING)
    before = int(desk.locator(f"{WARNING} .number").inner_text())
    assert 0 < before <= 120
    expect(desk.locator(f"{WARNING} .number")).not_to_have_text(str(before))
    expect(desk.get_by_role("button", name="Stay signed in")).to_be_focused()
    with desk.expect_response(lambda answer: answer.request.method == "POST") as stayed:
        desk.keyboard.press("Enter")
    assert stayed.value.json()["left"] == pytest.approx(IDLE, abs=0.1)
    desk.locator(WARNING).wait_for(state="detached")
    assert focused(desk) == "find"
    clock.advance(IDLE + 1)
    blank(desk)  # and once more nobody is there


def test_escape_stays_too_as_somebody_is_there(desk, live_server, rivera, clock):
    desk.goto(chart(live_server, rivera.mateo))
    clock.advance(SOON_OVER)
    warned(desk)
    with desk.expect_response(lambda answer: answer.request.method == "POST"):
        desk.keyboard.press("Escape")
    desk.locator(WARNING).wait_for(state="detached")


def test_sign_out_now(desk, live_server, rivera, clock):
    desk.goto(chart(live_server, rivera.mateo))
    clock.advance(SOON_OVER)
    warned(desk)
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/accounts/login/")
    assert not Session.objects.exists()


def test_typing_is_use(desk, live_server, rivera, clock):
    desk.goto(chart(live_server, rivera.mateo, "patients:edit"))
    field = desk.get_by_label("Preferred name")
    for _ in range(4):
        clock.advance(IDLE / 3)
        with desk.expect_response(lambda answer: answer.request.method == "POST"):
            field.press("x")
        desk.wait_for_function("sessionClock.sinceUse() < 60")  # the page has read the answer
    assert field.input_value().endswith("x" * 4)
    assert not desk.locator(WARNING).count()


def test_the_absolute_limit_is_told_and_cannot_be_put_off(desk, live_server, rivera, clock, settings):
    settings.SESSION_LIMITS = {"staff": (2 * IDLE, IDLE)}
    desk.goto(chart(live_server, rivera.mateo))
    clock.advance(SOON_OVER)
    warned(desk)
    axe(desk, within=WARNING)
    assert desk.get_by_role("button", name="Stay signed in").count() == 0
    expect(desk.get_by_role("button", name="Go on")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.locator(WARNING).wait_for(state="detached")
    with desk.expect_response(lambda answer: answer.url.endswith(ASK)):
        clock.advance(IDLE - SOON_OVER + 1)
    blank(desk)
    assert not desk.get_by_text("Nobody used this page").is_visible()
    assert AuditEvent.objects.get(action="session.ended").detail == {"why": "absolute"}


# --- The blank screen --------------------------------------------------------------------------------


def test_at_the_limit_the_screen_goes_blank_without_a_click(desk, live_server, rivera, clock):
    desk.goto(chart(live_server, rivera.mateo))
    assert "Mateo" in desk.title()
    with desk.expect_response(lambda answer: answer.url.endswith(ASK)):
        clock.advance(IDLE + 1)
    blank(desk)
    assert desk.title() == "Signed out · Our Practice"
    assert "Mateo" not in desk.content()
    expect(desk.get_by_role("link", name="Sign in again")).to_be_focused()
    axe(desk)
    desk.emulate_media(media="print")
    assert "Mateo" not in desk.locator("body").inner_text()
    assert AuditEvent.objects.get(action="session.ended").detail == {"why": "idle"}
    assert not Session.objects.exists()  # because the page asked


def test_a_page_that_refreshes_itself_goes_blank_all_the_same(desk, live_server, rivera, console_errors, clock):
    schedules.visit(rivera.mateo, schedules.today_at(9))
    desk.goto(live_server.url + reverse("appointments:tracking"))
    for _ in range(5):
        with desk.expect_response(lambda answer: "refresh=1" in answer.url and answer.ok):
            clock.advance(IDLE / 6)
    assert "Rivera" in desk.content()
    clock.advance(IDLE / 6 + 1)
    blank(desk)
    assert "Rivera" not in desk.content()
    assert all("401" in error for error in console_errors)  # the last one came too late
    console_errors.clear()


def test_a_computer_that_slept_wakes_up_blank(desk, live_server, rivera):
    desk.goto(chart(live_server, rivera.mateo))
    Session.objects.all().delete()  # the server has not slept
    desk.clock.fast_forward("08:00:00")
    assert "Mateo" not in desk.content()
    blank(desk)
    desk.clock.fast_forward("12:00:10")  # and nobody signs in again
    expect(desk.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_clock_set_wrong_ends_nothing(desk, live_server, rivera):
    desk.goto(chart(live_server, rivera.mateo))
    desk.evaluate("(now => { Date.now = () => now() + 3_600_000 })(Date.now.bind(Date))")
    with desk.expect_response(lambda answer: answer.url.endswith(ASK)):
        desk.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Mateo")
    desk.clock.fast_forward(1500)  # it has looked at the clock once more
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Mateo")


def test_what_the_server_refuses_meanwhile_makes_the_page_blank_and_lands_nowhere(
    desk, live_server, rivera, console_errors
):
    desk.goto(chart(live_server, rivera.mateo))
    Session.objects.all().delete()
    desk.locator("#find").press_sequentially("sofia")
    blank(desk)
    assert "Mateo" not in desk.content()
    assert all("401" in error for error in console_errors)
    console_errors.clear()


# --- The back button -----------------------------------------------------------------------------------


def test_back_after_signing_out_shows_nothing(desk, live_server, rivera):
    desk.goto(chart(live_server, rivera.mateo))
    desk.goto(chart(live_server, rivera.sofia))
    desk.get_by_role("button", name="Sign out").first.click()
    desk.wait_for_url("**/accounts/login/")
    for _ in range(2):
        desk.go_back()
        expect(desk.get_by_role("heading", level=1)).to_have_text("Sign in")
        assert "Rivera" not in desk.content()


def test_back_after_the_limit_shows_nothing(desk, live_server, rivera, clock):
    desk.goto(chart(live_server, rivera.mateo))
    desk.goto(chart(live_server, rivera.sofia))
    clock.advance(IDLE + 1)
    blank(desk)
    desk.go_back()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Sign in")
    desk.go_forward()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert "Rivera" not in desk.content()


def test_a_page_from_the_browser_s_own_store_shows_nothing_until_the_server_has_said_who_is_there(
    desk, live_server, rivera
):
    """Chromium keeps none of our pages, because they forbid it. Another browser might."""
    desk.goto(chart(live_server, rivera.mateo))
    Session.objects.all().delete()
    with desk.expect_response(lambda answer: answer.url.endswith(ASK)):
        desk.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        assert "Mateo" not in desk.content()
    blank(desk)


# --- Families ------------------------------------------------------------------------------------------


def test_a_family_is_warned_and_signed_out_in_its_language(new_context, live_server, family_user, clock):
    phone = new_context()
    clock.install(phone)
    page = people.page_of(family_user, phone, live_server)
    phone.add_cookies([{"name": "django_language", "value": "es", "url": live_server.url}])
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(live_server.url + reverse("family:children"))
    clock.advance(FAMILY_IDLE - 115)
    warned(page)
    expect(page.get_by_role("button", name="Seguir en mi cuenta")).to_be_focused()
    axe(page, within=WARNING)
    page.keyboard.press("Enter")
    page.locator(WARNING).wait_for(state="detached")
    clock.advance(FAMILY_IDLE + 1)
    expect(page.get_by_role("heading", level=1)).to_have_text("Se cerró su sesión")
    axe(page)


def test_public_pages_know_nothing_of_it(page, live_server, db):
    page.goto(live_server.url + reverse("signup:register"))
    assert page.locator("#session").count() == 0
