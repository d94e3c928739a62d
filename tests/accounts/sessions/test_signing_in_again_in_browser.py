"""After the end of a session: everything back as it was for the same user, in every tab, and nothing for others."""

from datetime import time

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from appointments.models import Appointment, Provider, WorkingHours
from audit.models import AuditEvent
from patients.ages import today
from patients.models import Patient
from portal.models import SheetRun
from tests.accessibility import axe
from tests.accounts.sessions.session_pages import (
    IDLE,
    SOON_OVER,
    WARNING,
    blank,
    chart,
    fill_sign_in,
    sign_in_again,
    warned,
)
from tests.appointments import schedules
from tests.faults.databases import wait_until

pytestmark = pytest.mark.usefixtures("transactional_db")

# --- Back as it was ------------------------------------------------------------------------------------


def test_a_form_is_as_it_was_after_signing_in_again(desk, live_server, rivera, front_desk, clock):
    desk.goto(chart(live_server, rivera.mateo, "patients:edit"))
    desk.get_by_label("Preferred name").fill("Teo")
    desk.get_by_label("Sex").select_option("female")
    desk.get_by_label("Preferred name").focus()
    clock.advance(IDLE + 1)
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


def test_an_appointment_is_as_it_was_typed_under_the_registration_window(desk, live_server, rivera, front_desk, clock):
    provider = Provider.objects.create(name="Dr. Feldman")
    for weekday in range(7):
        WorkingHours.objects.create(provider=provider, weekday=weekday, starts=time(0), ends=time(23))
    visit = schedules.visit(rivera.mateo, schedules.today_at(9), provider, duration=15)
    desk.goto(live_server.url + reverse("appointments:schedule"))
    desk.locator(f"#visit-{visit.pk}").dblclick()
    desk.get_by_label("Minutes").fill("45")
    desk.locator("#open-portal-window").press("Enter")
    desk.locator("#dialog-over button:focus", has_text="Register").wait_for()
    clock.advance(IDLE + 1)
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


def test_a_page_that_refreshes_itself_goes_on_doing_so(desk, live_server, rivera, front_desk, clock):
    schedules.visit(rivera.mateo, schedules.today_at(9))
    desk.goto(live_server.url + reverse("appointments:tracking"))
    clock.advance(IDLE + 1)
    blank(desk)
    with desk.expect_response(lambda answer: "refresh=1" in answer.url):  # at once,
        sign_in_again(desk, front_desk)
    with desk.expect_response(lambda answer: "refresh=1" in answer.url):
        clock.advance(30)  # and after half a minute


def test_a_run_that_ends_while_the_screen_is_blank_is_seen_to_have_ended(
    desk, live_server, front_desk, console_errors, clock
):
    now = timezone.now()
    run = SheetRun.objects.create(day=today(), planned_by=front_desk, started_at=now, touched_at=now)
    desk.goto(live_server.url + reverse("desk:run", args=[run.pk]))
    expect(desk.locator("progress")).to_be_visible()
    clock.advance(IDLE + 1)
    blank(desk)
    SheetRun.objects.update(printed_at=timezone.now(), touched_at=now)
    sign_in_again(desk, front_desk)
    expect(desk.get_by_text("choose Print again. The PINs stay the same")).to_be_visible()
    assert all("/runs/" in error for error in console_errors)  # it had asked once more after the end, and was refused
    console_errors.clear()


def test_without_the_script_what_was_sent_too_late_is_sent_after_signing_in(
    desk, live_server, rivera, front_desk, clock, console_errors
):
    desk.context.route("**/js/session.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    desk.goto(chart(live_server, rivera.mateo, "patients:edit"))
    desk.get_by_label("Preferred name").fill("Teo")
    clock.advance(IDLE + 1)
    with desk.expect_navigation():
        desk.get_by_label("Preferred name").press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Nothing was saved")
    assert not Patient.objects.filter(preferred_name="Teo").exists()
    axe(desk)
    assert all("401" in error for error in console_errors)
    console_errors.clear()
    desk.get_by_role("link", name="Sign in again").click()
    fill_sign_in(desk, front_desk)
    expect(desk.get_by_role("button", name="Send it now")).to_be_focused()
    axe(desk)
    desk.keyboard.press("Enter")
    desk.wait_for_url(chart(live_server, rivera.mateo))
    assert Patient.objects.get(pk=rivera.mateo.pk).preferred_name == "Teo"
    desk.goto(live_server.url + reverse("accounts:session_back"))
    axe(desk)


def test_another_user_sees_nothing_of_it(desk, live_server, rivera, administrator, clock):
    desk.goto(chart(live_server, rivera.mateo, "patients:edit"))
    desk.get_by_label("Preferred name").fill("Teo")
    clock.advance(IDLE + 1)
    blank(desk)
    sign_in_again(desk, administrator)
    desk.wait_for_url(live_server.url + reverse("patients:search"))
    assert "Teo" not in desk.content()
    assert "Mateo" not in desk.content()


def test_signing_in_anywhere_else_in_the_browser_will_do(desk, live_server, rivera, front_desk, clock):
    desk.goto(chart(live_server, rivera.mateo))
    clock.advance(IDLE + 1)
    blank(desk)
    other = desk.context.new_page()
    other.goto(live_server.url)
    fill_sign_in(other, front_desk)
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Mateo")


# --- Several tabs --------------------------------------------------------------------------------------


def test_use_of_one_tab_keeps_the_other(desk, live_server, rivera, clock):
    desk.goto(chart(live_server, rivera.mateo))
    other = desk.context.new_page()
    for _ in range(4):
        other.goto(chart(live_server, rivera.sofia))
        clock.advance(IDLE / 3)
        assert not desk.locator(WARNING).count()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Mateo")


def test_both_tabs_warn_go_blank_and_come_back(desk, live_server, rivera, front_desk, clock):
    desk.goto(chart(live_server, rivera.mateo))
    other = desk.context.new_page()
    other.goto(chart(live_server, rivera.sofia))
    clock.advance(SOON_OVER)
    warned(desk)
    warned(other)
    other.keyboard.press("Enter")  # answering one answers both
    desk.locator(WARNING).wait_for(state="detached")
    clock.advance(IDLE + 1)
    blank(desk)
    blank(other)
    ended = AuditEvent.objects.filter(action="session.ended")
    wait_until(ended.exists)  # the page goes blank before the server has answered it
    assert ended.count() == 1
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


@pytest.mark.shows_pdf
@pytest.mark.parametrize("is_still_there", [True, False])
def test_printed_sheets_go_with_the_page_even_after_it_has_moved_on(desk, live_server, rivera, clock, is_still_there):
    desk.context.route("**/favicon.ico", lambda route: route.fulfill(status=204))  # asked for by tabs that show a PDF
    link = rivera.link(rivera.ana, rivera.mateo)
    desk.goto(live_server.url + reverse("desk:window", args=[link.pk]))
    desk.get_by_role("button", name="Register").click()
    desk.locator("output").first.wait_for()
    sheets = []
    for _ in range(2):  # each in its own tab
        with desk.expect_popup() as opened:
            desk.get_by_role("button", name="Print").click()
        opened.value.wait_for_load_state()
        sheets.append(opened.value)
        desk.bring_to_front()
    assert not any(sheet.is_closed() for sheet in sheets)
    if is_still_there:
        desk.reload()
    else:
        desk.goto(chart(live_server, rivera.sofia))
    clock.advance(IDLE + 1)
    blank(desk)
    for sheet in sheets:
        if not sheet.is_closed():
            sheet.wait_for_event("close")
    assert desk.context.pages == [desk]
