"""``manage.py import_roster``: appointments."""

from pathlib import Path
from typing import Any

import pytest

from appointments.models import Appointment
from tests.patients.roster.importing import Json, counts, load, patient

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.postgres]


def visit(**more: Any) -> Json:
    body = {"resourceType": "Appointment", "id": "a1", "status": "booked", "start": "2026-12-01T15:00:00Z"}
    return {**body, "participant": [{"actor": {"reference": "Patient/p1"}}], **more}


def test_a_visit_is_moved_and_not_sent_back(tmp_path: Path) -> None:
    load(tmp_path, patient(), visit())
    Appointment.objects.update(status=Appointment.Status.ROOMED)
    output = load(tmp_path, patient(), visit(start="2026-12-01T16:00:00Z"))
    row = Appointment.objects.get()
    assert (row.start.hour, row.status) == (16, Appointment.Status.ROOMED)
    assert counts(output)["Appointments"] == (0, 1, 0, 0)
    load(tmp_path, patient(), visit(status="cancelled"))
    assert Appointment.objects.get().status == Appointment.Status.CANCELLED


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({}, "Cancelled in the roster"),
        ({"cancelationReason": {"text": "Moved away"}}, "Moved away"),
        ({"cancelationReason": {"coding": [{"code": "pat-cpp", "display": "By the portal"}]}}, "By the portal"),
        ({"cancelationReason": {"coding": [{"code": "pat"}]}}, "Cancelled in the roster"),
        ({"cancelationReason": "not a concept"}, "Cancelled in the roster"),
        ({"cancelationReason": {"text": "x" * 300}}, "x" * 200),
    ],
)
def test_a_cancelled_visit_says_why(tmp_path: Path, said: Json, kept: str) -> None:
    load(tmp_path, patient(), visit(status="cancelled", **said))
    assert Appointment.objects.get().cancel_reason == kept


def test_a_cancelled_visit_that_is_booked_again(tmp_path: Path) -> None:
    load(tmp_path, patient(), visit())
    Appointment.objects.update(arrival_time="2026-12-01T14:55:00Z", status=Appointment.Status.ARRIVED)
    load(tmp_path, patient(), visit(status="cancelled", cancelationReason={"text": "Left before being seen"}))
    row = Appointment.objects.get()
    assert (row.status, row.cancel_reason) == (Appointment.Status.CANCELLED, "Left before being seen")
    assert row.arrival_time is not None
    load(tmp_path, patient(), visit())
    row = Appointment.objects.get()
    assert (row.status, row.cancel_reason, row.arrival_time) == (Appointment.Status.SCHEDULED, "", None)


def test_a_visit_does_not_change_its_patient(tmp_path: Path) -> None:
    load(tmp_path, patient(), visit())
    other = [{"actor": {"reference": "Patient/p2"}}]
    output = load(tmp_path, patient("Ines Wolf", id="p2"), visit(participant=other))
    assert "its identifiers belong to another appointment" in output
    assert Appointment.objects.get().patient.given_name == "Tom"
