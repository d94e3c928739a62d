"""The files that families download: calendar, PDF, JSON. Correct time zone and words, and no extra data."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from icalendar import Calendar
from pypdf import PdfReader

from appointments.models import Appointment
from audit import trail
from audit.models import AuditEvent
from audit.trail import Actor
from portal.family.access_history import SENTENCES
from portal.family.fhir_file import ACTIVITY_CODES
from tests import people
from tests.portal import steps


@pytest.fixture
def ana(front_desk, rivera):
    return people.signed_in(steps.registered(Actor(front_desk, "192.0.2.1"), rivera.link(rivera.ana, rivera.mateo)))


def event_of(client, patient, visit):
    answer = client.get(reverse("family:child_visit", args=[patient.pk, visit.pk]))
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert "no-store" in answer.headers["Cache-Control"]
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    return event


# Spring forward, fall back (the first and the second 1:30, which only UTC tells apart), and a day like any other.
MOMENTS = [
    (datetime(2027, 3, 14, 6, 59, tzinfo=UTC), "America/New_York"),
    (datetime(2027, 3, 14, 7, 0, tzinfo=UTC), "America/New_York"),
    (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), None),
    (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), None),
    (datetime(2027, 7, 1, 14, 0, tzinfo=UTC), "America/New_York"),
]


@pytest.mark.parametrize(("start", "zone"), MOMENTS)
def test_calendar_uses_the_practice_s_time_zone(ana, rivera, start, zone):
    visit = Appointment.objects.create(patient=rivera.mateo, start=start, duration=30)
    with time_machine.travel(start - timedelta(minutes=5), tick=False):
        client = people.signed_in(rivera.ana.account.user)
        event = event_of(client, rivera.mateo, visit)
    assert event["DTSTART"].params.get("TZID") == zone
    assert event.decoded("DTSTART").astimezone(UTC) == start
    assert event.decoded("DTEND").astimezone(UTC) == start + timedelta(minutes=30)


def test_calendar_keeps_its_uid_counts_up_and_cancels(ana, rivera):
    visit = Appointment.objects.create(patient=rivera.mateo, start=datetime.now(UTC) + timedelta(days=2))
    before = event_of(ana, rivera.mateo, visit)
    Appointment.objects.filter(pk=visit.pk).update(status="cancelled", cancel_reason="Family called")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
        after = event_of(ana, rivera.mateo, visit)
    assert before["UID"] == after["UID"] == f"appointment-{visit.pk}@portal.sunnyside.example"
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert (before["SUMMARY"], after["SUMMARY"]) == ("Appointment (M.)", "Cancelled appointment (M.)")
    assert "Family called" not in after.to_ical().decode()


def test_a_visit_that_is_over_is_in_no_calendar(ana, rivera):
    visit = Appointment.objects.create(patient=rivera.mateo, start=datetime.now(UTC) - timedelta(days=2))
    assert ana.get(reverse("family:child_visit", args=[rivera.mateo.pk, visit.pk])).status_code == 404


def test_pdf_is_tagged_titled_and_in_the_family_s_language(ana, rivera):
    answer = ana.post(reverse("family:child_pdf", args=[rivera.mateo.pk]), headers={"accept-language": "es"})
    document = PdfReader(io.BytesIO(answer.content))
    assert document.metadata.title == "Lo que el portal guarda sobre Mateo Rivera"
    assert document.trailer["/Root"]["/Lang"] == "es"
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "Quién puede ver esta página" in steps.pdf_text(answer.content)
    assert "Mateo" not in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(("lines", "is_cut"), [(1000, False), (1001, True)])
def test_pdf_says_that_it_leaves_out_history(ana, rivera, lines, is_cut):
    already = AuditEvent.objects.filter(patient_id=rivera.mateo.pk, action__in=SENTENCES).count()
    for _ in range(lines - already):
        trail.record(actor=Actor(None, "192.0.2.9"), action="pin.refused", patient_id=rivera.mateo.pk, verdict="wrong")
    pdf = ana.post(reverse("family:child_pdf", args=[rivera.mateo.pk])).content
    assert ("There is more." in steps.pdf_text(pdf)) == is_cut


def test_json_has_the_documented_shape(ana, rivera):
    Appointment.objects.create(
        patient=rivera.mateo, start=datetime(2020, 1, 2, 15, tzinfo=UTC), visit_type="Well visit", status="checked_out"
    )
    answer = ana.post(reverse("family:child_json", args=[rivera.mateo.pk]))
    assert answer.headers["Content-Type"] == "application/fhir+json"
    bundle = json.loads(answer.content)
    kinds = [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
    assert kinds[:3] == ["Patient", "RelatedPerson", "Appointment"]
    assert set(kinds[3:]) == {"AuditEvent"}
    activity = bundle["entry"][-1]["resource"]["type"]
    assert activity == {"code": "pin-made", "display": "The front desk made or printed a PIN."}
    patient, mother, visit = (entry["resource"] for entry in bundle["entry"][:3])
    assert patient["birthDate"] == rivera.mateo.birth_date.isoformat()
    assert mother["relationship"][0]["coding"][0]["code"] == "MTH"
    assert not {"telecom", "address", "birthDate"} & set(mother)
    assert (visit["status"], visit["appointmentType"]["text"]) == ("fulfilled", "Well visit")
    assert visit["start"] == "2020-01-02T15:00:00+00:00"


def test_every_sentence_has_its_own_code():
    assert set(ACTIVITY_CODES) == set(SENTENCES.values())
    assert len(set(ACTIVITY_CODES.values())) == len(ACTIVITY_CODES)
