"""**Save** in the window."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from appointments import local_time
from appointments.models import Appointment, Provider, VisitType
from audit.models import AuditEvent
from tests import people
from tests.appointments import schedules
from tests.appointments.schedules import HTMX, changes, on, opened, refused, save, stamp, stored, today_at, works
from tests.portal import steps

pytestmark = pytest.mark.usefixtures("ten_o_clock")


@pytest.fixture
def visit(ten_o_clock, rivera, feldman, office):
    """Mateo's, at eleven."""
    VisitType.objects.create(name="Well visit", minutes=30)
    return schedules.visit(rivera.mateo, today_at(11), feldman, location=office, duration=30)


@pytest.fixture
def url(visit):
    return reverse("appointments:change", args=[visit.pk])


# --- Save ----------------------------------------------------------------------------------------


def test_save(as_front_desk, visit, raman):
    typed = opened(as_front_desk, visit)
    answer = save(
        as_front_desk, visit, typed, day="2026-12-01", time="14:30", duration="45", provider=raman.pk,
        visit_type="Well visit", status="confirmed", location="",
    )  # fmt: skip
    assert schedules.has_closed(answer)
    assert "Saved: Mateo Rivera, Tue, Dec 1, 2:30 PM with Dr. Raman." in answer.text
    found = stored(visit)
    assert found["start"] == on("2026-12-01", 14, 30)
    expected = (45, raman.pk, "Well visit", "confirmed", None)
    assert tuple(found[name] for name in ("duration", "provider_id", "visit_type", "status", "location_id")) == expected
    fields = ["duration", "location", "provider", "start", "status", "visit_type"]
    assert changes() == [(visit.patient_id, {"appointment": visit.pk, "fields": fields, "status": "confirmed"})]


def test_without_htmx_it_leads_to_the_day(as_front_desk, visit, url):
    answer = as_front_desk.post(url, opened(as_front_desk, visit) | {"day": "2026-12-01"})
    assert answer.headers["Location"] == f"{reverse('appointments:day')}?day=2026-12-01"
    assert "Saved: Mateo Rivera" in as_front_desk.get(answer.headers["Location"]).text


def test_saving_nothing_changes_nothing(as_front_desk, visit):
    before = stored(visit)
    assert schedules.has_closed(save(as_front_desk, visit, opened(as_front_desk, visit)))
    assert (stored(visit), changes()) == (before, [])


def test_a_start_between_two_minutes_stays_where_it_is(as_front_desk, visit):
    """A roster may bring seconds, which no field shows."""
    Appointment.objects.update(start=today_at(11) + timedelta(seconds=42))
    save(as_front_desk, visit, opened(as_front_desk, visit), duration="15")
    found = stored(visit)
    assert (found["start"], found["duration"]) == (today_at(11) + timedelta(seconds=42), 15)


@pytest.mark.parametrize(("was", "typed"), [(3, "15"), (700, "20"), (700, "700"), (3, "3"), (3, "480")])
def test_a_length_that_a_roster_brought_may_stay_or_become_a_usual_one(as_front_desk, visit, was, typed):
    Appointment.objects.update(duration=was)
    answer = save(as_front_desk, visit, opened(as_front_desk, visit), duration=typed, provider="")
    assert schedules.has_closed(answer)
    assert stored(visit)["duration"] == int(typed)


@pytest.mark.parametrize("minutes", ["", "4", "481", "0", "-5", "foo", "1e3", "9" * 5000])
def test_a_length_nobody_books(as_front_desk, visit, minutes):
    before = stored(visit)
    typed = opened(as_front_desk, visit)
    assert "Nothing was saved yet" in refused(save(as_front_desk, visit, typed, duration=minutes), visit, before)


@pytest.mark.parametrize("missing", ["day", "time", "duration", "status"])
def test_what_must_be_there(as_front_desk, visit, missing):
    before = stored(visit)
    page = refused(save(as_front_desk, visit, opened(as_front_desk, visit), **{missing: ""}), visit, before)
    assert "This field is required." in page


def test_fields_that_nobody_offers_change_nothing(as_front_desk, visit, rivera):
    before, others = stored(visit), steps.everything_but(Appointment, AuditEvent)
    extra = {
        "patient": rivera.sofia.pk, "id": "77", "pk": "77", "is_staff": "1", "start": "2030-01-01T10:00+00:00",
        "arrival_time": "2026-11-25T10:00", "patient_id": rivera.sofia.pk,
    }  # fmt: skip
    assert schedules.has_closed(save(as_front_desk, visit, opened(as_front_desk, visit), duration="20", **extra))
    assert stored(visit) == before | {"duration": 20}
    assert (steps.everything_but(Appointment, AuditEvent), Appointment.objects.count()) == (others, 1)


def test_an_inactive_provider_is_not_booked_anew_and_stays_where_they_are(as_front_desk, visit, raman):
    before = stored(visit)
    Provider.objects.update(is_active=False)
    typed = opened(as_front_desk, visit)
    page = refused(save(as_front_desk, visit, typed, provider=raman.pk), visit, before)
    assert "Select a valid choice" in page
    assert schedules.has_closed(save(as_front_desk, visit, typed, duration="20"))


# --- Two at one appointment ----------------------------------------------------------------------


def test_the_second_is_told_and_overwrites_nothing_unseen(as_front_desk, colleague, visit, raman):
    mine, theirs = opened(as_front_desk, visit), opened(colleague, visit)
    assert schedules.has_closed(save(colleague, visit, theirs, duration="45", provider=raman.pk))
    before = stored(visit)
    answer = save(as_front_desk, visit, mine, duration="20", provider="")
    page = refused(answer, visit, before)
    for words in [
        "A colleague changed this record after you opened it.",
        "The record now says: “45”.",
        "The record now says: Dr. Raman.",
    ]:
        assert words in page.replace("&quot;", '"')
    again = schedules.fields(page)
    assert (again["duration"], again["provider"]) == ("20", "")
    assert schedules.has_closed(save(as_front_desk, visit, again))
    found = stored(visit)
    assert (found["duration"], found["provider_id"]) == (20, None)


def test_what_the_second_leaves_to_the_first_is_kept(as_front_desk, colleague, visit):
    mine, theirs = opened(as_front_desk, visit), opened(colleague, visit)
    save(colleague, visit, theirs, duration="45")
    page = refused(save(as_front_desk, visit, mine, visit_type="Well visit"), visit, stored(visit))
    save(as_front_desk, visit, schedules.fields(page), duration="45")
    found = stored(visit)
    assert (found["duration"], found["visit_type"]) == (45, "Well visit")


def test_a_status_that_is_possible_no_more_gives_way(as_front_desk, colleague, visit):
    mine = opened(as_front_desk, visit)
    save(colleague, visit, opened(colleague, visit), status="arrived")
    save(colleague, visit, opened(colleague, visit), status="checked_out")
    page = refused(save(as_front_desk, visit, mine, visit_type="Well visit"), visit, stored(visit))
    assert "A colleague changed this record" in page
    assert "The record now says: Checked out." in page
    again = schedules.fields(page)
    assert (again["status"], again["visit_type"]) == ("checked_out", "Well visit")


def test_whoever_typed_nonsense_too_is_told_as_well(as_front_desk, colleague, visit):
    mine = opened(as_front_desk, visit)
    save(colleague, visit, opened(colleague, visit), duration="45")
    page = refused(save(as_front_desk, visit, mine, time="foo"), visit, stored(visit))
    assert "A colleague changed this record" in page


@pytest.mark.parametrize("seen", ["", "foo", "\x00", "0" * 16])
def test_a_mark_that_is_none_counts_as_not_having_looked(as_front_desk, visit, seen):
    before = stored(visit)
    page = refused(save(as_front_desk, visit, opened(as_front_desk, visit), seen=seen, duration="20"), visit, before)
    assert "A colleague changed this record" in page


# --- Conflicts -----------------------------------------------------------------------------------


@pytest.fixture
def taken(visit, rivera, feldman):
    """Sofia's, at two."""
    return schedules.conflicting(rivera.sofia, today_at(14), feldman)


def test_a_conflict_is_warned_about_and_saved_with_a_reason(as_front_desk, visit, taken):
    before = stored(visit)
    page = refused(save(as_front_desk, visit, opened(as_front_desk, visit), time="14:15"), visit, before)
    assert "Dr. Feldman already has a visit with Sofia Rivera at that time, 2:00 to 2:30 PM." in page
    assert "Nothing is saved yet." in page
    again = schedules.fields(page)
    assert (again["warned"], again["time"], again["override_reason"]) == (["double_booked"], "14:15", "")
    page = refused(save(as_front_desk, visit, again), visit, before)
    assert schedules.has_closed(save(as_front_desk, visit, schedules.fields(page), override_reason="Siblings"))
    found = stored(visit)
    assert (found["start"], found["override_reason"]) == (today_at(14, 15), "Siblings")
    assert changes()[-1][1]["overridden"] == ["double_booked"]


def test_a_reason_without_a_warning_covers_nothing(as_front_desk, visit, taken):
    before = stored(visit)
    typed = opened(as_front_desk, visit)
    page = refused(save(as_front_desk, visit, typed, time="14:15", override_reason="Because"), visit, before)
    assert "already has a visit with Sofia Rivera" in page


def test_a_reason_does_not_cover_what_came_up_since(as_front_desk, visit, taken, rivera, raman):
    before = stored(visit)
    page = save(as_front_desk, visit, opened(as_front_desk, visit), time="14:15").text
    schedules.visit(rivera.mateo, today_at(14), raman)  # a colleague books Mateo elsewhere meanwhile
    Appointment.objects.filter(patient=rivera.mateo, provider=raman).update(duration=60)
    again = schedules.fields(page)
    page = refused(save(as_front_desk, visit, again, override_reason="Siblings"), visit, before)
    assert "Mateo Rivera already has an appointment with Dr. Raman at that time" in page
    again = schedules.fields(page)
    assert set(again["warned"]) == {"double_booked", "patient_twice"}
    assert again["override_reason"] == "Siblings"
    assert schedules.has_closed(save(as_front_desk, visit, again))
    assert stored(visit)["start"] == today_at(14, 15)


def test_outside_hours_is_warned_about(as_front_desk, visit, feldman):
    works(feldman)
    before = stored(visit)
    page = refused(save(as_front_desk, visit, opened(as_front_desk, visit), time="18:00"), visit, before)
    assert "Dr. Feldman works 8:00 AM to 5:00 PM on Wednesdays." in page


def test_an_override_reason_is_text_not_markup(as_front_desk, visit, taken):
    typed = opened(as_front_desk, visit)
    page = save(as_front_desk, visit, typed, time="14:15", override_reason='"><script>alert(1)</script>').text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


# --- Status --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "to", "is_possible"),
    [
        ("scheduled", "confirmed", True),
        ("scheduled", "roomed", False),
        ("scheduled", "checked_out", False),
        ("arrived", "roomed", True),
        ("roomed", "checked_out", True),
        ("checked_out", "roomed", True),
        ("checked_out", "scheduled", False),
        ("cancelled", "scheduled", True),
        ("cancelled", "arrived", False),
        ("scheduled", "no_show", False),  # it is ten, and the visit at eleven
    ],
)
def test_steps_of_the_status(as_front_desk, visit, before, to, is_possible):
    schedules.set_status(visit, before)
    standing = stored(visit)
    answer = save(as_front_desk, visit, opened(as_front_desk, visit), status=to)
    if is_possible:
        assert schedules.has_closed(answer)
        assert stored(visit)["status"] == to
    else:
        assert "Select a valid choice" in refused(answer, visit, standing)


def test_a_visit_put_back_loses_the_reason_why_it_was_cancelled(as_front_desk, visit):
    schedules.set_status(visit, "cancelled")
    typed = opened(as_front_desk, visit)
    assert typed["cancel_reason"] == "Family called"
    assert schedules.has_closed(save(as_front_desk, visit, typed, status="scheduled"))
    assert stored(visit)["cancel_reason"] == ""


def test_a_cancelled_visit_needs_a_reason(as_front_desk, visit):
    before = stored(visit)
    typed = opened(as_front_desk, visit)
    for nothing in ("", "   "):
        page = refused(save(as_front_desk, visit, typed, status="cancelled", cancel_reason=nothing), visit, before)
        assert "Enter why it is cancelled" in page
    assert schedules.has_closed(save(as_front_desk, visit, typed, status="cancelled", cancel_reason="Flu"))
    found = stored(visit)
    assert (found["status"], found["cancel_reason"]) == ("cancelled", "Flu")


def test_a_cancelled_visit_is_in_nobody_s_way(as_front_desk, visit, taken):
    typed = opened(as_front_desk, visit)
    save(as_front_desk, visit, typed, status="cancelled", cancel_reason="Flu", time="14:15")
    assert stored(visit)["start"] == today_at(14, 15)
    page = save(as_front_desk, visit, opened(as_front_desk, visit), status="scheduled").text
    assert "already has a visit with Sofia Rivera" in page
    assert stored(visit)["status"] == "cancelled"


def test_arrived_is_for_the_day_of_the_visit(as_front_desk, visit):
    before = stored(visit)
    typed = opened(as_front_desk, visit)
    page = refused(save(as_front_desk, visit, typed, status="arrived", day="2026-11-26"), visit, before)
    assert "Arrived can only be set from the day of the visit, Nov 26, 2026." in page


def test_an_arrival_typed_by_hand(as_front_desk, visit):
    save(as_front_desk, visit, opened(as_front_desk, visit), status="arrived", arrival="09:48")
    assert stored(visit)["arrival_time"] == today_at(9, 48)


def test_an_arrival_typed_while_the_status_stays_says_that_they_came(as_front_desk, visit):
    save(as_front_desk, visit, opened(as_front_desk, visit), arrival="09:48")
    assert (stored(visit)["status"], stored(visit)["arrival_time"]) == ("arrived", today_at(9, 48))


# --- Days of 23 and 25 hours ---------------------------------------------------------------------


def test_a_time_that_the_clocks_jump_over(as_front_desk, visit):
    before = stored(visit)
    page = refused(
        save(as_front_desk, visit, opened(as_front_desk, visit), day="2027-03-14", time="02:30"), visit, before
    )
    assert "2:30 AM does not exist on that day: the clocks go forward." in page


@pytest.mark.parametrize(
    ("answer", "start"),
    [("first", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)), ("second", datetime(2026, 11, 1, 6, 30, tzinfo=UTC))],
)
def test_a_time_that_comes_twice_is_asked_about(as_front_desk, visit, answer, start):
    before = stored(visit)
    typed = opened(as_front_desk, visit)
    assert "second" not in typed
    page = refused(save(as_front_desk, visit, typed, day="2026-11-01", time="01:30"), visit, before)
    assert "This time occurs twice on that day. Choose the first or the second." in page
    again = schedules.fields(page)
    assert again["second"] == ""
    assert schedules.has_closed(save(as_front_desk, visit, again, second=answer))
    assert stored(visit)["start"] == start
    reopened = opened(as_front_desk, visit)
    assert reopened["second"] == answer
    count = len(changes())
    assert schedules.has_closed(save(as_front_desk, visit, reopened))
    assert (stored(visit)["start"], len(changes())) == (start, count)
    other = {"first": "second", "second": "first"}[answer]
    save(as_front_desk, visit, reopened, second=other)
    assert stored(visit)["start"] == local_time.at(start.date(), time(1, 30), second=other == "second")


def test_an_answer_to_a_question_that_was_not_asked_means_nothing(as_front_desk, visit):
    save(as_front_desk, visit, opened(as_front_desk, visit), time="11:30", second="second")
    assert stored(visit)["start"] == today_at(11, 30)


def test_the_last_minutes_of_a_day_are_that_day_s(as_front_desk, visit):
    save(as_front_desk, visit, opened(as_front_desk, visit), time="23:55")
    assert stored(visit)["start"] == datetime(2026, 11, 26, 4, 55, tzinfo=UTC)


# --- Who may, and nonsense -----------------------------------------------------------------------


def test_roles(url):
    assert steps.allowed_roles("post", url) == steps.EDITORS


def test_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"get", "head", "put", "patch", "delete"}


def test_unknown(as_front_desk, unknown):
    for number in unknown:
        assert as_front_desk.post(reverse("appointments:change", args=[number])).status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize("press", [save, stamp])
def test_nonsense_in_any_field(as_front_desk, visit, press):
    typed = opened(as_front_desk, visit)
    for number, name in enumerate([*typed, "override_reason", "warned", "second", "choose"]):
        for nonsense in schedules.nonsense_for(number, is_all=press is save):
            schedules.set_status(visit, "scheduled")
            answer = press(as_front_desk, visit, typed | {name: nonsense})
            assert (name, nonsense[:20], answer.status_code) == (name, nonsense[:20], 200)
            assert stored(visit)["start"] == today_at(11)
            if schedules.has_closed(answer):
                typed = opened(as_front_desk, visit)


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"])
@pytest.mark.parametrize("at", ["00:00", "23:59"])
def test_years_without_a_calendar(as_front_desk, visit, day, at):
    before = stored(visit)
    typed = opened(as_front_desk, visit)
    page = refused(save(as_front_desk, visit, typed, day=day, time=at, arrival=at), visit, before)
    assert "Check the year." in page


def test_an_empty_form(as_front_desk, visit, url):
    before = stored(visit)
    refused(as_front_desk.post(url, headers=HTMX), visit, before)


def test_a_visit_that_began_may_be_a_no_show(as_front_desk, visit, front_desk):
    with time_machine.travel(today_at(11, 30), tick=False):
        client = people.signed_in(front_desk)
        save(client, visit, opened(client, visit), status="no_show")
    assert stored(visit)["status"] == "no_show"
