"""Shared steps of the browser tests of sessions.

No test waits for a session to end: the tests move the clocks of the server and of the browser's pages, so a busy
machine makes no difference.
"""

from datetime import timedelta

from django.urls import reverse
from playwright.sync_api import expect

from tests import people

IDLE = 15 * 60  # seconds; the limit for staff in the settings
SOON_OVER = IDLE - 115  # seconds without use after which a page warns
ENDED = "You have been signed out"
WARNING = "#session-warning[open]"


class Clock:
    """The clock of the server and of the browsers that it is installed in."""

    def __init__(self, servers):
        self.servers = servers  # time-machine's traveller: this process is also the live server
        self.browsers = []

    def install(self, context):
        context.clock.install()
        self.browsers.append(context)

    def advance(self, seconds):
        self.servers.shift(timedelta(seconds=seconds))
        for each in self.browsers:
            each.clock.fast_forward(seconds * 1000)


def blank(page):
    """Wait until the screen is blank."""
    expect(page.get_by_role("heading", level=1)).to_have_text(ENDED)


def warned(page):
    page.locator(WARNING).wait_for()


def sign_in_again(page, user):
    """Sign in again in the tab that opens for it. Return the tab."""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again").press("Enter")
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
