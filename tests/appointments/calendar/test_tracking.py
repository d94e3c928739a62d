"""**Tracking**: today's patients, and a list that refreshes itself."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.urls import reverse

from audit.models import AuditEvent
from tests import people
from tests.appointments import schedules
from tests.appointments.schedules import Status, today_at
from tests.portal import steps

URL = reverse("appointments:tracking")
REFRESH = f"{URL}?refresh=1"
HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.usefixtures("ten_o_clock")


@pytest.fixture
def ten_o_clock():
    """On a Wednesday in New York."""
    with time_machine.travel(datetime(2026, 11, 25, 15, 0, tzinfo=UTC), tick=False):
        yield


def shown(page):
    """The patients in the list, in order."""
    return [visit.appointment.patient.given_name for visit in page.context["tracking"].visits]


def test_patients_by_time_with_what_the_desk_needs(as_front_desk, rivera, feldman, office):
    late = schedules.visit(rivera.sofia, today_at(11), feldman, location=office, visit_type="Well visit")
    schedules.visit(rivera.mateo, today_at(9), feldman, status=Status.ARRIVED, arrival_time=today_at(9, 39))
    page = as_front_desk.get(URL)
    assert shown(page) == ["Mateo", "Sofia"]
    for words in ["9:39 AM", "21 min, long", "8 years", "11:00 AM", "Dr. Feldman", "Main Office", "Well visit"]:
        assert words in page.text
    assert "2 today, 1 waiting, longest 21 min" in page.text
    for name, number in [("appointments:appointment", late.pk), ("patients:chart", rivera.sofia.pk)]:
        assert f'href="{reverse(name, args=[number])}"' in page.text


def test_twenty_minutes_are_not_long(as_front_desk, rivera):
    schedules.visit(rivera.mateo, today_at(9), status=Status.ARRIVED, arrival_time=today_at(9, 40))
    page = as_front_desk.get(URL).text
    assert "20 min" in page
    assert "long</span>" not in page


@pytest.mark.parametrize("status", [Status.SCHEDULED, Status.ROOMED, Status.CHECKED_OUT, Status.NO_SHOW])
def test_only_who_sits_in_the_waiting_room_waits(as_front_desk, rivera, status):
    schedules.visit(rivera.mateo, today_at(9), status=status)
    found = as_front_desk.get(URL).context["tracking"]
    assert (found.waiting, found.longest, found.visits[0].waiting) == (0, None, None)


def test_an_arrival_ahead_of_the_clock_is_no_negative_wait(as_front_desk, rivera):
    schedules.visit(rivera.mateo, today_at(9), status=Status.ARRIVED, arrival_time=today_at(10, 5))
    assert as_front_desk.get(URL).context["tracking"].longest == 0


def test_an_arrival_that_nobody_stamped_waits_without_minutes(as_front_desk, rivera):
    """A roster says that somebody has arrived, and not when."""
    schedules.visit(rivera.mateo, today_at(9), status=Status.ARRIVED, arrival_time=None)
    page = as_front_desk.get(URL)
    assert "1 today, 1 waiting</span>" in page.text
    assert page.context["tracking"].visits[0].waiting is None


def test_who_is_not_coming_is_shown_and_not_counted(as_front_desk, rivera):
    schedules.visit(rivera.mateo, today_at(9), status=Status.CANCELLED)
    schedules.visit(rivera.sofia, today_at(9), status=Status.NO_SHOW)
    page = as_front_desk.get(URL)
    assert shown(page) == ["Mateo", "Sofia"]
    assert "0 today, 0 waiting" in page.text


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        (Status.SCHEDULED, True),
        (Status.CONFIRMED, True),
        (Status.NO_SHOW, True),
        (Status.ARRIVED, False),
        (Status.ROOMED, False),
        (Status.CHECKED_OUT, False),
        (Status.CANCELLED, False),
    ],
)
def test_arrived_is_offered_to_those_who_may_still_come(as_front_desk, rivera, status, offered):
    schedules.visit(rivera.mateo, today_at(9), status=status)
    assert ("data-arrive" in as_front_desk.get(URL).text) == offered


def test_a_viewer_sees_the_list_and_no_button(as_viewer, rivera):
    schedules.visit(rivera.mateo, today_at(9))
    page = as_viewer.get(URL).text
    assert "Mateo Rivera" in page
    assert "data-arrive" not in page
    assert "for arrived" not in page


def test_exclude_checked_out(as_front_desk, rivera):
    schedules.visit(rivera.mateo, today_at(9), status=Status.CHECKED_OUT)
    schedules.visit(rivera.sofia, today_at(9))
    page = as_front_desk.get(URL, {"exclude_checked_out": "on"})
    assert shown(page) == ["Sofia"]
    assert "2 today" in page.text
    assert 'name="exclude_checked_out" checked' in page.text


def test_not_registered_hides_the_registered_alone(as_front_desk, by, rivera):
    for child in [rivera.mateo, rivera.sofia, rivera.baby]:
        schedules.visit(child, today_at(9))
    steps.registered(by, rivera.link(rivera.ana, rivera.mateo))
    steps.issued(by, rivera.link(rivera.ana, rivera.sofia))
    page = as_front_desk.get(URL, {"not_registered": "on"}).text
    for name, expected in [("Mateo", False), ("Sofia", True), ("Baby Boy", True)]:
        assert (f"Chart of {name} Rivera" in page) == expected
    assert "Chart of Mateo Rivera" in as_front_desk.get(URL).text


def test_nobody_today_leads_to_the_calendar(as_front_desk, rivera):
    schedules.visit(rivera.mateo, today_at(9) - timedelta(days=1))
    page = as_front_desk.get(URL).text
    assert "No visits today" in page
    assert f'href="{reverse("appointments:day")}"' in page


@pytest.mark.parametrize(
    ("now", "children"),
    [
        # Still Tuesday in New York, already Wednesday in UTC.
        (datetime(2026, 11, 25, 4, 59, tzinfo=UTC), ["Mateo", "Sofia"]),
        (datetime(2026, 11, 25, 5, 0, tzinfo=UTC), ["Baby Boy"]),
    ],
)
def test_the_day_is_the_practice_s(front_desk, rivera, now, children):
    schedules.visit(rivera.mateo, datetime(2026, 11, 24, 5, 0, tzinfo=UTC))
    schedules.visit(rivera.sofia, datetime(2026, 11, 25, 4, 45, tzinfo=UTC))
    schedules.visit(rivera.baby, datetime(2026, 11, 25, 5, 0, tzinfo=UTC))
    with time_machine.travel(now, tick=False):
        assert shown(people.signed_in(front_desk).get(URL)) == children


def test_names_are_text_not_markup(as_front_desk, rivera):
    rivera.mateo.given_name = "<script>alert(1)</script>"
    rivera.mateo.save()
    schedules.visit(rivera.mateo, today_at(9))
    assert "<script>alert" not in as_front_desk.get(URL).text


# --- Who may -------------------------------------------------------------------------------------


def test_roles(db):
    assert steps.allowed_roles("get", URL) == steps.VIEWERS


def test_other_methods(as_front_desk):
    assert steps.refused_methods(as_front_desk, URL) == {"post", "put", "patch", "delete"}


# --- Refreshing ----------------------------------------------------------------------------------


def test_a_refresh_is_the_list_alone(as_front_desk, rivera):
    schedules.visit(rivera.mateo, today_at(9))
    page = as_front_desk.get(REFRESH, headers=HTMX).text
    assert "Mateo Rivera" in page
    for part in ["<html", "<form", "csrfmiddlewaretoken", 'id="tracking"']:
        assert part not in page


def test_a_refresh_opened_as_a_page_is_a_page(as_front_desk):
    assert "<html" in as_front_desk.get(REFRESH).text


def test_a_refresh_keeps_the_filters(as_front_desk, rivera):
    schedules.visit(rivera.mateo, today_at(9), status=Status.CHECKED_OUT)
    page = as_front_desk.get(URL, {"exclude_checked_out": "on"}).text
    own = f"{URL}?exclude_checked_out=on&amp;refresh=1"
    assert f'hx-get="{own}"' in page
    assert shown(as_front_desk.get(own.replace("&amp;", "&"), headers=HTMX)) == []


def test_a_refresh_keeps_no_session_alive(as_front_desk, rivera):
    schedules.visit(rivera.mateo, today_at(9))
    page = as_front_desk.get(URL)
    assert "csrftoken" in page.cookies  # the page has forms, and so renews it
    before = list(Session.objects.values())
    with time_machine.travel(today_at(10, 14), tick=False):
        refresh = as_front_desk.get(REFRESH, headers=HTMX)
    assert refresh.status_code == 200
    assert not refresh.cookies
    assert list(Session.objects.values()) == before


def test_a_refresh_after_the_session_has_ended_has_nothing_to_show(client):
    answer = client.get(REFRESH, headers=HTMX)
    assert (answer.status_code, answer.content) == (401, b"")


def test_opening_leaves_one_line_and_refreshing_one_each_half_hour(as_front_desk, front_desk, rivera):
    schedules.visit(rivera.mateo, today_at(9))
    as_front_desk.get(URL)
    for minute in (0, 1, 14, 28, 29):
        with time_machine.travel(today_at(10, minute), tick=False):
            as_front_desk.post(reverse("accounts:session"))  # or the session would end
            as_front_desk.get(REFRESH, headers=HTMX)
    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.patient_id) == ("schedule.viewed", front_desk, None)
    assert event.detail == {"view": "tracking", "day": "2026-11-25"}
    with time_machine.travel(today_at(10, 30), tick=False):
        as_front_desk.get(REFRESH, headers=HTMX)
    assert AuditEvent.objects.count() == 2
    as_front_desk.get(URL)
    assert AuditEvent.objects.count() == 3


def test_refreshing_alone_leaves_a_line(as_front_desk):
    as_front_desk.get(REFRESH, headers=HTMX)
    assert steps.trail() == [("schedule.viewed", None)]


# --- Queries -------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [URL, REFRESH, f"{URL}?not_registered=on"])
def test_queries_do_not_grow_with_the_visits(as_front_desk, feldman, address):
    counts = {}
    as_front_desk.get(address, headers=HTMX)  # the first of the day may leave a line
    for count in (1, 50, 200):
        schedules.visits(count - max(counts, default=0), today_at(9), feldman)
        assert len(shown(as_front_desk.get(address, headers=HTMX))) == count
        counts[count] = steps.queries(lambda: as_front_desk.get(address, headers=HTMX))
    assert len(set(counts.values())) == 1, counts
