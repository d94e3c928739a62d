"""**Day**: a column per provider."""

import pytest
from django.urls import reverse

from appointments.models import Provider, TimeOff, VisitType
from practice.models import Practice
from tests.appointments import schedules
from tests.appointments.schedules import HTMX, TODAY, Status, on, today_at, works
from tests.portal import steps

URL = reverse("appointments:day")

pytestmark = pytest.mark.usefixtures("ten_o_clock")


def test_the_day_in_words(as_front_desk, by, rivera, feldman, office):
    VisitType.objects.create(name="Well visit", minutes=30, color="rose")
    works(feldman)
    visit = schedules.visit(rivera.mateo, today_at(9), feldman, location=office, visit_type="Well visit")
    schedules.visit(rivera.sofia, today_at(10), status=Status.CONFIRMED, visit_type="Unheard of")
    steps.issued(by, rivera.link(rivera.ana, rivera.mateo))
    page = as_front_desk.get(URL).text
    for words in [
        "Wednesday, November 25, 2026",
        "Dr. Feldman<small>1 visit</small>",
        "No provider<small>1 visit</small>",
        "9:00 AM Mateo Rivera",
        "10:00 AM Sofia Rivera",
        'type-rose is-scheduled"',
        'type-slate is-confirmed"',
        "Scheduled. </span>Well visit <em",
        "Confirmed. </span>Unheard of <em",
        ">Pending Registration</em>",
        ">Unregistered</em>",
        f'href="{reverse("appointments:appointment", args=[visit.pk])}"',
        f'data-move="{reverse("appointments:move", args=[visit.pk])}"',
        'data-start="2026-11-25T09:00-05:00"',
        'aria-current="page">Day<',
        'aria-current="date">Today<',
    ]:
        assert words in page


@pytest.mark.parametrize("status", Status)
def test_every_status_is_a_word(as_front_desk, rivera, status):
    schedules.visit(rivera.mateo, today_at(9), status=status)
    page = as_front_desk.get(URL).text
    assert (
        f'<i class="sign sign-{status}" aria-hidden="true"></i><span class="visually-hidden">{status.label}. ' in page
    )


def test_a_day_when_nobody_works(as_front_desk):
    page = as_front_desk.get(URL)
    assert "No providers work on this day" in page.text
    assert "match these filters" not in page.text
    assert "No appointments." in page.text


def test_a_day_off_says_why(as_front_desk, feldman):
    works(feldman)
    TimeOff.objects.create(starts=on(TODAY, 0), ends=on("2026-11-26", 0), reason="Flood")
    page = as_front_desk.get(URL).text
    assert "The practice is off: Flood." in page
    assert 'class="slot shut off"' in page
    assert 'title="Flood"' in page
    assert "The practice is off" not in as_front_desk.get(URL, {"day": "2026-11-26"}).text


@pytest.mark.parametrize("minutes", [5, 10, 15])
def test_the_grid_is_the_practice_s(as_front_desk, feldman, minutes):
    Practice.objects.update_or_create(pk=1, defaults={"grid_minutes": minutes})
    works(feldman)
    page = as_front_desk.get(URL).text
    assert f"grid-table grid-{minutes}" in page
    assert page.count('class="slot') == 9 * 60 // minutes


def test_filters_stay_in_every_address(as_front_desk, feldman, raman, office, rivera):
    kind = VisitType.objects.create(name="Well visit")
    visit = {"location": office, "visit_type": "Well visit"}
    schedules.visit(rivera.mateo, today_at(9), feldman, **visit)
    schedules.visit(rivera.sofia, today_at(9), raman, **visit)
    query = f"provider={feldman.pk}&location={office.pk}&type={kind.pk}"
    page = as_front_desk.get(f"{URL}?{query}")
    assert ("Mateo Rivera" in page.text, "Sofia Rivera" in page.text) == (True, False)
    assert schedules.links(page) == {
        "previous": f"day=2026-11-24&{query}",
        "today": f"day=2026-11-25&{query}",
        "next": f"day=2026-11-26&{query}",
    }
    assert f'hx-get="{URL}?day=2026-11-25&amp;{query.replace("&", "&amp;")}&amp;refresh=1"' in page.text
    assert f'href="{reverse("appointments:week")}?day=2026-11-25&amp;{query.replace("&", "&amp;")}"' in page.text


def test_filters_that_find_nothing_say_so(as_front_desk, office):
    page = as_front_desk.get(URL, {"location": office.pk}).text
    assert "No appointments match these filters." in page


@pytest.mark.parametrize(
    ("day", "previous", "following"),
    [
        ("2026-11-30", "2026-11-29", "2026-12-01"),
        ("2027-01-01", "2026-12-31", "2027-01-02"),
        ("2028-02-29", "2028-02-28", "2028-03-01"),
        ("2027-03-14", "2027-03-13", "2027-03-15"),
    ],
)
def test_previous_today_next(as_front_desk, day, previous, following):
    page = as_front_desk.get(URL, {"day": day})
    assert schedules.links(page) == {
        "previous": f"day={previous}",
        "today": f"day={TODAY}",
        "next": f"day={following}",
    }


@pytest.mark.parametrize("day", ["foo", "0001-01-01", "9999-12-31", "1899-12-31", "2201-01-01", "\x00", ""])
def test_a_day_that_makes_no_sense_is_today(as_front_desk, day):
    assert "Wednesday, November 25, 2026" in as_front_desk.get(URL, {"day": day}).text


@pytest.mark.parametrize("day", ["1900-01-01", "2200-12-31"])
def test_the_first_and_the_last_day_there_are(as_front_desk, day):
    assert as_front_desk.get(URL, {"day": day}).context["chosen"].isoformat() == day


def test_nonsense_in_the_address(as_front_desk, feldman):
    works(feldman)
    schedules.stays_up(as_front_desk, URL)


def test_a_viewer_sees_no_button(as_viewer, rivera):
    schedules.visit(rivera.mateo, today_at(9))
    page = as_viewer.get(URL).text
    assert "Mateo Rivera" in page
    assert ("add-appointment" in page, "data-add" in page) == (False, False)


def test_the_desk_adds_to_the_day_it_looks_at(as_front_desk):
    assert f'href="{reverse("appointments:add")}?day=2026-12-24"' in as_front_desk.get(URL, {"day": "2026-12-24"}).text


def test_names_are_text_not_markup(as_front_desk, rivera):
    evil = "<script>alert(1)</script>"
    provider = Provider.objects.create(name=evil)
    rivera.mateo.given_name = evil
    rivera.mateo.save()
    schedules.visit(rivera.mateo, today_at(9), provider, visit_type=evil)
    page = as_front_desk.get(URL).text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 3


def test_the_clocks_of_the_hour_that_comes_twice_say_their_zone(as_front_desk, rivera):
    schedules.visit(rivera.mateo, on("2026-11-01", 1, 30))
    assert "1:30 AM EDT Mateo Rivera" in as_front_desk.get(URL, {"day": "2026-11-01"}).text


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
    assert "<html" in as_front_desk.get(URL, {"refresh": "1"}).text


def test_a_refresh_keeps_no_session_alive(as_front_desk, rivera):
    schedules.visit(rivera.mateo, today_at(9))
    schedules.keeps_no_session_alive(as_front_desk, URL)


def test_the_trail(as_front_desk):
    schedules.leaves_lines(as_front_desk, URL, "day")


@pytest.mark.parametrize("query", ["", "?refresh=1"])
def test_queries_do_not_grow_with_the_visits(as_front_desk, query):
    counts = schedules.query_counts(as_front_desk, URL + query, today_at(9))
    assert len(set(counts.values())) == 1, counts
    assert len(as_front_desk.get(URL).context["shown"].visits) == 200
