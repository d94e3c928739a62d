"""Tracking in a real browser: keyboard, mouse, and a list that refreshes itself under both."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from appointments.models import Appointment, SchedulePreference
from tests import people
from tests.accessibility import axe
from tests.appointments import schedules
from tests.appointments.schedules import Status, today_at
from tests.portal import steps

pytestmark = pytest.mark.usefixtures("transactional_db")
HALF_A_MINUTE = 30_500


@pytest.fixture
def day(rivera, feldman, office):
    """Three visits: Mateo has left, Sofia and her brother are expected."""
    return {
        name: schedules.visit(child, today_at(hour), feldman, location=office, status=status, visit_type="Well visit")
        for name, child, hour, status in [
            ("mateo", rivera.mateo, 8, Status.CHECKED_OUT),
            ("sofia", rivera.sofia, 9, Status.CONFIRMED),
            ("baby", rivera.baby, 10, Status.SCHEDULED),
        ]
    }


@pytest.fixture
def desk(context, live_server, front_desk, day):
    """Tracking, in a browser whose clock the test turns."""
    page = people.page_of(front_desk, context, live_server)
    page.clock.install()
    page.goto(live_server.url + reverse("appointments:tracking"))
    return page


def row(page, visit):
    return page.locator(f"tr:has(#visit-{visit.pk})")


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.localName")


def settled(page):
    """htmx has finished with what it swapped."""
    busy = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
    page.wait_for_function(f"() => !document.querySelector('{busy}')")


def refreshed(page):
    """Half a minute goes by."""
    settled(page)
    with page.expect_response(lambda answer: "refresh=1" in answer.url):
        page.clock.fast_forward(HALF_A_MINUTE)
    settled(page)


# --- Keyboard ------------------------------------------------------------------------------------


def test_arrival_with_one_key(desk, day):
    desk.keyboard.press("ArrowDown")
    assert focused(desk) == f"visit-{day['mateo'].pk}"
    desk.keyboard.press("a")  # has left already: nothing to stamp
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("a")
    expect(desk.locator("#toasts")).to_contain_text("Sofia Rivera arrived at")
    expect(row(desk, day["sofia"]).locator(".visit-arrived")).to_be_visible()
    expect(desk.locator(".tracking-counts")).to_contain_text("3 today, 1 waiting, longest 0 min")
    assert focused(desk) == f"visit-{day['sofia'].pk}"
    assert list(Appointment.objects.order_by("start").values_list("status", flat=True)) == [
        "checked_out",
        "arrived",
        "scheduled",
    ]
    desk.keyboard.press("ArrowDown")
    assert focused(desk) == f"visit-{day['baby'].pk}"


def test_arrows_stay_within_the_list(desk, day):
    desk.keyboard.press("End")
    desk.keyboard.press("ArrowDown")
    assert focused(desk) == f"visit-{day['baby'].pk}"
    desk.keyboard.press("Home")
    desk.keyboard.press("ArrowUp")
    assert focused(desk) == f"visit-{day['mateo'].pk}"
    desk.keyboard.press("/")
    desk.keyboard.press("ArrowDown")  # belongs to the search box
    assert focused(desk) == "find"


def test_a_typed_letter_stamps_nobody(desk, day):
    desk.locator(f"#visit-{day['sofia'].pk}").focus()
    desk.keyboard.press("/")
    desk.keyboard.type("aa")
    desk.locator(f"#visit-{day['sofia'].pk}").focus()
    desk.keyboard.press("Control+a")
    refreshed(desk)
    assert not Appointment.objects.filter(status=Status.ARRIVED).exists()


def test_enter_opens_the_appointment_and_escape_leads_back(desk, day):
    desk.locator(f"#visit-{day['sofia'].pk}").press("Enter")
    desk.locator("#dialog[open]").wait_for()
    desk.locator("#dialog[open] h2").first.click()
    desk.keyboard.press("a")
    desk.keyboard.press("Escape")
    desk.wait_for_function(f"() => document.activeElement.id === 'visit-{day['sofia'].pk}'")
    assert not Appointment.objects.filter(status=Status.ARRIVED).exists()


# --- Mouse ---------------------------------------------------------------------------------------


def test_the_button_gives_the_focus_to_its_row(desk, day):
    row(desk, day["baby"]).get_by_role("button", name="Arrived").click()
    expect(row(desk, day["baby"]).locator(".visit-arrived")).to_be_visible()
    desk.wait_for_function(f"() => document.activeElement.id === 'visit-{day['baby'].pk}'")


def test_a_click_marks_the_row_and_a_double_click_opens_it(desk, day):
    row(desk, day["sofia"]).locator("td").nth(1).click()
    assert focused(desk) == f"visit-{day['sofia'].pk}"
    assert not desk.locator("dialog[open]").count()
    row(desk, day["baby"]).locator("td").nth(1).dblclick()
    desk.locator("#dialog[open]").wait_for()


def test_a_double_click_on_the_name_opens_it_once(desk, day):
    asked = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.locator(f"#visit-{day['sofia'].pk}").dblclick()
    desk.locator("#dialog[open]").wait_for()
    address = reverse("appointments:appointment", args=[day["sofia"].pk])
    assert len([url for url in asked if url.endswith(address)]) == 1


# --- Filters and modes ----------------------------------------------------------------------------


def test_filters_stand_in_the_address_and_in_the_refresh(desk, day, by, rivera):
    desk.get_by_label("Exclude checked out").check()
    expect(row(desk, day["mateo"])).to_have_count(0)
    assert desk.url.endswith("?exclude_checked_out=on")
    steps.registered(by, rivera.link(rivera.ana, rivera.sofia))
    desk.get_by_label("Not registered").check()
    expect(row(desk, day["sofia"])).to_have_count(0)
    refreshed(desk)
    expect(desk.locator(".tracking-link")).to_have_count(1)
    desk.reload()
    expect(desk.get_by_label("Not registered")).to_be_checked()
    expect(desk.locator(".tracking-link")).to_have_count(1)
    desk.go_back()
    expect(desk.get_by_label("Not registered")).not_to_be_checked()
    expect(desk.locator(".tracking-link")).to_have_count(2)


def test_filters_that_leave_nobody_say_so(desk, day, by, rivera):
    expect(desk.locator(".tracking-none")).to_be_hidden()
    steps.registered(by, *(rivera.link(rivera.ana, child) for child in (rivera.mateo, rivera.sofia)))
    Appointment.objects.filter(pk=day["baby"].pk).delete()
    desk.get_by_label("Not registered").check()
    expect(desk.locator(".tracking-none")).to_be_visible()
    axe(desk)


def test_the_radio_buttons_lead_to_the_calendar_and_are_remembered(desk, live_server):
    desk.get_by_role("radio", name="Calendar").click()
    desk.wait_for_url("**/schedule/day/**")
    assert SchedulePreference.objects.get().mode == "calendar"


def test_without_javascript(new_context, live_server, front_desk, day):
    page = people.page_of(front_desk, new_context(java_script_enabled=False), live_server)
    page.goto(live_server.url + reverse("appointments:tracking"))
    page.get_by_label("Exclude checked out").check()
    page.locator("#tracking-filters").get_by_role("button", name="Show").click()
    expect(page.locator(".tracking-link")).to_have_count(2)
    row(page, day["sofia"]).get_by_role("button", name="Arrived").click()
    expect(page.locator("#toasts")).to_contain_text("Sofia Rivera arrived at")
    assert page.url.endswith("?exclude_checked_out=on")
    page.get_by_role("radio", name="Calendar").check()
    page.locator("[data-schedule-mode]").get_by_role("button", name="Show").click()
    page.wait_for_url("**/schedule/day/")


# --- Refreshing ----------------------------------------------------------------------------------


def test_what_a_colleague_stamps_appears_and_nothing_moves(desk, day, clinician, rivera, feldman):
    for hour in range(11, 23):
        schedules.visit(rivera.carmen, today_at(hour), feldman)
    refreshed(desk)
    last = desk.locator(".tracking-link").last
    last.focus()
    desk.evaluate("scrollTo(0, 150)")
    name, place = focused(desk), desk.evaluate("scrollY")
    people.signed_in(clinician).post(reverse("appointments:arrive", args=[day["sofia"].pk]))
    refreshed(desk)
    expect(row(desk, day["sofia"]).locator(".visit-arrived")).to_have_count(1)
    assert (focused(desk), desk.evaluate("scrollY")) == (name, place)
    assert not desk.locator(".toast-note").count()


def test_what_is_being_typed_stays(desk, day):
    desk.keyboard.press("/")
    desk.keyboard.type("riv")
    refreshed(desk)
    desk.keyboard.type("era")
    assert desk.locator("#find").input_value() == "rivera"


def test_a_refresh_long_after_a_dialog_does_not_jump(desk, day):
    desk.locator(f"#visit-{day['sofia'].pk}").press("Enter")
    desk.locator("#dialog[open]").wait_for()
    with desk.expect_response(lambda answer: "refresh=1" in answer.url):
        desk.keyboard.press("Escape")
    desk.evaluate("document.activeElement.blur()")
    refreshed(desk)
    assert focused(desk) == "body"


def test_a_row_that_a_filter_takes_away_leaves_the_focus_to_the_next(desk, day):
    desk.get_by_label("Exclude checked out").check()
    expect(row(desk, day["mateo"])).to_have_count(0)
    desk.locator(f"#visit-{day['sofia'].pk}").focus()
    Appointment.objects.filter(pk=day["sofia"].pk).update(status=Status.CHECKED_OUT, arrival_time=timezone.now())
    refreshed(desk)
    assert focused(desk) == f"visit-{day['baby'].pk}"


def test_a_hidden_tab_asks_for_nothing_until_somebody_looks(desk):
    asked = []
    desk.on("request", lambda request: asked.append(request.url) if "refresh=1" in request.url else None)
    hide = "hidden => Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })"
    desk.evaluate(hide, True)
    desk.clock.fast_forward(HALF_A_MINUTE)
    desk.clock.fast_forward(HALF_A_MINUTE)
    assert asked == []
    desk.evaluate(hide, False)
    with desk.expect_response(lambda answer: "refresh=1" in answer.url):
        desk.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_server_that_does_not_answer_is_one_line(desk, console_errors):
    desk.route("**/*refresh=1", lambda route: route.abort())
    for _ in range(3):
        desk.clock.fast_forward(HALF_A_MINUTE)
        expect(desk.locator("#tracking-stale")).to_contain_text("out of date")
    assert not desk.locator(".toast-note").count()
    console_errors.clear()
    desk.unroute("**/*refresh=1")
    refreshed(desk)
    expect(desk.locator("#tracking-stale")).to_be_empty()


def test_the_end_of_the_session_leaves_nothing_to_see(desk, console_errors):
    Session.objects.all().delete()
    desk.clock.fast_forward(HALF_A_MINUTE)
    desk.get_by_role("heading", name="You have been signed out").wait_for()
    assert "Rivera" not in desk.content()
    assert all("401" in error for error in console_errors)
    console_errors.clear()


# --- Looks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 1000, 390])
def test_accessible_and_not_too_wide(desk, day, width, scheme):
    for visit, status in [("sofia", Status.NO_SHOW), ("baby", Status.ARRIVED)]:
        arrived = timezone.now() - timedelta(minutes=25) if status == Status.ARRIVED else None
        Appointment.objects.filter(pk=day[visit].pk).update(status=status, arrival_time=arrived)
    desk.set_viewport_size({"width": width, "height": 800})
    desk.emulate_media(color_scheme=scheme)
    desk.reload()
    expect(desk.locator(".tracking-long")).to_contain_text("25 min, long")
    axe(desk)
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    Appointment.objects.all().delete()
    desk.reload()
    expect(desk.get_by_role("link", name="Open the calendar")).to_be_visible()
    axe(desk)
