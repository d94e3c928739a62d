"""Schedule Settings with a keyboard in a real browser, and axe on each of the pages."""

from datetime import time
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from appointments.models import Provider, VisitType
from practice.models import Practice
from tests import people
from tests.accessibility import axe
from tests.appointments.settings import samples

pytestmark = pytest.mark.usefixtures("transactional_db")

SETTINGS = reverse("appointments:settings")


@pytest.fixture
def office(context, live_server, administrator):
    """A page of an administrator who has signed in."""
    return people.page_of(administrator, context, live_server)


def tab_to(page, name):
    """Press Tab until the link, button or field of that name has the focus."""
    target = page.get_by_label(name, exact=True).or_(page.get_by_role("link", name=name, exact=True))
    target = target.or_(page.get_by_role("button", name=name, exact=True)).first
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {name}.")


def test_a_provider_is_added_with_the_keyboard_alone(office, live_server):
    office.goto(live_server.url + SETTINGS)
    tab_to(office, "Add Provider")
    office.keyboard.press("Enter")
    office.wait_for_url("**/providers/add/")
    tab_to(office, "Name*")
    office.keyboard.type("Dr. Iris Vale")
    tab_to(office, "Monday")
    for typed in ("8-12, 1-5", "noonish", "8-5"):
        office.keyboard.type(typed)
        office.keyboard.press("Tab")
    office.keyboard.press("Enter")  # in the field of a day it saves
    office.locator(".error-summary").wait_for()
    axe(office)
    assert "error-summary" in office.evaluate("document.activeElement.className")
    assert office.get_by_label("Monday").input_value() == "8-12, 1-5"
    office.keyboard.press("Tab")
    office.keyboard.press("Enter")
    office.keyboard.press("Tab")
    tab_to(office, "Tuesday")
    office.keyboard.press("ControlOrMeta+a")
    office.keyboard.type("9-12")
    office.keyboard.press("Enter")
    office.wait_for_url(lambda url: urlsplit(url).path == SETTINGS)
    row = office.get_by_role("row", name="Dr. Iris Vale")
    assert "8:00 AM – 12:00 PM, 1:00 – 5:00 PM" in row.inner_text()
    office.locator(".toast-success").wait_for()
    axe(office)
    added = Provider.objects.get()
    assert samples.rows(added)[2:] == [(1, time(9), time(12)), (2, time(8), time(17))]


def test_the_grid_is_set_with_the_keyboard_alone(office, live_server):
    office.goto(live_server.url + SETTINGS)
    tab_to(office, "15 minutes")
    office.keyboard.press("ArrowUp")
    tab_to(office, "Save")
    office.keyboard.press("Enter")
    office.locator(".toast-success").wait_for()
    assert Practice.current().grid_minutes == 10


def test_a_visit_type_is_added_and_removed_with_the_keyboard_alone(office, live_server):
    office.goto(live_server.url + SETTINGS)
    tab_to(office, "Add Visit Type")
    office.keyboard.press("Enter")
    office.wait_for_url("**/visit-types/add/")
    tab_to(office, "Name*")
    office.keyboard.type("Well visit")
    tab_to(office, "Teal")
    office.keyboard.press("ArrowDown")
    office.keyboard.press("Enter")
    office.wait_for_url(f"**{SETTINGS}")
    assert VisitType.objects.values_list("name", "minutes", "color").get() == ("Well visit", 15, "blue")
    tab_to(office, "Edit Well visit")
    office.keyboard.press("Enter")
    office.get_by_role("heading", name="Well visit").wait_for()
    tab_to(office, "Remove")
    office.keyboard.press("Enter")
    office.wait_for_url(f"**{SETTINGS}")
    office.locator(".toast-success").wait_for()
    assert not VisitType.objects.exists()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible(office, live_server, width, scheme):
    office.set_viewport_size({"width": width, "height": 800})
    office.emulate_media(color_scheme=scheme)
    office.goto(live_server.url + SETTINGS)  # with nothing in it
    axe(office)
    vale = samples.provider(week=dict.fromkeys(range(5), samples.DAY))
    samples.provider("Dr. " + "Wolfeschlegelsteinhausenbergerdorff" * 2, is_active=False)
    types = [samples.visit_type(color.label, 15, color) for color in VisitType.Color]
    samples.time_off(vale)
    samples.time_off(reason="Wolfeschlegelsteinhausenbergerdorff" * 2)
    addresses = [
        SETTINGS,
        reverse("appointments:add_provider"),
        reverse("appointments:provider", args=[vale.pk]),
        reverse("appointments:add_visit_type"),
        reverse("appointments:visit_type", args=[types[0].pk]),
        reverse("appointments:add_time_off"),
    ]
    for address in addresses:
        office.goto(live_server.url + address)
        axe(office)
        assert office.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address} is wider than {width}"
    office.get_by_role("button", name="Add Time Off").click()
    office.locator(".error-summary").wait_for()
    axe(office)
