"""The clock button beside Arrival Time, which stamps the arrival and keeps what was typed."""

from datetime import timedelta

import pytest

from appointments.models import Appointment
from tests.appointments import schedules
from tests.appointments.schedules import NOW, changes, opened, refused, save, stamp, stored, today_at

pytestmark = pytest.mark.usefixtures("ten_o_clock")


@pytest.fixture
def visit(ten_o_clock, rivera, feldman):
    """Mateo's, at eleven."""
    return schedules.visit(rivera.mateo, today_at(11), feldman, duration=30)


def test_the_clock_stamps_now_and_keeps_what_is_typed(as_front_desk, visit, raman):
    typed = opened(as_front_desk, visit)
    answer = stamp(as_front_desk, visit, typed, duration="45", provider=raman.pk, time="foo")
    found = stored(visit)
    assert (found["status"], found["arrival_time"], found["duration"]) == ("arrived", NOW, 30)
    assert answer.headers["HX-Trigger"] == "schedule:changed"
    assert "Arrived at 10:00 AM." in answer.text
    assert "data-typed" in answer.text
    again = schedules.fields(answer.text)
    expected = {"duration": "45", "provider": str(raman.pk), "time": "foo", "status": "arrived", "arrival": "10:00"}
    assert {name: again[name] for name in expected} == expected
    assert schedules.has_closed(save(as_front_desk, visit, again, time="11:30"))
    found = stored(visit)
    assert (found["duration"], found["start"], found["status"]) == (45, today_at(11, 30), "arrived")


def test_the_clock_hides_no_change_of_a_colleague(as_front_desk, colleague, visit):
    mine = opened(as_front_desk, visit)
    save(colleague, visit, opened(colleague, visit), duration="45")
    page = stamp(as_front_desk, visit, mine).text
    assert stored(visit)["status"] == "arrived"
    before = stored(visit)
    page = refused(save(as_front_desk, visit, schedules.fields(page)), visit, before)
    assert "A colleague changed this record" in page
    assert "The record now says: “45”." in page


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("roomed", "Mateo Rivera is already roomed."),
        ("arrived", "Mateo Rivera is already arrived."),
        ("cancelled", "The status cannot change from Cancelled to Arrived."),
    ],
)
def test_the_clock_says_why_it_does_nothing(as_front_desk, visit, status, words):
    schedules.set_status(visit, status)
    before = stored(visit)
    answer = stamp(as_front_desk, visit, opened(as_front_desk, visit))
    assert words in refused(answer, visit, before)
    assert "HX-Trigger" not in answer.headers


def test_the_clock_is_for_the_day_of_the_visit(as_front_desk, visit):
    Appointment.objects.update(start=today_at(11) + timedelta(days=1))
    before = stored(visit)
    page = refused(stamp(as_front_desk, visit, opened(as_front_desk, visit)), visit, before)
    assert "Arrived can only be set from the day of the visit" in page


def test_the_clock_says_what_it_did_in_the_trail(as_front_desk, visit):
    stamp(as_front_desk, visit, opened(as_front_desk, visit))
    detail = {"appointment": visit.pk, "fields": ["arrival_time", "status"], "status": "arrived"}
    assert changes() == [(visit.patient_id, detail)]
