"""The dashboard in a real browser: it is accessible in light and dark, and leads to the window."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from audit import chains
from audit.models import AuditEvent
from audit.trail import Actor
from patients.ages import today
from patients.models import Patient
from portal import registration
from portal.models import Alert, Registration
from practice.models import Practice
from tests.accessibility import axe
from tests.portal import days, steps

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def busy(front_desk, rivera, oneil):
    """An attack, a family with a visit today, a locked PIN, an unused PIN, and a patient who turns 18."""
    Practice.objects.create(pk=1, name="Sunnyside Pediatrics", phone="(614) 555-0100")
    by = Actor(front_desk, "192.0.2.1")
    days.comes(oneil.nora, at="09:00", provider=days.doctor())
    mateo, sofia = rivera.link(rivera.ana, rivera.mateo), rivera.link(rivera.ana, rivera.sofia)
    number = steps.issued(by, mateo)["Mateo"]
    for _ in range(5):
        with pytest.raises(registration.NotProven):
            registration.prove(pin=number, birth_date=rivera.sofia.birth_date, by=steps.PARENT)
    steps.issued(by, sofia)
    Registration.objects.filter(family_contact=sofia).update(changed_at=timezone.now() - timedelta(days=9))
    born = today() + timedelta(days=20)
    liam = oneil.link(oneil.maeve, oneil.liam)
    steps.registered(by, liam, email="maeve@mail.example")
    Patient.objects.filter(pk=oneil.liam.pk).update(birth_date=born.replace(year=born.year - 18, day=min(born.day, 28)))
    chains.write(
        [
            AuditEvent(action="pin.refused", address=f"203.0.113.{each % 31}", detail={"verdict": "unknown"})
            for each in range(1240)
        ]
    )
    started = timezone.now() - timedelta(minutes=1)
    Alert.objects.create(kind="redemption", started_at=started, last_at=timezone.now())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dashboard_is_accessible(desk, live_server, busy, scheme):
    desk.emulate_media(color_scheme=scheme)
    desk.goto(live_server.url + reverse("office:dashboard"))
    expect(desk.get_by_role("heading", name="PINs are being guessed")).to_be_visible()
    axe(desk)
    desk.set_viewport_size({"width": 390, "height": 844})
    axe(desk)
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_dashboard_leads_to_a_new_pin_and_the_alert_is_seen_with_the_keyboard_alone(desk, live_server, busy):
    desk.goto(live_server.url + reverse("office:dashboard"))
    new_pin = desk.get_by_role("link", name="Issue a new PIN for Mateo Rivera")
    new_pin.press("Enter")
    expect(desk.get_by_role("dialog")).to_contain_text("The PIN is locked after five wrong birth dates.")
    desk.keyboard.press("Escape")
    expect(new_pin).to_be_focused()  # the window gives the focus back when it is closed
    desk.get_by_role("button", name="I have seen this").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Seen by Dana Ortiz")).to_be_visible()
    assert desk.get_by_text("1 alert", exact=True).count() == 0
    axe(desk)


def test_nothing_to_do(desk, live_server, db):
    desk.goto(live_server.url + reverse("office:dashboard"))
    expect(desk.get_by_text("Nothing to do")).to_be_visible()
    axe(desk)
