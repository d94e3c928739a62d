"""The Appointments tab of a chart."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.models import Appointment
from audit.models import AuditEvent
from tests.portal import steps


@pytest.fixture
def url(rivera):
    return reverse("appointments:patient_appointments", args=[rivera.mateo.pk])


def visit(patient, days, **fields):
    return Appointment.objects.create(patient=patient, start=timezone.now() + timedelta(days=days), **fields)


def test_appointments_tab_lists_what_comes_and_what_was(as_front_desk, url, rivera):
    later, sooner = visit(rivera.mateo, 9), visit(rivera.mateo, 2)
    before = visit(rivera.mateo, -5, status="cancelled", cancel_reason="Snow")
    visit(rivera.sofia, 3, visit_type="Of the sister")
    page = as_front_desk.get(url)
    assert page.context["upcoming"] == [sooner, later]
    assert page.context["past"] == [before]
    assert "Snow" in page.text
    assert "Of the sister" not in page.text
    assert reverse("appointments:appointment", args=[sooner.pk]) in page.text


def test_appointments_tab_without_any_offers_the_next_step(as_front_desk, url, rivera):
    page = as_front_desk.get(url).text
    assert "No upcoming appointments." in page
    assert f"{reverse('appointments:add')}?patient={rivera.mateo.pk}" in page


def test_appointments_tab_leads_to_a_window_with_the_patient_chosen(as_front_desk, rivera):
    page = as_front_desk.get(reverse("appointments:add"), {"patient": rivera.mateo.pk})
    assert page.context["patient"] == rivera.mateo


def test_appointments_tab_leaves_one_line(as_front_desk, url, rivera):
    as_front_desk.get(url)
    event = AuditEvent.objects.get()
    assert (event.action, event.patient_id, event.detail) == (
        "patient.viewed",
        rivera.mateo.pk,
        {"tab": "appointments"},
    )


def test_appointments_tab_roles(url):
    assert steps.allowed_roles("get", url) == steps.VIEWERS


def test_appointments_tab_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"post", "put", "patch", "delete"}


@pytest.mark.parametrize("number", [999_999, 99_999_999_999_999_999_999])
def test_appointments_tab_of_nobody(as_front_desk, number):
    assert as_front_desk.get(reverse("appointments:patient_appointments", args=[number])).status_code == 404


def test_appointments_tab_queries_do_not_grow(as_front_desk, url, rivera):
    visit(rivera.mateo, 1)
    with_one = steps.queries(lambda: as_front_desk.get(url))
    for number in range(30):
        visit(rivera.mateo, number - 15)
    assert steps.queries(lambda: as_front_desk.get(url)) == with_one
