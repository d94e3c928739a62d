"""Pressing Register."""

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from accounts.access import Permission, refusal
from audit.models import AuditEvent
from patients.models import Patient
from portal.models import Pin, Registration
from portal.pins.numbers import grouped
from tests.portal import steps


@pytest.fixture
def url(mateo):
    return reverse("desk:issue", args=[mateo.pk])


def press(client, url, *links, **more):
    return client.post(url, {"child": [link.pk for link in links], **more})


def pending():
    return sorted(Registration.objects.values_list("family_contact__patient__given_name", "status"))


def test_register_shows_a_pin_in_each_row(as_front_desk, url, mateo, sofia):
    page = press(as_front_desk, url, mateo, sofia)
    assert page.status_code == 200
    assert "2 PINs issued." in page.text
    assert page.text.count("<output>") == 2
    assert page.text.count("Pending Registration") == 2
    assert pending() == [("Mateo", "pending"), ("Sofia", "pending")]
    assert steps.trail() == [("pin.issued", mateo.patient_id), ("pin.issued", sofia.patient_id)]


def test_register_pressed_twice_shows_the_same_pin(as_front_desk, url, mateo, by):
    first = press(as_front_desk, url, mateo).text
    number = steps.issued(by, mateo)["Mateo"]
    second = press(as_front_desk, url, mateo).text
    assert grouped(number) in first
    assert grouped(number) in second
    assert "No new PINs" in second
    assert Pin.objects.count() == 1


def test_register_with_nothing_ticked_asks_for_a_tick(as_front_desk, url):
    assert "Tick the children to register first." in press(as_front_desk, url).text
    assert pending() == []


def test_register_roles(url):
    assert steps.allowed_roles("post", url) == steps.EDITORS


def test_register_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"get", "head", "put", "patch", "delete"}


def test_register_from_nobody(as_front_desk, unknown):
    for number in unknown:
        assert as_front_desk.post(reverse("desk:issue", args=[number])).status_code == 404


def test_register_ignores_the_child_of_another_contact(as_front_desk, url, stranger, rivera):
    press(as_front_desk, url, stranger, rivera.link(rivera.luis, rivera.mateo))
    assert pending() == []


@pytest.mark.parametrize("value", ["", "x", "-1", "1.5", "9" * 30, "1 OR 1=1", "\0", "١", "[]"])
def test_register_ignores_invalid_record_numbers(as_front_desk, url, value):
    assert as_front_desk.post(url, {"child": value}).status_code == 200
    assert pending() == []


def test_register_refuses_a_blocked_child_posted_by_hand(as_front_desk, url, baby):
    press(as_front_desk, url, baby)
    assert pending() == []
    assert steps.trail() == [("pin.refused", baby.patient_id)]


def test_register_ignores_extra_fields(as_front_desk, url, mateo, sofia):
    extra = {"status": "registered", "expires_at": "2999-01-01", "patient": sofia.patient_id, "role": "self"}
    press(as_front_desk, url, mateo, is_staff="1", **extra)
    assert pending() == [("Mateo", "pending")]
    lasts = timezone.localdate(Pin.objects.get().expires_at) - timezone.localdate()
    assert lasts.days == 15  # 14 days, to the end of the last


def test_register_by_a_viewer_is_refused_with_the_reason(as_viewer, viewer, url, mateo):
    page = press(as_viewer, url, mateo)
    assert page.status_code == 403
    assert escape(refusal(viewer, Permission.MANAGE_PINS)) in page.text
    assert pending() == []
    event = AuditEvent.objects.get()
    assert (event.action, event.user) == ("access.refused", viewer)
    assert event.detail == {"view": "desk:issue", "why": "not_allowed", "numbers": {"family_contact_id": mateo.pk}}


def test_register_works_once_the_newborn_has_its_given_name(as_front_desk, url, baby):
    Patient.objects.filter(pk=baby.patient_id).update(given_name="Lucas")
    press(as_front_desk, url, baby)
    assert pending() == [("Lucas", "pending")]


def test_register_works_once_the_name_is_confirmed(as_front_desk, url, window_url, baby):
    confirm = reverse("patients:confirm_name", args=[baby.patient_id])
    assert as_front_desk.post(confirm, {"next": window_url}).headers["Location"] == window_url
    press(as_front_desk, url, baby)
    assert pending() == [("Baby Boy", "pending")]
