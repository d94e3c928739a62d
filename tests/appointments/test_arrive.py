"""The button **Arrived**."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from appointments.models import Appointment
from tests.appointments import schedules
from tests.appointments.schedules import Status, today_at
from tests.portal import steps

HTMX = {"HX-Request": "true"}
NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)  # ten o'clock in New York

pytestmark = pytest.mark.usefixtures("ten_o_clock")


@pytest.fixture
def ten_o_clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def visit(ten_o_clock, rivera):
    return schedules.visit(rivera.mateo, today_at(10, 15))


@pytest.fixture
def url(visit):
    return reverse("appointments:arrive", args=[visit.pk])


def standing(visit):
    return Appointment.objects.values_list("status", "arrival_time").get(pk=visit.pk)


def test_the_arrival_is_stamped_with_this_moment(as_front_desk, url, visit):
    answer = as_front_desk.post(url, headers=HTMX)
    assert standing(visit) == (Status.ARRIVED, NOW)
    assert steps.trail() == [("appointment.changed", visit.patient_id)]
    assert answer.status_code == 200
    assert answer.headers["HX-Trigger"] == "schedule:changed"
    assert "Mateo Rivera arrived at 10:00 AM." in answer.text
    assert 'hx-swap-oob="beforeend"' in answer.text
    assert answer.text.strip().startswith('<div id="toasts"')


def test_without_htmx_it_leads_back(as_front_desk, url):
    back = f"{reverse('appointments:tracking')}?not_registered=on"
    answer = as_front_desk.post(url, {"next": back})
    assert answer.headers["Location"] == back
    assert "Mateo Rivera arrived at 10:00 AM." in as_front_desk.get(back).text


@pytest.mark.parametrize("elsewhere", ["", "https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_it_leads_nowhere_else(as_front_desk, url, elsewhere):
    answer = as_front_desk.post(url, {"next": elsewhere})
    assert answer.headers["Location"] == reverse("appointments:tracking")


@pytest.mark.parametrize("status", [Status.ARRIVED, Status.ROOMED, Status.CHECKED_OUT])
def test_who_has_come_does_not_come_again(as_front_desk, url, visit, status):
    earlier = NOW - timedelta(minutes=30)
    Appointment.objects.update(status=status, arrival_time=earlier)
    answer = as_front_desk.post(url, headers=HTMX)
    assert f"Mateo Rivera is already {status.label.lower()}." in answer.text
    assert "toast-error" in answer.text
    assert answer.headers["HX-Trigger"] == "schedule:changed"  # the list was out of date
    assert standing(visit) == (status, earlier)
    assert steps.trail() == [("appointment.viewed", visit.patient_id)]  # the answer names patient and status


def test_tomorrow_s_visit_cannot_arrive(as_front_desk, url, visit):
    Appointment.objects.update(start=today_at(10) + timedelta(days=1))
    assert (
        "Arrived can only be set from the day of the visit, Nov 26, 2026." in as_front_desk.post(url, headers=HTMX).text
    )
    assert standing(visit) == (Status.SCHEDULED, None)


def test_a_visit_late_in_the_evening_is_today_s(as_front_desk, url, visit):
    """It is tomorrow already in UTC."""
    Appointment.objects.update(start=today_at(21))
    as_front_desk.post(url)
    assert standing(visit) == (Status.ARRIVED, NOW)


def test_roles(url):
    assert steps.allowed_roles("post", url) == steps.EDITORS


def test_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"get", "head", "put", "patch", "delete"}


def test_a_visit_that_is_not(as_front_desk, unknown):
    for number in unknown:
        assert as_front_desk.post(reverse("appointments:arrive", args=[number])).status_code == 404
    assert [action for action, _patient in steps.trail()] == ["access.refused"] * len(unknown)


def test_queries_do_not_grow_with_the_day(as_front_desk, feldman, rivera):
    first, second = (
        reverse("appointments:arrive", args=[schedules.visit(child, today_at(11), feldman).pk])
        for child in (rivera.mateo, rivera.sofia)
    )
    with_two = steps.queries(lambda: as_front_desk.post(first, headers=HTMX))
    schedules.visits(50, today_at(11), feldman)
    assert steps.queries(lambda: as_front_desk.post(second, headers=HTMX)) == with_two
