"""The patient pages with a keyboard in a real browser, and axe on each of them."""

import pytest
from django.urls import reverse

from tests import people
from tests.accessibility import axe

pytestmark = pytest.mark.usefixtures("transactional_db")


def test_search_and_open_with_the_keyboard_alone(desk, live_server, rivera):
    desk.goto(live_server.url + reverse("patients:chart", args=[rivera.sofia.pk]))
    desk.keyboard.press("/")
    desk.keyboard.type("riv")
    desk.locator("#find-panel [data-result]").nth(3).wait_for()
    axe(desk)
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    assert desk.evaluate("document.activeElement.textContent") == "Carmen Rivera"
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("ArrowUp")
    assert desk.evaluate("document.activeElement.id") == "find"
    desk.keyboard.type(" mat")
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/patients/{rivera.mateo.pk}/")


def test_escape_closes_the_panel(desk, live_server, rivera):
    desk.goto(live_server.url + reverse("patients:chart", args=[rivera.sofia.pk]))
    desk.keyboard.press("/")
    desk.keyboard.type("riv")
    desk.locator("#find-panel [data-result]").first.wait_for()
    desk.keyboard.press("Escape")
    desk.locator("#find-panel [data-result]").first.wait_for(state="detached")


def test_what_was_typed_reaches_no_address(desk, live_server, rivera):
    asked = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.goto(live_server.url + "/patients/")
    desk.keyboard.type("mateo")
    desk.locator("#results [data-result]").wait_for()
    desk.get_by_role("button", name="Show all results").click()
    desk.locator("#results [data-result]").wait_for()
    assert not [url for url in asked if "mateo" in url.lower()]


def test_window_opens_over_the_chart_and_gives_the_focus_back(desk, live_server, rivera):
    luis = rivera.link(rivera.luis, rivera.mateo)
    desk.goto(live_server.url + reverse("patients:family_contacts", args=[rivera.mateo.pk]))
    desk.get_by_role("link", name="Luis Rivera").click()
    desk.get_by_role("heading", name="Luis Rivera Father").wait_for()
    assert desk.url.endswith(f"/family-contacts/{luis.pk}/")
    desk.get_by_role("link", name="Create/Validate Portal Account").click()
    desk.locator("dialog[open]").wait_for()
    axe(desk)
    with desk.expect_response(lambda answer: "/family-contacts/" in answer.url):
        desk.keyboard.press("Escape")
    desk.wait_for_function("document.activeElement.id === 'open-window'")


def test_without_javascript_the_window_is_a_page(new_context, live_server, front_desk, rivera):
    page = people.page_of(front_desk, new_context(java_script_enabled=False), live_server)
    page.goto(live_server.url + "/patients/")
    page.get_by_role("searchbox").fill("mateo")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Family Contacts").click()
    page.get_by_role("link", name="Create/Validate Portal Account").click()
    page.get_by_role("heading", name="Portal Registration").wait_for()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible(desk, live_server, rivera, oneil, width, scheme):
    desk.set_viewport_size({"width": width, "height": 800})
    desk.emulate_media(color_scheme=scheme)
    sean = oneil.link(oneil.sean, oneil.nora)
    addresses = [
        reverse("patients:search"),
        reverse("patients:add"),
        reverse("patients:chart", args=[rivera.baby.pk]),
        reverse("patients:edit", args=[rivera.baby.pk]),
        reverse("patients:family_contacts", args=[oneil.nora.pk, sean.pk]),
        reverse("patients:add_contact", args=[oneil.nora.pk]),
        reverse("patients:link_contact", args=[oneil.nora.pk, rivera.ana.pk]),
        reverse("patients:edit_contact", args=[sean.pk]),
        reverse("patients:inactivate_contact", args=[sean.pk]),
    ]
    for address in addresses:
        desk.goto(live_server.url + address)
        axe(desk)
        assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address} is wider than {width}"


def test_errors_have_the_focus_and_lead_to_their_fields(desk, live_server, rivera):
    desk.goto(live_server.url + reverse("patients:edit", args=[rivera.mateo.pk]))
    desk.get_by_label("Chart number").fill("100002")
    desk.get_by_role("button", name="Save").click()
    desk.locator(".error-summary").wait_for()
    axe(desk)
    assert "error-summary" in desk.evaluate("document.activeElement.className")
    desk.locator(".error-summary a").click()
    assert desk.evaluate("location.hash") == "#id_chart_number"
