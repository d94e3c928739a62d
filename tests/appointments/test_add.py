"""**Add appointment**."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from appointments.models import Appointment, Location, Provider, VisitType
from audit.models import AuditEvent
from practice.models import Practice
from tests.appointments import schedules
from tests.appointments.schedules import HTMX, NONSENSE, NOW, today_at
from tests.portal import steps

URL = reverse("appointments:add")

pytestmark = pytest.mark.usefixtures("ten_o_clock")


@pytest.fixture
def types(db):
    return VisitType.objects.create(name="Well visit", minutes=30)


def opened(client, **query):
    return schedules.fields(client.get(URL, query, headers=HTMX).text)


def post(client, typed, **changes):
    return client.post(URL, typed | changes, headers=HTMX)


def chosen(client, patient, **query):
    """The window with the patient chosen and eleven o'clock typed."""
    page = post(client, opened(client, **query) | {"time": "11:00"}, choose=patient.pk)
    return schedules.fields(page.text)


def nothing_saved(answer):
    assert answer.status_code == 200
    assert not Appointment.objects.exists()
    assert 'id="appointment-window"' in answer.text
    return answer.text


def test_book(as_front_desk, front_desk, rivera, feldman, office, types):
    typed = chosen(as_front_desk, rivera.mateo)
    answer = post(as_front_desk, typed, duration="30", provider=feldman.pk, location=office.pk, visit_type="Well visit")
    assert schedules.has_closed(answer)
    assert "Booked: Mateo Rivera, Wed, Nov 25, 11:00 AM with Dr. Feldman." in answer.text
    booked = Appointment.objects.get()
    found = (booked.patient, booked.start, booked.duration, booked.provider, booked.location, booked.visit_type)
    assert found == (rivera.mateo, today_at(11), 30, feldman, office, "Well visit")
    assert (booked.status, booked.arrival_time) == ("scheduled", None)
    event = AuditEvent.objects.get(action="appointment.added")
    assert (event.user, event.patient_id, event.detail) == (front_desk, rivera.mateo.pk, {"appointment": booked.pk})


def test_a_page_of_its_own(as_front_desk, rivera):
    page = as_front_desk.get(URL).text
    for words in ["<html", "Add appointment", "Name, chart number, birth date, phone", 'id="save-appointment"']:
        assert words in page
    typed = chosen(as_front_desk, rivera.mateo)
    answer = as_front_desk.post(URL, typed)
    assert answer.headers["Location"] == f"{reverse('appointments:day')}?day=2026-11-25"
    assert "Booked: Mateo Rivera" in as_front_desk.get(answer.headers["Location"]).text


# --- What the window begins with -----------------------------------------------------------------


def test_empty_it_is_today_with_a_slot_s_length(as_front_desk):
    Practice.objects.update_or_create(pk=1, defaults={"grid_minutes": 10})
    found = opened(as_front_desk)
    expected = {"day": "2026-11-25", "time": "", "duration": "10", "provider": "", "status": "scheduled"}
    assert {name: found[name] for name in expected} == expected


def test_the_slot_s_place_is_taken_over(as_front_desk, feldman, office, rivera):
    Location.objects.create(name="North")
    schedules.visit(rivera.sofia, today_at(9), feldman, location=office)
    found = opened(as_front_desk, start="2026-12-01T09:15-05:00", provider=feldman.pk, minutes="45")
    expected = {
        "day": "2026-12-01",
        "time": "09:15",
        "duration": "45",
        "provider": str(feldman.pk),
        "location": str(office.pk),
    }
    assert {name: found[name] for name in expected} == expected


def test_the_day_that_was_looked_at(as_front_desk):
    assert opened(as_front_desk, day="2026-12-24")["day"] == "2026-12-24"


def test_the_only_location_is_filled_in(as_front_desk, office):
    assert opened(as_front_desk)["location"] == str(office.pk)
    Location.objects.create(name="North")
    assert opened(as_front_desk)["location"] == ""


@pytest.mark.parametrize(("offset", "which"), [("-04:00", "first"), ("-05:00", "second")])
def test_a_slot_in_the_hour_that_comes_twice(as_front_desk, rivera, offset, which):
    typed = opened(as_front_desk, start=f"2026-11-01T01:30{offset}")
    assert (typed["time"], typed["second"]) == ("01:30", which)
    typed = schedules.fields(post(as_front_desk, typed, choose=rivera.mateo.pk).text)
    assert schedules.has_closed(post(as_front_desk, typed))
    hour = {"first": 5, "second": 6}[which]
    assert Appointment.objects.get().start == datetime(2026, 11, 1, hour, 30, tzinfo=UTC)


@pytest.mark.parametrize("minutes", ["0", "4", "481", "foo", "-5", "9" * 30])
def test_minutes_that_nobody_books_are_a_slot_s(as_front_desk, minutes):
    assert opened(as_front_desk, minutes=minutes)["duration"] == "15"


def test_inactive_providers_are_not_offered(as_front_desk, feldman, raman, rivera):
    Provider.objects.filter(pk=raman.pk).update(is_active=False)
    assert opened(as_front_desk, provider=raman.pk)["provider"] == ""
    typed = chosen(as_front_desk, rivera.mateo)
    assert "Select a valid choice" in nothing_saved(post(as_front_desk, typed, provider=raman.pk))


# --- The patient ---------------------------------------------------------------------------------


def test_choosing_the_patient_keeps_what_was_typed(as_front_desk, rivera, feldman, types):
    typed = opened(as_front_desk) | {
        "day": "2026-12-02",
        "time": "15:20",
        "duration": "25",
        "provider": str(feldman.pk),
        "visit_type": "Well visit",
        "status": "confirmed",
    }
    answer = post(as_front_desk, typed, choose=rivera.mateo.pk)
    page = nothing_saved(answer)
    for words in ["Mateo Rivera", "100001", "Ana Rivera", "Portal Account", "data-typed"]:
        assert words in page
    assert "Nothing was saved" not in page
    found = schedules.fields(page)
    assert found["patient"] == str(rivera.mateo.pk)
    names = ("day", "time", "duration", "provider", "visit_type", "status")
    assert {name: found[name] for name in names} == {name: typed[name] for name in names}
    assert steps.trail() == [("patient.viewed", rivera.mateo.pk)]


def test_another_patient_after_all(as_front_desk, rivera):
    typed = chosen(as_front_desk, rivera.mateo)
    page = nothing_saved(post(as_front_desk, typed, choose=""))
    assert "patient-finder" in page
    found = schedules.fields(page)
    assert ("patient" in found, found["time"]) == (False, "11:00")


@pytest.mark.parametrize("patient", [None, "", "999999", *NONSENSE])
def test_no_patient(as_front_desk, rivera, patient):
    typed = opened(as_front_desk) | {"time": "11:00"} | ({} if patient is None else {"patient": patient})
    page = nothing_saved(post(as_front_desk, typed))
    assert "Choose a patient first." in page
    assert schedules.fields(page)["time"] == "11:00"


def test_names_are_text_not_markup(as_front_desk, rivera):
    rivera.mateo.given_name = "<script>alert(1)</script>"
    rivera.mateo.save()
    typed = chosen(as_front_desk, rivera.mateo)
    page = as_front_desk.post(URL, typed | {"time": '"><script>alert(2)</script>'}, headers=HTMX).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "Booked: &lt;script&gt;alert(1)" in post(as_front_desk, typed).text


# --- Conflicts -----------------------------------------------------------------------------------


def test_a_conflict_is_warned_about_and_saved_with_a_reason(as_front_desk, rivera, feldman):
    schedules.conflicting(rivera.sofia, today_at(11), feldman)
    typed = chosen(as_front_desk, rivera.mateo) | {"provider": feldman.pk}
    page = post(as_front_desk, typed, override_reason="Unseen").text
    assert "Dr. Feldman already has a visit with Sofia Rivera at that time, 11:00 to 11:30 AM." in page
    assert Appointment.objects.count() == 1
    again = schedules.fields(page)
    assert again["warned"] == ["double_booked"]
    assert schedules.has_closed(post(as_front_desk, again, override_reason="Siblings"))
    booked = Appointment.objects.get(patient=rivera.mateo)
    assert (booked.start, booked.override_reason) == (today_at(11), "Siblings")


def test_a_reason_does_not_cover_what_came_up_since(as_front_desk, rivera, feldman, raman):
    schedules.conflicting(rivera.sofia, today_at(11), feldman)
    typed = chosen(as_front_desk, rivera.mateo) | {"provider": feldman.pk}
    again = schedules.fields(post(as_front_desk, typed).text)
    schedules.visit(rivera.mateo, today_at(11), raman)
    page = post(as_front_desk, again, override_reason="Siblings").text
    assert "Mateo Rivera already has an appointment with Dr. Raman at that time" in page
    assert not Appointment.objects.filter(patient=rivera.mateo, provider=feldman).exists()


# --- Status, walk-in, days -----------------------------------------------------------------------


def test_a_walk_in_arrives_while_it_is_booked(as_front_desk, rivera):
    page = nothing_saved(post(as_front_desk, chosen(as_front_desk, rivera.mateo), fill_arrival="now", time="10:00"))
    typed = schedules.fields(page)
    assert (typed["status"], typed["arrival"], typed["time"]) == ("arrived", "10:00", "10:00")
    assert schedules.has_closed(post(as_front_desk, typed))
    booked = Appointment.objects.get()
    assert (booked.status, booked.arrival_time, booked.patient) == ("arrived", NOW, rivera.mateo)


def test_nobody_arrives_tomorrow(as_front_desk, rivera):
    typed = chosen(as_front_desk, rivera.mateo)
    page = nothing_saved(post(as_front_desk, typed, day="2026-11-26", status="arrived"))
    assert "Arrived can only be set from the day of the visit, Nov 26, 2026." in page


@pytest.mark.parametrize("status", ["roomed", "checked_out", "no_show", "cancelled", "foo", ""])
def test_a_status_nothing_begins_with(as_front_desk, rivera, status):
    nothing_saved(post(as_front_desk, chosen(as_front_desk, rivera.mateo), status=status, cancel_reason="x"))


def test_a_time_that_the_clocks_jump_over(as_front_desk, rivera):
    typed = chosen(as_front_desk, rivera.mateo)
    page = nothing_saved(post(as_front_desk, typed, day="2027-03-14", time="02:30"))
    assert "2:30 AM does not exist on that day: the clocks go forward." in page


def test_a_time_that_comes_twice_is_asked_about(as_front_desk, rivera):
    typed = chosen(as_front_desk, rivera.mateo)
    page = nothing_saved(post(as_front_desk, typed, day="2026-11-01", time="01:30"))
    assert "This time occurs twice on that day. Choose the first or the second." in page
    assert schedules.has_closed(post(as_front_desk, schedules.fields(page), second="second"))
    assert Appointment.objects.get().start == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


# --- Who may, and nonsense -----------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_roles(db, method):
    assert steps.allowed_roles(method, URL) == steps.EDITORS


def test_other_methods(as_front_desk):
    assert steps.refused_methods(as_front_desk, URL) == {"put", "patch", "delete"}


@pytest.mark.parametrize("name", ["start", "day", "provider", "minutes"])
def test_nonsense_in_the_address(as_front_desk, feldman, name):
    more = ["2026-13-40", "2026-11-25T10:00", "9999-12-31T23:59-05:00", "0001-01-01T00:00+05:00", "2026-02-30"]
    for nonsense in [*NONSENSE, *more]:
        answer = as_front_desk.get(URL, {name: nonsense})
        assert (name, nonsense[:20], answer.status_code) == (name, nonsense[:20], 200)


@pytest.mark.slow
@pytest.mark.parametrize("button", [{}, {"fill_arrival": "now"}, {"choose": ""}])
def test_nonsense_in_any_field(as_front_desk, rivera, button):
    typed = chosen(as_front_desk, rivera.mateo)
    for number, name in enumerate([*typed, "override_reason", "warned", "second", "choose"]):
        for nonsense in schedules.nonsense_for(number, is_all=not button):
            answer = post(as_front_desk, typed | {name: nonsense} | button)
            assert (name, nonsense[:20], answer.status_code) == (name, nonsense[:20], 200)
    assert {each.start for each in Appointment.objects.all()} <= {today_at(11)}


def test_fields_that_nobody_offers_change_nothing(as_front_desk, rivera):
    other = schedules.visit(rivera.sofia, today_at(9))
    before = schedules.stored(other)
    post(as_front_desk, chosen(as_front_desk, rivera.mateo), id=other.pk, pk=other.pk, start="2030-01-01T10:00Z")
    assert schedules.stored(other) == before
    assert Appointment.objects.exclude(pk=other.pk).get().start == today_at(11)
