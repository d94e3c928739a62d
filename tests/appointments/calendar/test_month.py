"""**Month**: how full each day is."""

import pytest
from django.urls import reverse

from appointments.models import TimeOff
from tests.appointments import schedules
from tests.appointments.schedules import HTMX, TODAY, Status, on, today_at
from tests.portal import steps

URL = reverse("appointments:month")

pytestmark = pytest.mark.usefixtures("ten_o_clock")


def test_the_month_in_words(as_front_desk, rivera, feldman, raman):
    schedules.visit(rivera.mateo, on("2026-11-25", 9), feldman)
    schedules.visit(rivera.sofia, on("2026-11-25", 9), raman)
    schedules.visit(rivera.baby, on("2026-11-24", 9), raman, status=Status.NO_SHOW)
    schedules.visit(rivera.baby, on("2026-12-05", 9), raman)
    TimeOff.objects.create(starts=on("2026-11-26", 0), ends=on("2026-11-27", 0), reason="Thanksgiving")
    page = as_front_desk.get(URL).text
    for words in [
        "November 2026",
        "<span>2 visits</span><small>2 providers</small>",
        "<span>1 visit</span><small>1 provider</small>",
        '<span class="month-off">Thanksgiving</span>',
        '<span class="visually-hidden">November 1</span>',
        '<span class="visually-hidden">December 5</span>',
        '<span class="visually-hidden">Sunday</span>',
        f'href="{reverse("appointments:day")}?day=2026-11-25"',
        'aria-current="page">Month<',
    ]:
        assert words in page
    assert page.count(" visits</span>") + page.count(" visit</span>") == 2
    assert "Rivera" not in page


def test_filters_lead_on_to_the_day(as_front_desk, feldman):
    page = as_front_desk.get(URL, {"provider": feldman.pk}).text
    assert f'href="{reverse("appointments:day")}?day=2026-11-25&amp;provider={feldman.pk}"' in page


@pytest.mark.parametrize(
    ("day", "title", "previous", "following"),
    [
        ("2026-11-25", "November 2026", "2026-10-01", "2026-12-01"),
        ("2027-01-31", "January 2027", "2026-12-01", "2027-02-01"),
        ("2027-02-28", "February 2027", "2027-01-01", "2027-03-01"),
        ("2026-12-31", "December 2026", "2026-11-01", "2027-01-01"),
        ("2028-02-29", "February 2028", "2028-01-01", "2028-03-01"),
    ],
)
def test_previous_today_next(as_front_desk, day, title, previous, following):
    page = as_front_desk.get(URL, {"day": day})
    assert title in page.text
    assert schedules.links(page) == {
        "previous": f"day={previous}",
        "today": f"day={TODAY}",
        "next": f"day={following}",
    }


def test_nonsense_in_the_address(as_front_desk):
    schedules.stays_up(as_front_desk, URL)


@pytest.mark.parametrize("day", ["1900-01-01", "2200-12-31"])
def test_the_first_and_the_last_month_there_are(as_front_desk, day):
    assert as_front_desk.get(URL, {"day": day}).context["chosen"].isoformat() == day


def test_reasons_are_text_not_markup(as_front_desk):
    TimeOff.objects.create(starts=on(TODAY, 0), ends=on("2026-11-26", 0), reason="<script>alert(1)</script>")
    page = as_front_desk.get(URL).text
    assert ("<script>alert" in page, "&lt;script&gt;alert(1)" in page) == (False, True)


def test_roles(db):
    assert steps.allowed_roles("get", URL) == steps.VIEWERS


def test_other_methods(as_front_desk):
    assert steps.refused_methods(as_front_desk, URL) == {"post", "put", "patch", "delete"}


def test_a_refresh_is_the_calendar_alone(as_front_desk):
    page = as_front_desk.get(URL, {"refresh": "1"}, headers=HTMX).text
    assert "month-table" in page
    for part in ["<html", "<form", "csrfmiddlewaretoken", 'id="schedule"']:
        assert part not in page


def test_a_refresh_keeps_no_session_alive(as_front_desk):
    schedules.keeps_no_session_alive(as_front_desk, URL)


def test_the_trail(as_front_desk):
    schedules.leaves_lines(as_front_desk, URL, "month")


def test_queries_do_not_grow_with_the_visits(as_front_desk):
    counts = schedules.query_counts(as_front_desk, URL, today_at(9))
    assert len(set(counts.values())) == 1, counts
    assert "<span>200 visits</span><small>12 providers</small>" in as_front_desk.get(URL).text
