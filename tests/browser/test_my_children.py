"""My Children on a phone: the text, the targets, and accessibility, in each of its states."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.models import Appointment, Location, Provider
from audit.trail import Actor
from practice.models import Practice
from tests import people
from tests.accessibility import axe
from tests.portal import steps

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def browser_context_args(browser_context_args):
    return browser_context_args | {"viewport": {"width": 360, "height": 740}}


@pytest.fixture
def phone(context, live_server, front_desk, rivera, settings):
    """Ana's phone: Mateo has visits, Sofia is a teen; she is signed in."""
    settings.PORTAL_URL = live_server.url
    Practice.objects.create(pk=1, name="Sunnyside Pediatrics", phone="(614) 555-0100", address="1 Main Street")
    links = [rivera.link(rivera.ana, child) for child in (rivera.mateo, rivera.sofia)]
    user = steps.registered(Actor(front_desk, "192.0.2.1"), *links)
    rivera.sofia.birth_date = people.years_ago(14)
    rivera.sofia.save()
    place = {"provider": Provider.objects.create(name="Dr. Feldman"), "location": Location.objects.create(name="Main")}
    for days in (-40, 3):
        Appointment.objects.create(patient=rivera.mateo, start=timezone.now() + timedelta(days=days), **place)
    return people.page_of(user, context, live_server)


def fits(page, path):
    """The page at this path is loaded, accessible, not too wide, and its targets are large enough."""
    page.wait_for_url(f"**{path}")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    links = page.locator("main a:visible, main button:visible")
    small = [box for box in (each.bounding_box() for each in links.all()) if box["height"] < 44]
    assert not small


def test_from_the_list_to_history_downloads_and_out(phone, live_server):
    phone.goto(live_server.url + reverse("family:children"))
    fits(phone, "/my/children/")
    phone.locator(".child-card", has_text="Mateo").get_by_role("link", name="All visits").click()
    fits(phone, "/my/children/*/")
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Add to calendar").click()
    assert download.value.suggested_filename == "appointment.ics"
    for name, ending in (("PDF", ".pdf"), ("JSON", ".json")):
        with phone.expect_download() as download:
            phone.get_by_role("button", name=name).click()
        assert download.value.suggested_filename.endswith(ending)
    phone.get_by_role("link", name="Who looked at it").click()
    phone.get_by_text("You downloaded a copy.").wait_for()
    fits(phone, "/history/")
    phone.go_back()
    phone.get_by_role("link", name="Remove my access").click()
    fits(phone, "/leave/")
    phone.get_by_role("button", name="Remove my access").click()
    phone.get_by_text("You can no longer see this child here.").wait_for()
    assert phone.get_by_role("heading", name="Mateo").count() == 0


def test_a_teen_is_limited_and_says_why(phone, live_server, rivera):
    phone.goto(live_server.url + reverse("family:child", args=[rivera.sofia.pk]))
    phone.get_by_text("From age 12 to 17, teens have some privacy.").wait_for()
    fits(phone, "/my/children/*/")
    rivera.sofia.birth_date = people.years_ago(18)
    rivera.sofia.save()
    phone.goto(live_server.url + reverse("family:children"))
    phone.get_by_text("Your child is an adult now").wait_for()
    axe(phone)
