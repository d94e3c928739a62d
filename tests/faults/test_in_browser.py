"""The desk's open window while the database is away, and after it has come back, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.faults.changes import assert_nothing_is_half_done

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def window(page, site, known):
    page.context.add_cookies([{"name": "sessionid", "value": known["session"], "url": site.address}])
    page.goto(f"{site.address}/patients/{known['patient']}/family-contacts/")
    page.get_by_role("link", name="Create/Validate Portal Account").click()
    page.locator("#registration-window").wait_for()
    return page


def expect_failure(window, press):
    """A toast says so, the window is still open, and the focus has not moved."""
    press()
    toast = window.locator("dialog[open] .toast-error")
    toast.wait_for()
    expect(window.locator("dialog[open] button:focus")).to_be_visible()
    toast.get_by_role("button", name="Dismiss").click()  # not covered by anything
    assert window.locator("dialog[open] #registration-window, dialog[open] form").first.is_visible()


def printed(window):
    """Press Print, and return the status and content type of the new tab."""
    with window.context.expect_event("response", lambda answer: answer.url.endswith("/print/")) as answered:
        window.get_by_role("button", name="Print").click()
    window.bring_to_front()
    return answered.value.status, answered.value.headers.get("content-type")


def test_register_and_print_work_again_in_the_same_window(window, database, console_errors):
    window.get_by_role("checkbox", name="Register Sofia Rivera").uncheck()
    register = window.get_by_role("button", name="Register", exact=True)
    database.down()
    expect_failure(window, register.click)
    assert not window.get_by_role("checkbox", name="Register Sofia Rivera").is_checked()
    database.up()
    register.click()
    window.locator("output").wait_for()
    assert window.locator("output").count() == 1

    database.down()
    assert printed(window)[0] >= 500
    database.up()
    assert database.rows("SELECT count(*) FROM portal_pin WHERE printed_at IS NOT NULL") == [(0,)]
    assert printed(window) == (200, "application/pdf")
    assert database.rows("SELECT count(*) FROM portal_pin WHERE printed_at IS NOT NULL") == [(1,)]
    assert_nothing_is_half_done(database)
    console_errors.clear()  # the browser complains about each answer that failed


def test_a_reason_that_was_typed_stays(window, database, console_errors):
    window.get_by_role("link", name="Decline for Mateo Rivera").click()
    reason = window.get_by_label("Reason")
    reason.fill("No phone at home")
    press = window.locator("dialog[open] button.btn-primary, dialog[open] button.btn-danger").first
    database.down()
    expect_failure(window, press.click)
    assert reason.input_value() == "No phone at home"
    database.up()
    press.click()
    window.get_by_text("Recorded as declined.").wait_for()
    assert database.rows("SELECT reason FROM portal_registration WHERE status = 'declined'") == [("No phone at home",)]
    console_errors.clear()
