"""``manage.py import_roster`` on the real public rosters, which are not part of the repository."""

import datetime
import io
import time

import pytest
from django.core.management import call_command

from appointments.models import Appointment, Provider
from patients.models import Contact, FamilyContact, Patient, PatientIdentifier
from tests.outside import FOLDER, needs_folder
from tests.patients.roster.importing import contents, counts

FOLDERS = ["santedb_fhir", "us_core_9", "fhir_r4_spec", "medplum_mock", "smart_bulk_100"]

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.usefixtures("db"),
    needs_folder,
]


def run(*folders: str) -> str:
    out = io.StringIO()
    call_command("import_roster", *(str(FOLDER / folder) for folder in folders), stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("folder", "patients", "contacts", "links", "providers"),
    [
        ("santedb_fhir", 19, 3, 4, 4),
        ("us_core_9", 4, 1, 1, 4),
        ("fhir_r4_spec", 41, 5, 7, 15),
        ("medplum_mock", 5, 3, 4, 1),
        ("smart_bulk_100", 120, 0, 0, 271),
    ],
)
def test_each_folder(folder: str, patients: int, contacts: int, links: int, providers: int) -> None:
    run(folder)
    rows = (Patient, Contact, FamilyContact, Provider)
    assert tuple(row._default_manager.count() for row in rows) == (patients, contacts, links, providers)


def test_all_twice_with_the_same_result() -> None:
    began = time.process_time()
    first = counts(run(*FOLDERS))
    before = contents()
    second = counts(run(*FOLDERS))
    assert contents() == before
    assert time.process_time() - began < 60
    assert first["Patients"] == (189, 0, 0, 2)
    assert second["Patients"] == (0, 0, 189, 2)
    assert all(added == changed == 0 for added, changed, *_ in second.values())


def test_one_mother_of_john_and_jane() -> None:
    run("santedb_fhir")
    mother = Contact.objects.get(identifiers__value="FHR-00423")
    assert (mother.given_name, mother.family_name, mother.birth_date) == ("SARAH", "SMITH", datetime.date(1984, 5, 25))
    links = mother.family_contacts.order_by("patient__birth_date")
    assert [(link.patient.given_name, link.role, link.authority) for link in links] == [
        ("JOHN", "mother", "joint"),
        ("JANE", "mother", "joint"),
    ]


def test_homer_by_the_links_of_his_own_chart() -> None:
    run("medplum_mock")
    homer = Contact.objects.get(birth_date=datetime.date(1956, 5, 12))
    assert homer.name == "Homer Simpson"
    assert sorted(link.patient.given_name for link in homer.family_contacts.all()) == ["Bart", "Lisa"]


def test_the_specifications_examples() -> None:
    run("fhir_r4_spec")
    twins = FamilyContact.objects.filter(contact__given_name="Leia", patient__family_name="Solo")
    assert [(link.role, link.authority) for link in twins] == [("mother", "joint")] * 2
    newborn = PatientIdentifier.objects.get(value="newborn").patient
    assert (newborn.given_name, newborn.family_name) == ("", "")
    assert newborn.family_contacts.get().contact.name == "Eve Everywoman"
    assert Appointment.objects.count() == 2
    assert not PatientIdentifier.objects.filter(value="animal").exists()
    # Next of kin is a contact, not a right.
    assert not FamilyContact.objects.filter(patient__chart_number="12345", authority="joint").exists()
