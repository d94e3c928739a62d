"""``manage.py import_roster``: whole families, imported twice with the same result."""

import datetime
from pathlib import Path
from typing import Any

import pytest

from appointments.models import Appointment
from audit.models import AuditEvent
from audit.trail import Action
from patients.models import (
    Contact,
    FamilyContact,
    Patient,
    PatientIdentifier,
)
from tests.patients.roster.importing import (
    ROSTERS,
    Authority,
    Role,
    contents,
    counts,
    load,
    patient,
    phone,
    related,
    run,
)

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.postgres]


def test_one_mother_of_two_is_one_contact() -> None:
    output = run(ROSTERS / "family.json")

    mother = Contact.objects.get()
    assert (mother.name, mother.birth_date, mother.email) == (
        "Maren Quill",
        datetime.date(1990, 7, 21),
        "maren.quill@example.org",
    )
    links = FamilyContact.objects.order_by("pk")
    assert [(link.patient.given_name, link.role, link.authority) for link in links] == [
        ("Tobias", Role.MOTHER, Authority.JOINT),
        ("Ada", Role.MOTHER, Authority.JOINT),
    ]
    # The mother has a chart of her own, but nobody made her her own contact.
    assert Patient.objects.count() == 3
    assert "Authority granted by code: 2 family contacts" in output


def test_placeholder_ids_of_a_transaction_are_no_keys() -> None:
    run(ROSTERS / "family.json")
    assert not PatientIdentifier.objects.filter(system__startswith="urn:pinportal:fhir-id").exists()


@pytest.mark.parametrize("roster", ["family.json", "northside"])
def test_twice_with_the_same_result(roster: str) -> None:
    run(ROSTERS / roster)
    before = contents()
    output = run(ROSTERS / roster)
    assert contents() == before
    assert all(added == changed == 0 for added, changed, *_ in counts(output).values())


def test_a_bulk_export() -> None:
    output = run(ROSTERS / "northside")

    girl = Patient.objects.get(chart_number="N-1")
    assert (girl.given_name, girl.middle_name, girl.family_name) == ("Abena", "Grace", "Osei")
    assert (girl.preferred_name, girl.birth_date, girl.sex) == ("Abbie", datetime.date(2025, 12, 24), "female")
    assert (girl.language, girl.phone) == ("es", "(217) 555-0112")
    assert (girl.street, girl.city, girl.postal_code) == ("12 Elm St, Apt 3", "Springfield", "62701")
    assert [alias.name for alias in girl.aliases.order_by("pk")] == ["Abbie", "Baby Girl Osei"]
    boy = Patient.objects.get(given_name="Kofi")
    assert (boy.birth_date, boy.status) == (None, Patient.Status.DECEASED)
    assert Patient.objects.filter(given_name="", family_name="").count() == 1
    assert counts(output)["Patients"] == (5, 0, 0, 2)
    assert "Superseded: 1 " in output
    assert "Observation 1" in output


def test_guardians_of_a_bulk_export() -> None:
    run(ROSTERS / "northside")

    girl = Patient.objects.get(chart_number="N-1")
    links = {link.contact.given_name: link for link in girl.family_contacts.select_related("contact")}
    assert {name: (link.role, link.authority) for name, link in links.items()} == {
        "Akosua": (Role.MOTHER, Authority.JOINT),  # RelatedPerson and Patient.contact: one name, one phone
        "Yaw": (Role.FATHER, Authority.JOINT),  # his name comes from his own chart
        "Efua": (Role.GRANDPARENT, Authority.NONE),
    }
    assert links["Efua"].sort_order == 3
    father = links["Yaw"].contact
    assert (father.birth_date, father.home_phone) == (datetime.date(1988, 4, 30), "217-555-0150")
    ended = father.family_contacts.get(patient__given_name="Elias")
    assert (ended.is_active, ended.authority) == (False, Authority.NONE)
    # Two with one name and nothing else in common stay two.
    assert Contact.objects.filter(given_name="Esi").count() == 2
    assert not FamilyContact.objects.filter(role=Role.SELF).exists()


def test_appointments_of_a_bulk_export(settings: Any) -> None:
    settings.TIME_ZONE = "America/Chicago"
    output = run(ROSTERS / "northside")

    well, shot = Appointment.objects.order_by("-start")
    assert (well.start, well.duration) == (datetime.datetime(2026, 12, 1, 15, tzinfo=datetime.UTC), 20)
    assert (well.visit_type, well.status, str(well.provider)) == ("Well visit", "scheduled", "Ilona Varga")
    assert (shot.visit_type, shot.status, shot.duration, shot.provider) == ("Vaccination", "checked_out", 15, None)
    assert shot.start == datetime.datetime(2026, 11, 1, 15, 30, tzinfo=datetime.UTC)
    assert counts(output)["Appointments"] == (2, 0, 0, 2)
    assert "Appointments proposed 1" in output


@pytest.mark.parametrize(
    "line",
    [
        "people.ndjson:line 4: Patient/p3",  # nothing but an id is a patient, not a problem
    ],
)
def test_what_is_no_problem_is_not_reported(line: str) -> None:
    assert line not in run(ROSTERS / "northside")


@pytest.mark.parametrize(
    "line",
    [
        "people.ndjson:line 3: Patient/p2: the birth date is not a full date; left unknown",
        "people.ndjson:line 5: Patient/p4: FHIR DSTU2",
        "people.ndjson:line 6: Patient/p5: an animal",
        "people.ndjson:line 7: Patient/p6: the birth date is in the future; left unknown",
        "people.ndjson:line 7: Patient/p6: merge needed",
        "people.ndjson:line 9: not JSON",
        "people.ndjson:line 10: not a FHIR resource: it has no resourceType",
        "people.ndjson:line 11: not a FHIR resource but a list",
        "related.ndjson:line 4: RelatedPerson/nameless: it has no name",
        "related.ndjson:line 5: RelatedPerson/nobodys: it has no reference to a patient that can be resolved",
        "related.ndjson:line 6: RelatedPerson/dangling: its patient is not in the roster",
        "related.ndjson:line 7: RelatedPerson/of-the-dog: its patient is not in the roster, was not imported",
        "related.ndjson:line 10: RelatedPerson/twin-name-2: possible duplicate",
        "visits.json:entry 2: Appointment/a2: its duration is not between 1 and 1440 minutes; set to 15",
        "visits.json:entry 4: Appointment/a4: it has no start",
        "visits.json:entry 5: Appointment/a5: it has no patient",
        "visits.json:entry 7: not an entry but a text",
    ],
)
def test_every_problem_is_reported_with_its_place(line: str) -> None:
    assert line in run(ROSTERS / "northside")


def test_no_patient_data_in_the_report() -> None:
    output = run(ROSTERS)
    for word in ("Osei", "Quill", "Lind", "Lost", "2025", "1990", "2999", "555-01", "N-1", "example.org", "C-100"):
        assert word not in output


def test_one_audit_row_for_each_change(tmp_path: Path) -> None:
    load(tmp_path, patient(), related())
    tom, link = Patient.objects.get(), FamilyContact.objects.get()
    rows = AuditEvent.objects.order_by("pk").values_list("action", "patient_id", "address", "user")
    assert list(rows) == [
        (Action.PATIENT_ADDED, tom.pk, "manage.py import_roster", None),
        (Action.CONTACT_ADDED, tom.pk, "manage.py import_roster", None),
    ]
    load(tmp_path, patient(gender="male"), related(telecom=[phone("555-0123")]))
    changes = AuditEvent.objects.order_by("pk").values_list("action", "patient_id", "detail")[2:]
    assert list(changes) == [
        (Action.PATIENT_CHANGED, tom.pk, {"fields": ["sex"]}),
        (Action.CONTACT_CHANGED, tom.pk, {"family_contact": link.pk, "fields": ["home_phone"]}),
    ]
