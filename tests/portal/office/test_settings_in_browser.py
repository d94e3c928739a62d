"""Settings in a real browser: accessible, and an uploaded logo appears on the family's page."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from practice.models import Practice, Terms
from tests import people
from tests.accessibility import axe
from tests.practice.test_logo import picture

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def office(context, live_server, administrator):
    page = people.page_of(administrator, context, live_server)
    page.goto(live_server.url + reverse("office:settings"))
    return page


def test_a_new_practice_is_set_up(office, live_server, new_context):
    axe(office)
    office.get_by_label("Name").fill("Hilltop Kids")
    office.get_by_label("Address").fill("1 Main St\nFairbrook, OH 43000")
    office.get_by_role("button", name="Save practice").click()
    expect(office.get_by_text("Saved. Shown on family pages")).to_be_visible()
    office.get_by_label("Choose a picture").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": picture()}
    )
    office.get_by_role("button", name="Add logo").click()
    expect(office.get_by_alt_text("The logo of Hilltop Kids")).to_be_visible()
    axe(office)
    family = new_context().new_page()
    family.goto(live_server.url + reverse("signup:register"))
    logo = family.locator(".brand-logo")
    expect(logo).to_be_visible()
    assert logo.evaluate("image => image.naturalWidth") == Practice.current().logo_width


def test_new_ages_need_a_confirmation(office):
    office.get_by_label("Adult from age").fill("19")
    office.get_by_role("button", name="Save ages").click()
    expect(office.get_by_role("alert")).to_be_focused()
    axe(office)
    office.get_by_role("button", name="Set these ages now").click()
    expect(office.get_by_text("The new ages are in effect.")).to_be_visible()
    assert Practice.current().adult_age == 19


def test_terms_are_previewed_and_published(office):
    office.get_by_role("link", name="Open terms").click()
    axe(office)
    office.get_by_label("English").fill("Be kind.")
    office.get_by_role("button", name="Preview").click()
    expect(office.get_by_role("heading", name="Preview: not published yet")).to_be_visible()
    axe(office)
    office.get_by_role("button", name="Publish version 1").click()
    expect(office.get_by_text("Version 1 published.")).to_be_visible()
    assert Terms.objects.count() == 1
    office.get_by_role("link", name="Version 1").click()
    axe(office)
