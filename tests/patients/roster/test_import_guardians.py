"""``manage.py import_roster``: matching and changing guardians."""

import json
from pathlib import Path
from typing import Any

import pytest

from audit.models import AuditEvent
from audit.trail import Action
from patients.models import (
    Contact,
    FamilyContact,
    Patient,
)
from tests.patients.roster.importing import (
    FTH,
    MTH,
    V2_0131,
    Authority,
    Json,
    Role,
    contents,
    counts,
    load,
    number,
    patient,
    phone,
    related,
    run,
)

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.postgres]


def test_a_folder_with_one_file_for_each_record(tmp_path: Path) -> None:
    """As the FHIR specification has its examples: a newborn without a name, and next of kin who is no parent."""
    next_of_kin = {"relationship": [{"coding": [{"system": V2_0131, "code": "N"}]}], "name": {"text": "Vera Wolf"}}
    newborn = patient(id="newborn", birthDate="2026-09-05", contact=[next_of_kin])
    del newborn["name"]
    for record in (newborn, related(of="Patient/newborn")):
        (tmp_path / f"{record['resourceType']}.json").write_text(json.dumps(record))
    run(tmp_path)
    child = Patient.objects.get()
    assert (child.given_name, child.family_name) == ("", "")
    links = child.family_contacts.order_by("contact__given_name").values_list(
        "contact__given_name", "role", "authority"
    )
    assert list(links) == [("Rosa", Role.MOTHER, Authority.JOINT), ("Vera", Role.OTHER, Authority.NONE)]


def test_a_guardian_by_name_and_phone(tmp_path: Path) -> None:
    load(
        tmp_path,
        patient(),
        patient("Ana Reyes", id="p2"),
        related(telecom=[phone("+1 (217) 555-0123")]),
        related("ROSA REYES", id="r2", of="Patient/p2", telecom=[phone("217.555.0123", use="mobile")]),
    )
    assert Contact.objects.get().family_contacts.count() == 2


def test_father_and_son_of_one_name_and_phone(tmp_path: Path) -> None:
    son = related("Al Reyes", telecom=[phone("217-555-0123")], birthDate="2000-01-01", relationship=[FTH])
    father = {**son, "id": "r2", "birthDate": "1970-01-01", "relationship": [{"text": "grandfather"}]}
    load(tmp_path, patient(), son, father)
    assert Contact.objects.count() == 2


def test_parents_who_carry_the_childs_number_are_two_people(tmp_path: Path) -> None:
    load(
        tmp_path,
        patient(identifier=number("child")),
        related(identifier=number("child")),
        related("Al Reyes", id="r2", identifier=number("child"), relationship=[FTH]),
    )
    assert sorted(Contact.objects.values_list("given_name", flat=True)) == ["Al", "Rosa"]


def test_parents_under_one_family_number(tmp_path: Path) -> None:
    output = load(
        tmp_path,
        patient(),
        related(identifier=number("family")),
        related("Al Reyes", id="r2", identifier=number("family"), relationship=[FTH]),
    )
    assert "RelatedPerson/r2: its identifier belongs to a contact with another first name" in output
    assert Contact.objects.get().given_name == "Rosa"


def test_a_contact_in_the_chart_keeps_its_row_with_a_new_phone(tmp_path: Path) -> None:
    def child(number_: str) -> Json:
        return patient(contact=[{"name": {"text": "Rosa Reyes"}, "relationship": [MTH], "telecom": [phone(number_)]}])

    load(tmp_path, child("217-555-0123"))
    output = load(tmp_path, child("217-555-0199"))
    assert counts(output)["Contacts"] == (0, 1, 0, 0)
    assert Contact.objects.get().home_phone == "217-555-0199"


def test_the_practice_decides(tmp_path: Path) -> None:
    load(tmp_path, patient(), related())
    FamilyContact.objects.update(
        authority=Authority.NONE,
        role=Role.STEPPARENT,
        lives_with=True,
        sort_order=5,
        level="none",
        restriction_reason="Court order",
    )
    before = contents()["FamilyContact"]
    output = load(tmp_path, patient(), related())
    assert contents()["FamilyContact"] == before
    assert "whose authority here is None: 1." in output
    FamilyContact.objects.update(is_active=False)
    assert "current in the roster, inactive here" in load(tmp_path, patient(), related())
    assert not FamilyContact.objects.get().is_active


def test_no_authority_beside_an_exclusive_one(tmp_path: Path) -> None:
    load(tmp_path, patient(), related())
    FamilyContact.objects.update(authority=Authority.EXCLUSIVE)
    output = load(tmp_path, patient(), related(), related("Al Reyes", id="r2", relationship=[FTH]))
    assert FamilyContact.objects.get(role=Role.FATHER).authority == Authority.NONE
    assert "another contact here has Exclusive authority" in output


def test_a_role_that_says_nothing_yet_is_filled_in_without_authority(tmp_path: Path) -> None:
    load(tmp_path, patient(), related(relationship=[]))
    load(tmp_path, patient(), related())
    link = FamilyContact.objects.get()
    assert (link.role, link.authority) == (Role.MOTHER, Authority.NONE)


@pytest.mark.parametrize("ended", [{"active": False}, {"active": "false"}, {"period": {"end": "2019-05"}}])
def test_a_tie_that_has_ended(tmp_path: Path, ended: Json) -> None:
    load(tmp_path, patient(), related())
    load(tmp_path, patient(), related(**ended))
    assert not FamilyContact.objects.get().is_active
    assert AuditEvent.objects.filter(action=Action.CONTACT_INACTIVATED).count() == 1


@pytest.mark.parametrize(
    "to",
    [
        {"reference": "Patient/p1"},
        "Patient/p1",
        {"reference": "Patient/p1/_history/3"},
        {"reference": "http://a.example/fhir/Patient/p1"},
        {"identifier": {"system": "urn:example:numbers", "value": "1"}},
        {"reference": "Patient?identifier=urn:example:numbers|1"},
        {"reference": "Patient/gone", "identifier": {"system": "urn:example:numbers", "value": "1"}},
    ],
)
def test_references(tmp_path: Path, to: Any) -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": "http://a.example/fhir/Patient/p1", "resource": patient(identifier=number("1"))},
            {"fullUrl": "http://a.example/fhir/RelatedPerson/r1", "resource": {**related(), "patient": to}},
        ],
    }
    load(tmp_path, bundle)
    assert FamilyContact.objects.count() == 1


@pytest.mark.parametrize(
    "to",
    [
        {"reference": "#p1"},
        {"reference": "http://b.example/fhir/Patient/p1"},
        {"reference": "Group/p1"},
        {"display": "Tom"},
        None,
        5,
        [],
    ],
)
def test_references_that_lead_nowhere(tmp_path: Path, to: Any) -> None:
    output = load(tmp_path, patient(), {**related(), "patient": to})
    assert "RelatedPerson/r1: " in output
    assert not FamilyContact.objects.exists()


def test_a_uuid_in_one_bundle_means_nothing_in_another(tmp_path: Path) -> None:
    def bundle(*resources: Json) -> Json:
        entries = [
            {"fullUrl": f"urn:uuid:0000-{item['resourceType']}", "request": {"method": "POST"}, "resource": item}
            for item in resources
        ]
        return {"resourceType": "Bundle", "type": "transaction", "entry": entries}

    mother = {**related(), "patient": {"reference": "urn:uuid:0000-Patient"}}
    other = {**related("Jo Wolf"), "patient": {"reference": "urn:uuid:0000-Patient"}}
    load(tmp_path, bundle(patient(), mother), bundle(patient("Ines Wolf"), other))
    pairs = FamilyContact.objects.order_by("pk").values_list("patient__given_name", "contact__given_name")
    assert list(pairs) == [("Tom", "Rosa"), ("Ines", "Jo")]
