"""**Week**: lists of several providers, or the hours of one."""

import pytest
from django.urls import reverse

from appointments.models import Provider
from tests.appointments import schedules
from tests.appointments.schedules import HTMX, TODAY, Status, on, today_at, works
from tests.portal import steps

URL = reverse("appointments:week")

pytestmark = pytest.mark.usefixtures("ten_o_clock")


def test_the_week_of_several_in_words(as_front_desk, by, rivera, feldman, raman):
    works(feldman, weekdays=[0])
    works(raman, weekdays=[2])
    visit = schedules.visit(rivera.mateo, on("2026-11-23", 9), feldman, status=Status.CHECKED_OUT)
    schedules.visit(rivera.sofia, on("2026-11-28", 10))
    steps.registered(by, rivera.link(rivera.ana, rivera.mateo))
    page = as_front_desk.get(URL).text
    for words in [
        "Nov 22 to Nov 28, 2026",
        "9:00 AM Mateo Rivera",
        "Checked out. </span>",
        ">Registered</em>",
        ">Unregistered</em>",
        "No provider</th>",
        ">Sun 22</a>",
        ">Sat 28</a>",
        f'href="{reverse("appointments:appointment", args=[visit.pk])}"',
        f'href="{URL}?day=2026-11-25&amp;provider={raman.pk}">Dr. Raman</a>',
        f'href="{reverse("appointments:day")}?day=2026-11-24"',
        'aria-current="page">Week<',
    ]:
        assert words in page


def test_the_week_of_one_is_hours(as_front_desk, rivera, feldman, raman):
    works(feldman)
    schedules.visit(rivera.mateo, on("2026-11-23", 9), feldman)
    schedules.visit(rivera.sofia, on("2026-11-23", 9), raman)
    page = as_front_desk.get(URL, {"provider": feldman.pk}).text
    for words in [
        "grid-table",
        "Mon 23<small>1 visit</small>",
        "Tue 24<small>0 visits</small>",
        "9:00 AM Mateo Rivera",
    ]:
        assert words in page
    assert "Sofia Rivera" not in page


def test_the_row_of_somebody_who_has_left_leads_to_their_own_week(as_front_desk, rivera, feldman, raman):
    schedules.visit(rivera.mateo, today_at(9), feldman)
    schedules.visit(rivera.sofia, today_at(9), raman)
    Provider.objects.filter(pk=feldman.pk).update(is_active=False)
    page = as_front_desk.get(URL, {"provider": feldman.pk}).text
    assert ("Mateo Rivera" in page, "Sofia Rivera" in page) == (True, False)


def test_a_week_when_nobody_works(as_front_desk):
    assert "No providers work this week" in as_front_desk.get(URL).text


@pytest.mark.parametrize(
    ("day", "title", "previous", "following"),
    [
        ("2026-11-25", "Nov 22 to Nov 28, 2026", "2026-11-18", "2026-12-02"),
        ("2026-12-31", "Dec 27 to Jan 2, 2027", "2026-12-24", "2027-01-07"),
        ("2027-03-14", "Mar 14 to Mar 20, 2027", "2027-03-07", "2027-03-21"),
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


@pytest.mark.parametrize("several", [True, False])
def test_nonsense_in_the_address(as_front_desk, feldman, several):
    works(feldman)
    schedules.stays_up(as_front_desk, URL if several else f"{URL}?provider={feldman.pk}")


@pytest.mark.parametrize("day", ["1900-01-01", "2200-12-31"])
def test_the_first_and_the_last_week_there_are(as_front_desk, feldman, day):
    for query in ({}, {"provider": feldman.pk}):
        assert as_front_desk.get(URL, {"day": day, **query}).context["chosen"].isoformat() == day


@pytest.mark.parametrize("several", [True, False])
def test_names_are_text_not_markup(as_front_desk, rivera, several):
    evil = "<script>alert(1)</script>"
    provider = works(Provider.objects.create(name=evil))
    rivera.mateo.given_name = evil
    rivera.mateo.save()
    schedules.visit(rivera.mateo, today_at(9), provider)
    page = as_front_desk.get(URL, {} if several else {"provider": provider.pk}).text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 2


# --- Who may -------------------------------------------------------------------------------------


def test_roles(db):
    assert steps.allowed_roles("get", URL) == steps.VIEWERS


def test_other_methods(as_front_desk):
    assert steps.refused_methods(as_front_desk, URL) == {"post", "put", "patch", "delete"}


# --- Refreshing, the trail, queries --------------------------------------------------------------


def test_a_refresh_is_the_calendar_alone(as_front_desk, rivera):
    schedules.visit(rivera.mateo, today_at(9))
    page = as_front_desk.get(URL, {"refresh": "1"}, headers=HTMX).text
    assert "Mateo Rivera" in page
    for part in ["<html", "<form", "csrfmiddlewaretoken", 'id="schedule"']:
        assert part not in page


def test_a_refresh_keeps_no_session_alive(as_front_desk, rivera):
    schedules.visit(rivera.mateo, today_at(9))
    schedules.keeps_no_session_alive(as_front_desk, URL)


def test_the_trail(as_front_desk):
    schedules.leaves_lines(as_front_desk, URL, "week")


def test_queries_do_not_grow_with_the_visits(as_front_desk):
    counts = schedules.query_counts(as_front_desk, URL, today_at(9))
    assert len(set(counts.values())) == 1, counts
    assert len(as_front_desk.get(URL).context["visits"]) == 200


def test_queries_of_one_provider_s_week_do_not_grow_with_the_visits(as_front_desk, feldman):
    address, counts = f"{URL}?provider={feldman.pk}", {}
    for count in (1, 50, 200):
        schedules.visits(count - max(counts, default=0), today_at(9), feldman)
        counts[count] = steps.queries(lambda: as_front_desk.get(address))
    assert len(set(counts.values())) == 1, counts
