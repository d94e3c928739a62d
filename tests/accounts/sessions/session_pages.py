"""Shared steps of the browser tests of sessions."""

from django import conf
from django.urls import reverse
from playwright.sync_api import expect

from tests import people

SOON = 20_000  # milliseconds; the session ends or warns within this time
ENDED = "You have been signed out"
WARNING = "#session-warning[open]"


def blank(page):
    """Wait until the screen is blank."""
    expect(page.get_by_role("heading", level=1)).to_have_text(ENDED, timeout=SOON)


def warned(page):
    page.locator(WARNING).wait_for(timeout=SOON)


def sign_in_again(page, user):
    """Sign in again in the tab that opens for it. Return the tab."""
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
