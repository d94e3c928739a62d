"""A mother who has forgotten her password, at the desk and with her phone: from the click to My Children."""

import pytest
from django.urls import reverse

from audit.trail import Actor
from tests import people
from tests.accessibility import axe
from tests.accounts.factors import codes
from tests.portal import steps

pytestmark = pytest.mark.usefixtures("transactional_db")
PASSWORD = "a quiet street after rain"


def test_from_the_desk_to_my_children(desk, new_context, live_server, front_desk, rivera, settings):
    settings.PORTAL_URL = live_server.url
    link = rivera.link(rivera.ana, rivera.mateo)
    codes.app_of(steps.registered(Actor(front_desk, "192.0.2.1"), link))
    desk.goto(live_server.url + reverse("desk:help_to_sign_in", args=[link.pk]))
    desk.get_by_label("Password").fill(people.PASSWORD)
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="Make the link").wait_for()
    axe(desk)
    desk.get_by_role("button", name="Make the link").click()
    desk.get_by_text("No link was made yet").wait_for()
    axe(desk)
    desk.get_by_label("I have checked who is asking").check()
    desk.locator("[name=lost]").select_option("phone")
    desk.get_by_role("button", name="Make the link").click()
    address = desk.get_by_label("Link").input_value()
    axe(desk)

    phone = new_context().new_page()
    phone.set_viewport_size({"width": 360, "height": 740})
    phone.goto(address)
    axe(phone)
    phone.locator("input[type=password]").first.fill(PASSWORD)
    phone.get_by_role("button", name="Save the password").click()
    phone.get_by_role("link", name="Sign in").click()
    phone.get_by_label("E-mail").fill("parent@mail.example")
    phone.get_by_label("Password").fill(PASSWORD)
    phone.locator("main .btn-primary").first.click()
    phone.get_by_role("heading", name="Mateo").wait_for()
