"""Error pages in a browser: readable, accessible, and a toast if a part of a page fails."""

import pytest
from django.urls import reverse

from practice.models import Practice
from tests import people
from tests.accessibility import axe

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture(autouse=True)
def _broken(settings):
    settings.ROOT_URLCONF = "tests.pinportal.broken"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_error_pages_are_accessible(new_context, live_server, console_errors, width, scheme):
    page = new_context(color_scheme=scheme).new_page()
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("/broken/denied/", "/none/", "/broken/value/", "/broken/database/"):
        page.goto(live_server.url + path)
        axe(page)
        assert page.get_by_text("Reference number:").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    console_errors.clear()  # each of them is one


@pytest.fixture
def desk(context, live_server, front_desk):
    Practice.objects.create(pk=1)
    page = people.page_of(front_desk, context, live_server)
    page.goto(live_server.url + reverse("patients:search"))
    return page


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/broken/value/", "What you did last was not saved."),
        ("/broken/value/written/", "What you did last may not have been saved."),
        ("/broken/database/", "Wait a minute, go back and try again."),
    ],
)
def test_a_part_that_fails_says_what_became_of_it_and_its_number(desk, console_errors, path, words):
    with desk.expect_response(f"**{path}") as answer:
        desk.evaluate("path => { htmx.ajax('POST', path, { source: document.body, swap: 'none' }); }", path)
    toast = desk.locator(".toast-error")
    toast.wait_for()
    assert words in toast.inner_text()
    assert f"(Reference number: {answer.value.headers['x-request-id']})" in toast.inner_text()
    axe(desk)
    console_errors.clear()  # the failure, which the browser notes as well


def test_a_server_that_does_not_answer_is_told(desk, console_errors):
    desk.context.set_offline(True)
    desk.evaluate("htmx.ajax('POST', '/patients/', { source: document.body, swap: 'none' }); undefined")
    toast = desk.locator(".toast-error")
    toast.wait_for()
    assert "Cannot reach the server" in toast.inner_text()
    console_errors.clear()
