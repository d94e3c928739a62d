"""The end of a session in a real browser: the warning, the blank screen, and everything back as it was.

The limits are a few seconds here, and held by the server as ever.
"""

from datetime import time

import pytest
from django import conf
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from appointments.models import Appointment, Provider, WorkingHours
from patients.models import Patient
from practice.models import AuditEvent
from tests import people
from tests.accessibility import axe
from tests.appointments import schedules

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 20_000  # milliseconds, within which the limits below bring about what they must
ENDED = "You have been signed out"
WARNING = "#session-warning[open]"


@pytest.fixture(autouse=True)
def limits(settings):
    """Sets how many seconds nobody may use a page; four, to begin with."""
    settings.SESSION_WARNING = 3
    settings.SESSION_SEEN_EVERY = 1

    def set_limits(idle, absolute=600):
        settings.SESSION_LIMITS = {"staff": (idle, absolute), "family": (idle, absolute)}

    set_limits(4)
    return set_limits


@pytest.fixture
def desk(context, live_server, front_desk):
    """The front desk's browser, signed in."""
    return signed_in(context, live_server, front_desk)


def signed_in(context, live_server, user):
    session = people.signed_in(user).cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": session.value, "url": live_server.url}])
    return context.new_page()


def blank(page):
    """Wait until the screen is blank."""
    expect(page.get_by_role("heading", level=1)).to_have_text(ENDED, timeout=SOON)


def warned(page):
    page.locator(WARNING).wait_for(timeout=SOON)


def sign_in_again(page, user):
    """In the tab that opens for it; which is given back open or closed."""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again").press("Enter")
    conf.settings.SESSION_LIMITS = {"staff": (900, 9000)}  # the fixture sets them back
    fill_sign_in(opened.value, user)
    return opened.value


def fill_sign_in(page, user):
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(people.PASSWORD)
    page.keyboard.press("Enter")


def focused(page):
    return page.evaluate("document.activeElement.id")


def chart(live_server, patient, page="patients:chart"):
    return live_server.url + reverse(page, args=[patient.pk])


# --- The warning -------------------------------------------------------------------------------------


def test_the_warning_counts_down_and_enter_stays(desk, live_server, rivera, limits, settings):
    limits(9)
    settings.SESSION_WARNING = 8
    desk.goto(chart(live_server, rivera.mateo))
    desk.locator("#find").focus()
    warned(desk)
    axe(desk, within=WARNING)
    before = int(desk.locator(f"{WARNING} .number").inner_text())
    assert 0 < before <= 8
    expect(desk.locator(f"{WARNING} .number")).not_to_have_text(str(before))
    expect(desk.get_by_role("button", name="Stay signed in")).to_be_focused()
    with desk.expect_response(lambda answer: answer.request.method == "POST") as stayed:
        desk.keyboard.press("Enter")
    assert stayed.value.json()["left"] == pytest.approx(10, abs=0.1)
    desk.locator(WARNING).wait_for(state="detached")
    assert focused(desk) == "find"
    blank(desk)  # and once more nobody is there


def test_escape_stays_too_as_somebody_is_there(desk, live_server, rivera):
    desk.goto(chart(live_server, rivera.mateo))
    warned(desk)
    with desk.expect_response(lambda answer: answer.request.method == "POST"):
        desk.keyboard.press("Escape")
    desk.locator(WARNING).wait_for(state="detached")


def test_sign_out_now(desk, live_server, rivera):
    desk.goto(chart(live_server, rivera.mateo))
    warned(desk)
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/accounts/login/")
    assert not Session.objects.exists()


def test_typing_is_use(desk, live_server, rivera, limits):
    limits(8)
    desk.goto(chart(live_server, rivera.mateo, "patients:edit"))
    field = desk.get_by_label("Preferred name")
    for _ in range(12):
        field.press_sequentially("x", delay=900)
    assert field.input_value().endswith("x" * 12)
    assert not desk.locator(WARNING).count()


def test_the_absolute_limit_is_told_and_cannot_be_put_off(desk, live_server, rivera, limits, settings):
    limits(600, 9)
    settings.SESSION_WARNING = 8
    desk.goto(chart(live_server, rivera.mateo))
    warned(desk)
    axe(desk, within=WARNING)
    assert desk.get_by_role("button", name="Stay signed in").count() == 0
    expect(desk.get_by_role("button", name="Go on")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.locator(WARNING).wait_for(state="detached")
    blank(desk)
    assert not desk.get_by_text("Nobody used this page").is_visible()
    assert AuditEvent.objects.get(action="session.ended").detail == {"why": "absolute"}


# --- The blank screen --------------------------------------------------------------------------------


def test_at_the_limit_the_screen_goes_blank_without_a_click(desk, live_server, rivera, tmp_path):
    desk.goto(chart(live_server, rivera.mateo))
    assert "Mateo" in desk.title()
    blank(desk)
    assert desk.title() == "Signed out · Our Practice"
    assert "Mateo" not in desk.content()
    expect(desk.get_by_role("link", name="Sign in again")).to_be_focused()
    axe(desk)
    desk.emulate_media(media="print")
    assert "Mateo" not in desk.locator("body").inner_text()
    desk.wait_for_timeout(200)
    assert AuditEvent.objects.get(action="session.ended").detail == {"why": "idle"}
    assert not Session.objects.exists()  # asked by the page, as nobody else would


def test_a_page_that_refreshes_itself_goes_blank_all_the_same(desk, live_server, rivera, console_errors):
    schedules.visit(rivera.mateo, schedules.today_at(9))
    desk.goto(live_server.url + reverse("appointments:tracking"))
    asked = []
    desk.on("response", lambda answer: asked.append(answer.status) if "refresh=1" in answer.url else None)
    desk.evaluate("setInterval(() => document.body.dispatchEvent(new CustomEvent('schedule:changed')), 500)")
    blank(desk)
    assert asked.count(200) >= 5
    assert "Rivera" not in desk.content()
    assert all("401" in error for error in console_errors)  # the last one came too late
    console_errors.clear()


def test_a_computer_that_slept_wakes_up_blank(desk, live_server, rivera):
    desk.clock.install()
    desk.goto(chart(live_server, rivera.mateo))
    desk.clock.pause_at(desk.evaluate("Date.now()") / 1000 + 1)
    Session.objects.all().delete()  # the server has not slept
    desk.clock.fast_forward("08:00:00")
    assert "Mateo" not in desk.content()
    blank(desk)
    desk.clock.fast_forward("12:00:10")  # and nobody comes for it
    expect(desk.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_clock_set_wrong_ends_nothing(desk, live_server, rivera, limits):
    limits(60)
    desk.goto(chart(live_server, rivera.mateo))
    desk.evaluate("(now => { Date.now = () => now() + 3_600_000 })(Date.now.bind(Date))")
    with desk.expect_response(lambda answer: answer.url.endswith(reverse("practice:session"))):
        desk.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Mateo")
    desk.wait_for_timeout(1500)
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


# --- Back as it was ------------------------------------------------------------------------------------


def test_a_form_is_as_it_was_after_signing_in_again(desk, live_server, rivera, front_desk):
    desk.goto(chart(live_server, rivera.mateo, "patients:edit"))
    desk.get_by_label("Preferred name").fill("Teo")
    desk.get_by_label("Sex").select_option("female")
    desk.get_by_label("Preferred name").focus()
    blank(desk)
    other = sign_in_again(desk, front_desk)
    expect(desk.get_by_label("Preferred name")).to_have_value("Teo")
    expect(desk.get_by_label("Preferred name")).to_be_focused()
    expect(desk.get_by_label("Sex")).to_have_value("female")
    assert "Mateo" in desk.title()
    assert other.is_closed()
    desk.keyboard.press("Enter")  # with the token of the new sign-in
    desk.wait_for_url(chart(live_server, rivera.mateo))
    assert Patient.objects.get(pk=rivera.mateo.pk).preferred_name == "Teo"


def test_an_appointment_is_as_it_was_typed_under_the_registration_window(desk, live_server, rivera, front_desk):
    provider = Provider.objects.create(name="Dr. Feldman")
    for weekday in range(7):
        WorkingHours.objects.create(provider=provider, weekday=weekday, starts=time(0), ends=time(23))
    visit = schedules.visit(rivera.mateo, schedules.today_at(9), provider, duration=15)
    desk.goto(live_server.url + reverse("appointments:schedule"))
    desk.locator(f"#visit-{visit.pk}").dblclick()
    desk.get_by_label("Minutes").fill("45")
    desk.locator("#open-portal-window").press("Enter")
    desk.locator("#dialog-over button:focus", has_text="Register").wait_for()
    blank(desk)
    assert desk.locator("dialog").count() == 0
    sign_in_again(desk, front_desk)
    expect(desk.locator("dialog:modal")).to_have_count(2)
    desk.locator("#dialog-over button:focus", has_text="Register").press("Enter")  # with the token of the new sign-in
    desk.locator("#dialog-over output").first.wait_for()
    desk.keyboard.press("Escape")
    desk.locator("#dialog-over[open]").wait_for(state="detached")
    desk.locator("#patient-summary").get_by_text("Pending Registration").wait_for()
    expect(desk.get_by_label("Minutes")).to_have_value("45")
    desk.get_by_label("Minutes").press("Enter")
    desk.locator("dialog[open]").wait_for(state="detached")
    desk.get_by_text("Saved: Mateo Rivera").wait_for()
    assert Appointment.objects.get().duration == 45


def test_a_page_that_refreshes_itself_goes_on_doing_so(desk, live_server, rivera, front_desk):
    schedules.visit(rivera.mateo, schedules.today_at(9))
    desk.goto(live_server.url + reverse("appointments:tracking"))
    blank(desk)
    with desk.expect_response(lambda answer: "refresh=1" in answer.url):  # at once,
        sign_in_again(desk, front_desk)
    with desk.expect_response(lambda answer: "refresh=1" in answer.url, timeout=40_000):
        pass  # and after half a minute


def test_without_the_script_what_was_sent_too_late_is_sent_after_signing_in(
    desk, live_server, rivera, front_desk, limits, console_errors
):
    desk.context.route("**/js/session.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    desk.goto(chart(live_server, rivera.mateo, "patients:edit"))
    desk.get_by_label("Preferred name").fill("Teo")
    desk.wait_for_timeout(5_500)
    with desk.expect_navigation():
        desk.get_by_label("Preferred name").press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Nothing was saved")
    assert not Patient.objects.filter(preferred_name="Teo").exists()
    axe(desk)
    assert all("401" in error for error in console_errors)
    console_errors.clear()
    limits(900)
    desk.get_by_role("link", name="Sign in again").click()
    fill_sign_in(desk, front_desk)
    expect(desk.get_by_role("button", name="Send it now")).to_be_focused()
    axe(desk)
    desk.keyboard.press("Enter")
    desk.wait_for_url(chart(live_server, rivera.mateo))
    assert Patient.objects.get(pk=rivera.mateo.pk).preferred_name == "Teo"
    desk.goto(live_server.url + reverse("practice:session_back"))
    axe(desk)


def test_another_user_sees_nothing_of_it(desk, live_server, rivera, administrator):
    desk.goto(chart(live_server, rivera.mateo, "patients:edit"))
    desk.get_by_label("Preferred name").fill("Teo")
    blank(desk)
    sign_in_again(desk, administrator)
    desk.wait_for_url(live_server.url + reverse("patients:search"))
    assert "Teo" not in desk.content()
    assert "Mateo" not in desk.content()


def test_signing_in_anywhere_else_in_the_browser_will_do(desk, live_server, rivera, front_desk):
    desk.goto(chart(live_server, rivera.mateo))
    blank(desk)
    other = desk.context.new_page()
    other.goto(live_server.url)
    fill_sign_in(other, front_desk)
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Mateo")


# --- Several tabs --------------------------------------------------------------------------------------


def test_use_of_one_tab_keeps_the_other(desk, live_server, rivera, limits):
    limits(8)
    desk.goto(chart(live_server, rivera.mateo))
    other = desk.context.new_page()
    for _ in range(6):
        other.goto(chart(live_server, rivera.sofia))
        desk.wait_for_timeout(1800)
        assert not desk.locator(WARNING).count()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Mateo")


def test_both_tabs_warn_go_blank_and_come_back(desk, live_server, rivera, front_desk):
    desk.goto(chart(live_server, rivera.mateo))
    other = desk.context.new_page()
    other.goto(chart(live_server, rivera.sofia))
    warned(desk)
    warned(other)
    other.keyboard.press("Enter")  # answering one answers both
    desk.locator(WARNING).wait_for(state="detached")
    blank(desk)
    blank(other)
    assert AuditEvent.objects.filter(action="session.ended").count() == 1
    sign_in_again(other, front_desk)
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Mateo")
    expect(other.get_by_role("heading", level=1)).to_contain_text("Sofia")


def test_signing_out_in_one_tab_blanks_the_other(desk, live_server, rivera):
    desk.goto(chart(live_server, rivera.mateo))
    other = desk.context.new_page()
    other.goto(chart(live_server, rivera.sofia))
    other.get_by_role("button", name="Sign out").first.click()
    other.wait_for_url("**/accounts/login/")
    blank(desk)
    assert "Mateo" not in desk.content()


@pytest.mark.parametrize("is_still_there", [True, False])
def test_printed_sheets_go_with_the_page_even_after_it_has_moved_on(desk, live_server, rivera, limits, is_still_there):
    limits(600)
    desk.context.route("**/favicon.ico", lambda route: route.fulfill(status=204))  # asked for by tabs that show a PDF
    link = rivera.link(rivera.ana, rivera.mateo)
    desk.goto(live_server.url + reverse("portal:window", args=[link.pk]))
    desk.get_by_role("button", name="Register").click()
    desk.locator("output").first.wait_for()
    sheets = []
    for _ in range(2):  # each in a tab of its own
        with desk.expect_popup() as opened:
            desk.get_by_role("button", name="Print").click()
        opened.value.wait_for_load_state()
        sheets.append(opened.value)
        desk.bring_to_front()
    assert not any(sheet.is_closed() for sheet in sheets)
    limits(4)
    if is_still_there:
        desk.reload()
    else:
        desk.goto(chart(live_server, rivera.sofia))
    blank(desk)
    desk.wait_for_timeout(500)
    assert all(sheet.is_closed() for sheet in sheets)
    assert desk.context.pages == [desk]


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


def test_back_after_the_limit_shows_nothing(desk, live_server, rivera):
    desk.goto(chart(live_server, rivera.mateo))
    desk.goto(chart(live_server, rivera.sofia))
    blank(desk)
    desk.go_back()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Sign in")
    desk.go_forward()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert "Rivera" not in desk.content()


def test_a_page_from_the_browser_s_own_store_shows_nothing_until_the_server_has_said_who_is_there(
    desk, live_server, rivera
):
    """Chromium keeps no page of ours, as none may be stored; another browser might."""
    desk.goto(chart(live_server, rivera.mateo))
    Session.objects.all().delete()
    desk.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert "Mateo" not in desk.content()
    desk.wait_for_timeout(500)
    blank(desk)


# --- Families ------------------------------------------------------------------------------------------


def test_a_family_is_warned_and_signed_out_in_its_language(new_context, live_server, family_user, limits, settings):
    phone = new_context()
    limits(9)
    settings.SESSION_WARNING = 8
    page = signed_in(phone, live_server, family_user)
    phone.add_cookies([{"name": "django_language", "value": "es", "url": live_server.url}])
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(live_server.url + reverse("portal:children"))
    warned(page)
    expect(page.get_by_role("button", name="Seguir en mi cuenta")).to_be_focused()
    axe(page, within=WARNING)
    page.keyboard.press("Enter")
    page.locator(WARNING).wait_for(state="detached")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se cerró su sesión", timeout=SOON)
    axe(page)


def test_public_pages_know_nothing_of_it(page, live_server, db):
    page.goto(live_server.url + reverse("portal:register"))
    assert page.locator("#session").count() == 0
