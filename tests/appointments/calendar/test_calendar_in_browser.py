"""The calendar and the appointment window in a real browser, with the mouse and with the keyboard alone."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments import local_time
from appointments.models import Appointment, Location, Provider, VisitType, WorkingHours
from patients.ages import today
from portal.models import Registration
from tests import people
from tests.accessibility import axe

pytestmark = pytest.mark.usefixtures("transactional_db")


def at(hour, minute=0, *, days=1):
    """Tomorrow at this time: a day on which no visit has begun, at whatever hour the tests run."""
    return local_time.at(today() + timedelta(days=days), time(hour, minute))


@pytest.fixture
def office(db, rivera):
    """Two providers who work every day from 8 to 5, and Mateo at 9:00 tomorrow."""
    main = Location.objects.create(name="Main Office")
    feldman, raman = (Provider.objects.create(name=name) for name in ("Dr. Feldman", "Dr. Raman"))
    for provider in (feldman, raman):
        for weekday in range(7):
            WorkingHours.objects.create(provider=provider, weekday=weekday, starts=time(8), ends=time(17))
    VisitType.objects.create(name="Well visit", minutes=30, color="teal")
    return Appointment.objects.create(
        patient=rivera.mateo, provider=feldman, location=main, start=at(9), duration=30, visit_type="Well visit"
    )


def open_day(page, live_server, *, days=1):
    day = today() + timedelta(days=days)
    page.goto(f"{live_server.url}{reverse('appointments:day')}?day={day.isoformat()}")
    page.locator(".grid-table").wait_for()


def window(page):
    found = page.locator("#appointment-window")
    found.wait_for()
    page.locator("dialog[open] :focus").wait_for()
    settled(page)
    return found


def settled(page):
    """Wait until htmx listens to what it has put into the page."""
    page.wait_for_function("() => !document.querySelector('.htmx-settling, .htmx-added, .htmx-swapping')")


def closed(page):
    page.locator("dialog[open]").wait_for(state="detached")


def slot(page, provider_column, clock_time):
    day = (today() + timedelta(days=1)).isoformat()
    return page.locator(f'.slot[data-col="{provider_column}"][data-start^="{day}T{clock_time}"]')


def active(page, script="id"):
    return page.evaluate(f"document.activeElement.{script}")


def test_day_week_month_and_the_window_are_accessible(desk, live_server, office):
    open_day(desk, live_server)
    axe(desk)
    desk.locator(".visit").dblclick()
    window(desk)
    axe(desk)
    desk.keyboard.press("Escape")
    closed(desk)
    desk.get_by_role("link", name="Week").click()
    desk.locator(".week-table").wait_for()
    axe(desk)
    desk.get_by_role("link", name="Dr. Feldman").click()
    desk.locator(".grid-table").wait_for()
    axe(desk)
    desk.get_by_role("link", name="Month").click()
    desk.locator(".month-table").wait_for()
    axe(desk)
    desk.set_viewport_size({"width": 390, "height": 800})
    for name in ("day", "week", "month"):
        desk.goto(live_server.url + reverse(f"appointments:{name}"))
        axe(desk)
    desk.goto(live_server.url + reverse("appointments:appointment", args=[office.pk]))
    axe(desk)
    desk.goto(live_server.url + reverse("appointments:add"))
    axe(desk)


def test_keyboard_alone_from_the_calendar_to_the_pins_and_back(desk, live_server, office, rivera):
    open_day(desk, live_server)
    desk.locator(".visit").focus()
    desk.keyboard.press("Enter")
    window(desk)
    desk.get_by_label("Minutes").fill("45")
    desk.locator("#open-portal-window").focus()
    desk.keyboard.press("Enter")
    desk.locator("#dialog-over #registration-window").wait_for()
    assert "Ana Rivera" in desk.locator(".guardian-name").inner_text()
    desk.locator("#dialog-over button:focus", has_text="Register").wait_for()
    settled(desk)
    desk.keyboard.press("Enter")
    desk.locator("#dialog-over output").first.wait_for()
    axe(desk)
    desk.keyboard.press("Escape")
    desk.locator("#patient-summary").get_by_text("Pending Registration").wait_for()
    assert desk.get_by_label("Minutes").input_value() == "45"
    assert Registration.objects.filter(status="pending").count() == 2
    desk.get_by_label("Minutes").focus()
    desk.keyboard.press("Enter")
    closed(desk)
    desk.get_by_text("Saved: Mateo Rivera").wait_for()
    assert Appointment.objects.get().duration == 45
    desk.locator(".visit").get_by_text("Pending Registration").wait_for()
    assert active(desk) == f"visit-{office.pk}"


def test_mouse_from_the_calendar_to_the_pins(desk, live_server, office):
    open_day(desk, live_server)
    desk.locator(".visit").click()
    assert active(desk) == f"visit-{office.pk}"
    assert desk.locator("dialog[open]").count() == 0
    desk.locator(".visit").dblclick()
    window(desk)
    desk.get_by_role("link", name="Create/Validate Portal Account").click()
    over = desk.locator("#dialog-over")
    over.locator("#registration-window").wait_for()
    over.get_by_role("link", name="Luis Rivera").click()
    over.locator(".guardian-name", has_text="Luis Rivera").wait_for()
    over.get_by_role("button", name="Register").click()
    over.locator("output").first.wait_for()
    over.get_by_role("link", name="Close", exact=True).click()
    desk.locator("#patient-summary").get_by_text("Pending Registration").wait_for()


def test_arrow_keys_move_between_visits_and_slots(desk, live_server, office):
    open_day(desk, live_server)
    desk.locator(".visit").focus()
    desk.keyboard.press("ArrowDown")
    assert active(desk, "dataset.start")[11:16] == "09:30"
    assert active(desk, "ariaLabel") == "9:30 AM, Dr. Feldman, free"
    desk.keyboard.press("ArrowUp")
    assert active(desk) == f"visit-{office.pk}"
    desk.keyboard.press("ArrowRight")
    assert active(desk, "ariaLabel") == "9:00 AM, Dr. Raman, free"
    desk.keyboard.press("Enter")
    window(desk)
    assert desk.get_by_label("Start").input_value() == "09:00"
    desk.keyboard.press("Escape")
    closed(desk)


def test_booking_by_double_click_search_and_enter(desk, live_server, office, rivera):
    open_day(desk, live_server)
    slot(desk, 1, "10:15").dblclick()
    window(desk)
    desk.keyboard.type("sofia")
    desk.locator("[data-found]").wait_for()
    axe(desk)
    desk.keyboard.press("Enter")
    desk.locator("#patient-summary").wait_for()
    desk.get_by_label("Type", exact=True).last.select_option("Well visit")
    assert desk.get_by_label("Minutes").input_value() == "30"
    desk.locator("#save-appointment").click()
    closed(desk)
    desk.locator(".visit", has_text="Sofia Rivera").wait_for()
    booked = Appointment.objects.get(patient=rivera.sofia)
    assert (booked.start, booked.duration, booked.provider.name) == (at(10, 15), 30, "Dr. Raman")


def test_dragging_over_free_slots_opens_the_window_with_that_long_a_visit(desk, live_server, office):
    open_day(desk, live_server)
    slot(desk, 1, "11:00").hover()
    desk.mouse.down()
    slot(desk, 1, "11:30").hover()
    desk.mouse.up()
    window(desk)
    assert desk.get_by_label("Start").input_value() == "11:00"
    assert desk.get_by_label("Minutes").input_value() == "45"


def test_dragging_a_visit_moves_it(desk, live_server, office):
    open_day(desk, live_server)
    desk.locator(".visit").drag_to(slot(desk, 1, "10:00"))
    desk.get_by_text("Moved: Mateo Rivera").wait_for()
    moved = Appointment.objects.get()
    assert (moved.start, moved.provider.name) == (at(10), "Dr. Raman")


def test_dragging_onto_a_taken_place_asks_first(desk, live_server, office, rivera):
    other = Appointment.objects.create(patient=rivera.sofia, provider=office.provider, start=at(11), duration=30)
    desk.set_viewport_size({"width": 1280, "height": 1200})  # both in sight: nothing scrolls under the pointer
    open_day(desk, live_server)
    desk.locator(f"#visit-{office.pk}").drag_to(desk.locator(f"#visit-{other.pk}"))
    window(desk)
    desk.get_by_text("already has a visit with Sofia Rivera").wait_for()
    axe(desk)
    office.refresh_from_db()
    assert office.start == at(9)
    desk.get_by_label("Reason to book anyway").fill("Siblings, one visit")
    desk.locator("#save-appointment").click()
    closed(desk)
    office.refresh_from_db()
    assert (office.start, office.override_reason) == (at(11), "Siblings, one visit")


def test_escape_asks_before_it_throws_away_what_was_typed(desk, live_server, office):
    open_day(desk, live_server)
    desk.locator(".visit").dblclick()
    window(desk)
    desk.get_by_label("Minutes").fill("20")
    asked = []
    desk.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    desk.keyboard.press("Escape")
    assert asked == ["Close without saving your changes?"]
    assert desk.get_by_label("Minutes").input_value() == "20"
    desk.once("dialog", lambda dialog: dialog.accept())
    desk.get_by_role("link", name="Close", exact=True).click()
    closed(desk)


def test_two_browsers_one_appointment_the_second_is_told(desk, new_context, live_server, office, clinician):
    colleague = people.page_of(clinician, new_context(), live_server)
    for page in (desk, colleague):
        open_day(page, live_server)
        page.locator(".visit").dblclick()
        window(page)
    colleague.get_by_label("Minutes").fill("20")
    colleague.locator("#save-appointment").click()
    closed(colleague)
    desk.get_by_label("Minutes").fill("60")
    desk.locator("#save-appointment").click()
    desk.get_by_text("A colleague changed this record after you opened it.").first.wait_for()
    axe(desk)
    assert desk.get_by_text("The record now says: “20”.").count() >= 1
    assert Appointment.objects.get().duration == 20
    assert desk.get_by_label("Minutes").input_value() == "60"
    desk.locator("#save-appointment").click()
    closed(desk)
    assert Appointment.objects.get().duration == 60


@pytest.mark.parametrize("in_dialog", [False, True])
def test_the_clock_stamps_the_arrival_and_keeps_what_is_typed(desk, live_server, office, in_dialog):
    WorkingHours.objects.all().delete()  # at whatever hour this test runs
    now = timezone.localtime()
    Appointment.objects.update(start=local_time.at(today(), time(now.hour, 0)))
    if in_dialog:
        open_day(desk, live_server, days=0)
        desk.locator(".visit").dblclick()
        window(desk)
    else:
        desk.goto(live_server.url + reverse("appointments:appointment", args=[office.pk]))
    desk.get_by_label("Minutes").fill("40")
    desk.get_by_role("button", name="Arrived now").click()
    desk.get_by_text("Arrived at").first.wait_for()
    assert desk.get_by_label("Minutes").input_value() == "40"
    office.refresh_from_db()
    assert (office.status, office.duration) == ("arrived", 30)
    settled(desk)
    desk.locator("#save-appointment").click()
    if in_dialog:
        closed(desk)
    else:
        desk.wait_for_url("**/schedule/day/**")
    office.refresh_from_db()
    assert (office.status, office.duration) == ("arrived", 40)


def test_the_calendar_follows_what_a_colleague_does_and_keeps_its_place(desk, live_server, office, rivera):
    open_day(desk, live_server)
    slot(desk, 1, "14:00").click()
    place = active(desk)
    Appointment.objects.create(patient=rivera.sofia, provider=office.provider, start=at(13), duration=15)
    desk.evaluate("document.body.dispatchEvent(new CustomEvent('schedule:changed'))")
    desk.locator(".visit", has_text="Sofia Rivera").wait_for()
    assert active(desk) == place


@pytest.mark.parametrize(
    ("day", "hours", "labels"),
    [
        pytest.param("2027-03-14", 23, {"1:00 AM": 1, "2:00 AM": 0, "3:00 AM": 1}, id="clocks go forward"),
        pytest.param("2026-11-01", 25, {"1:00 AM EDT": 1, "1:00 AM EST": 1, "2:00 AM": 1}, id="clocks go back"),
    ],
)
def test_days_of_23_and_25_hours(desk, live_server, office, rivera, day, hours, labels):
    zone = ZoneInfo("America/New_York")
    year, month, date = (int(part) for part in day.split("-"))
    for hour, minute in ((0, 0), (23, 30)):
        Appointment.objects.create(
            patient=rivera.sofia,
            provider=office.provider,
            start=datetime(year, month, date, hour, minute, tzinfo=zone),
            duration=30,
        )
    desk.goto(f"{live_server.url}{reverse('appointments:day')}?day={day}")
    shown = desk.locator(".grid-table tbody th").all_inner_texts()
    assert len(shown) == hours * 4
    assert {label: shown.count(label) for label in labels} == labels
