"""``manage.py import_roster``: rosters as they come, twice with the same result."""

import copy
import datetime
import io
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appointments.models import Appointment, AppointmentIdentifier, Provider
from audit.models import AuditEvent
from audit.trail import Action
from patients.models import (
    Contact,
    ContactIdentifier,
    FamilyContact,
    Patient,
    PatientAlias,
    PatientIdentifier,
)

ROSTERS = Path(__file__).parent / "rosters"
MTH = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "MTH"}]}
FTH = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "FTH"}]}
V2_0131 = "http://terminology.hl7.org/CodeSystem/v2-0131"
Role = FamilyContact.Role
Authority = FamilyContact.Authority
Json = dict[str, Any]

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.postgres]


def run(*paths: Path | str, source: str = "") -> str:
    out = io.StringIO()
    call_command("import_roster", *map(str, paths), source=source, stdout=out)
    return out.getvalue()


def load(folder: Path, *resources: Json, source: str = "clinic") -> str:
    """Import these resources as one bulk export."""
    file = folder / "roster.ndjson"
    file.write_text("\n".join(json.dumps(resource) for resource in resources))
    return run(file, source=source)


def contents() -> dict[str, list[Any]]:
    models = (
        Patient,
        Contact,
        FamilyContact,
        PatientAlias,
        PatientIdentifier,
        ContactIdentifier,
        Provider,
        Appointment,
        AppointmentIdentifier,
    )
    rows = {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}
    return {**rows, "audit": [AuditEvent.objects.count()]}


def counts(output: str) -> dict[str, tuple[int, ...]]:
    """Added, changed, unchanged and skipped, per kind."""
    rows = (line.rsplit(maxsplit=4) for line in output.splitlines()[3:8])
    return {name: tuple(map(int, numbers)) for name, *numbers in rows}


def patient(called: str = "Tom Reyes", *, id: str = "p1", **more: Any) -> Json:  # noqa: A002
    return {"resourceType": "Patient", "id": id, "name": [{"text": called}], **more}


def related(called: str = "Rosa Reyes", *, id: str = "r1", of: str = "Patient/p1", **more: Any) -> Json:  # noqa: A002
    body = {"resourceType": "RelatedPerson", "id": id, "patient": {"reference": of}, "relationship": [MTH]}
    return {**body, "name": [{"text": called}], **more}


def number(value: str, system: str = "urn:example:numbers") -> list[Json]:
    return [{"system": system, "value": value}]


def phone(value: str, **more: Any) -> Json:
    return {"system": "phone", "value": value, **more}


# --- Families ------------------------------------------------------------------------------------


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


# --- Matching patients ---------------------------------------------------------------------------


def test_the_same_identifier_is_the_same_patient(tmp_path: Path) -> None:
    load(tmp_path, patient(identifier=number("1"), birthDate="2020-02-02"))
    output = load(tmp_path, patient("Thomas Reyes", id="other", identifier=number("1"), gender="male"), source="lab")
    assert counts(output)["Patients"] == (0, 1, 0, 0)
    tom = Patient.objects.get()
    assert (tom.given_name, tom.birth_date, tom.sex) == ("Thomas", datetime.date(2020, 2, 2), "male")
    assert tom.identifiers.count() == 3


def test_never_by_name(tmp_path: Path) -> None:
    load(tmp_path, patient(birthDate="2020-02-02"), patient(id="p2", birthDate="2020-02-02"))
    assert Patient.objects.count() == 2


def test_two_children_under_one_identifier_are_not_thrown_together(tmp_path: Path) -> None:
    load(tmp_path, patient(identifier=number("1"), birthDate="2020-02-02"))
    before = contents()["Patient"]
    intruder = patient("Ines Wolf", id="p9", identifier=number("1"), birthDate="2018-08-08")
    output = load(tmp_path, intruder, related("Jo Wolf", of="Patient/p9"), source="lab")
    assert contents()["Patient"] == before
    assert "Patient/p9: name and birth date both differ" in output
    # Nor does the other child's mother become this child's.
    assert not FamilyContact.objects.exists()


def test_a_reused_id_does_not_give_one_child_the_parent_of_another(tmp_path: Path) -> None:
    load(tmp_path, patient(birthDate="2020-02-02"))
    output = load(tmp_path, patient("Ines Wolf", birthDate="2018-08-08"), related("Jo Wolf"))
    assert "RelatedPerson/r1: its patient is not in the roster, was not imported, or is ambiguous" in output
    assert not FamilyContact.objects.exists()


def test_files_that_all_number_from_1(tmp_path: Path) -> None:
    """No request says that the ids are placeholders, yet they are: every family is imported as itself."""
    families = [("Tom Reyes", "Rosa Reyes", "2020-02-02"), ("Ines Wolf", "Jo Wolf", "2018-08-08")]
    for order, (child, mother, born) in enumerate(families):
        meta = {"lastUpdated": f"2026-01-0{order + 1}T00:00:00Z"}
        entries = [
            {"resource": patient(child, id="1", birthDate=born, identifier=number(child), meta=meta)},
            {"resource": related(mother, id="1", of="Patient/1", meta=meta)},
        ]
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
        (tmp_path / f"family-{order}.json").write_text(json.dumps(bundle))
    output = run(tmp_path)
    pairs = FamilyContact.objects.order_by("pk").values_list("patient__given_name", "contact__given_name")
    assert list(pairs) == [("Tom", "Rosa"), ("Ines", "Jo")]
    assert "its id belongs to another person in this source" in output
    before = contents()
    run(tmp_path)
    assert contents() == before


def test_twins_under_one_account_number(tmp_path: Path) -> None:
    twins = [
        patient("Ana Reyes", id="a", identifier=number("family"), birthDate="2024-05-05"),
        patient("Bea Reyes", id="b", identifier=number("family"), birthDate="2024-05-05"),
    ]
    output = load(tmp_path, *twins)
    assert "Patient/b: another record of the same source, with another first name" in output
    assert Patient.objects.get().given_name == "Ana"


def test_identifiers_of_two_patients(tmp_path: Path) -> None:
    one, two = patient(identifier=number("1")), patient(id="p2", identifier=number("2"))
    load(tmp_path, one, two)
    output = load(tmp_path, patient(id="p3", identifier=[*number("1"), *number("2")]), source="lab")
    assert "merge needed; not changed" in output
    assert counts(output)["Patients"] == (0, 0, 0, 1)


def test_without_any_key_the_content_is_the_key(tmp_path: Path) -> None:
    body = patient(birthDate="2020-02-02")
    del body["id"]
    load(tmp_path, body)
    output = load(tmp_path, {**body, "meta": {"versionId": "7"}})
    assert counts(output)["Patients"] == (0, 0, 1, 0)


def test_an_identifier_without_a_value_is_none(tmp_path: Path) -> None:
    nothing = [{"system": "urn:example:numbers"}, {"system": "urn:example:numbers", "value": " "}]
    load(tmp_path, patient(identifier=nothing), patient("Ines Wolf", id="p2", identifier=nothing))
    assert Patient.objects.count() == 2


def test_an_older_version_after_a_newer_one(tmp_path: Path) -> None:
    new = patient("Tom Reyes", meta={"versionId": "10", "lastUpdated": "2026-02-01T00:00:00Z"})
    old = patient("Baby Boy", meta={"versionId": "9", "lastUpdated": "2026-01-01T00:00:00.000Z"})
    output = load(tmp_path, new, old, new)
    assert "Superseded: 1 " in output
    assert Patient.objects.get().given_name == "Tom"


def test_chart_numbers(tmp_path: Path) -> None:
    mr = {"type": {"coding": [{"code": "MR"}]}}
    load(
        tmp_path,
        patient(identifier=[{**mr, **number("77", "urn:a")[0]}]),
        patient("Ines Wolf", id="p2", identifier=[{**mr, **number("77", "urn:b")[0]}]),
        patient("Ida Wolf", id="p3"),
        patient("Ole Wolf", id="p4", identifier=[{**mr, **number("9" * 65)[0]}]),
        patient("Una Wolf", id="p5", identifier=[{**mr, "value": 1234}]),
    )
    charts = Patient.objects.order_by("pk").values_list("chart_number", flat=True)
    assert list(charts) == ["77", "I-000001", "I-000002", "I-000003", "1234"]


# --- Changing patients ---------------------------------------------------------------------------


def test_what_a_roster_leaves_out_stays(tmp_path: Path) -> None:
    load(tmp_path, patient(birthDate="2020-02-02", gender="female", telecom=[phone("555-0123")]))
    before = contents()["Patient"]
    output = load(tmp_path, {"resourceType": "Patient", "id": "p1"})
    assert contents()["Patient"] == before
    assert counts(output)["Patients"] == (0, 0, 1, 0)


def test_the_name_the_desk_entered_stays_where_the_roster_has_a_placeholder(tmp_path: Path) -> None:
    load(tmp_path, patient("Baby Boy Reyes"))
    Patient.objects.update(given_name="Tom", middle_name="")
    output = load(tmp_path, patient("Baby Boy Reyes"))
    assert Patient.objects.get().given_name == "Tom"
    assert "its given name is a placeholder; the real name in the chart is kept" in output
    load(tmp_path, patient("Thomas Reyes"))
    assert Patient.objects.get().given_name == "Thomas"


def test_only_a_person_reopens_a_chart(tmp_path: Path) -> None:
    load(tmp_path, patient(active=True))
    load(tmp_path, patient(active="false"))
    assert Patient.objects.get().status == Patient.Status.INACTIVE
    output = load(tmp_path, patient(active=True))
    assert Patient.objects.get().status == Patient.Status.INACTIVE
    assert "active in the roster, inactive here" in output
    load(tmp_path, patient(active=True, deceasedBoolean=True))
    assert Patient.objects.get().status == Patient.Status.DECEASED


def test_too_long_is_cut_or_left_out_and_said(tmp_path: Path) -> None:
    long = {"family": "F" * 150, "given": ["G" * 150]}
    telecom = [phone("5" * 50), {"system": "email", "value": "not an address"}]
    output = load(tmp_path, patient(name=[long], telecom=telecom))
    row = Patient.objects.get()
    assert (len(row.given_name), row.phone, row.email) == (100, "", "")
    for words in (
        "the given name is too long; cut to 100",
        "the phone is too long; left out",
        "e-mail address is not valid",
    ):
        assert words in output
    assert counts(load(tmp_path, patient(name=[long], telecom=telecom)))["Patients"] == (0, 0, 1, 0)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([{"text": "Ana Lucia Reyes"}], ("Ana", "Lucia", "Reyes")),
        ([{"text": "Reyes Soto, Ana Lucia"}], ("Ana", "Lucia", "Reyes Soto")),
        ([{"text": "Ana"}], ("Ana", "", "")),
        ([{"given": ["Ana7", "B."], "family": "Yundt842"}], ("Ana7", "B.", "Yundt842")),
        ([{"use": "usual", "text": "A B"}, {"use": "official", "text": "C D"}], ("C", "", "D")),
        ([{"use": "official", "text": "A B", "period": {"end": "2002"}}, {"text": "C D"}], ("C", "", "D")),
        ([{"use": "old", "text": "A B"}, {"use": "temp", "given": ["Baby"], "family": "B"}], ("Baby", "", "B")),
        ([{"use": "anonymous", "text": "A B"}], ("", "", "")),
        ([{"given": [None, "", 5, "Ana"], "family": "R\x00eyes"}], ("5", "Ana", "Reyes")),
        ({"text": "Ana Reyes"}, ("Ana", "", "Reyes")),
        ("Ana Reyes", ("", "", "")),
    ],
)
def test_names(tmp_path: Path, names: Any, expected: tuple[str, str, str]) -> None:
    load(tmp_path, patient(name=names))
    row = Patient.objects.get()
    assert (row.given_name, row.middle_name, row.family_name) == expected


# --- Matching and changing guardians -------------------------------------------------------------


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
        is_restricted=True,
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


# --- Appointments --------------------------------------------------------------------------------


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


# --- Bad files -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8 text"),
        (b'{"resourceType": "Patient", "name": "\xe9"}', "not UTF-8 text"),
        (b'{"resourceType": "Patient"', "not JSON (line 1"),
        (b"[" * 2000 + b"]" * 2000, "nested too deeply"),
        (b"null", "not a FHIR resource but null"),
        (b"[]", "not a FHIR resource but a list"),
        (b'{"resourceType": ["Patient"]}', "not a FHIR resource: it has no resourceType"),
        (b'{"resourceType": "Bundle", "entry": {"a": 1}}', "the Bundle's entry is not a list but an object"),
    ],
)
def test_a_bad_file_beside_a_good_one(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    (tmp_path / "good.json").write_text(json.dumps(patient()))
    output = run(tmp_path)
    assert f"bad.json:the file: {reason}" in output
    assert Patient.objects.count() == 1


def test_one_broken_line(tmp_path: Path) -> None:
    lines = [json.dumps(patient()).encode(), b'{"resourceType": "Pat', b"\xff", b"", json.dumps(related()).encode()]
    (tmp_path / "a.NDJSON").write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    output = run(tmp_path)
    assert "line 2: not JSON" in output
    assert "line 3: not UTF-8" in output
    assert FamilyContact.objects.count() == 1


def test_bundles_in_bundles(tmp_path: Path) -> None:
    inner: Json = patient()
    for _ in range(3):
        inner = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": inner}]}
    load(tmp_path, inner)
    assert Patient.objects.count() == 1
    for _ in range(200):
        inner = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": inner}]}
    assert "nested too deeply" in load(tmp_path, inner, patient())


def test_content_too_deep_to_be_a_key(tmp_path: Path) -> None:
    deep: Any = 1
    for _ in range(600):
        deep = [deep]
    output = load(tmp_path, {"resourceType": "Patient", "birthDate": "2020-01-01", "extension": deep}, patient())
    assert "nested too deeply to be identified by its content" in output


def test_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="does not exist"):
        run(tmp_path / "nowhere")
    with pytest.raises(CommandError, match="No FHIR resources could be read"):
        run(tmp_path)
    (tmp_path / "roster.csv").write_text("a,b")
    with pytest.raises(CommandError, match="No FHIR resources could be read"):
        run(tmp_path / "roster.csv")


def test_a_refusal_of_the_database_is_a_reported_problem(tmp_path: Path) -> None:
    """A trigger refuses one row: the others are imported, and the report quotes no values."""
    if connection.vendor != "sqlite":
        pytest.skip("the trigger is written for SQLite")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER no_toms BEFORE INSERT ON patients_patient WHEN NEW.given_name = 'Tom' "
            "BEGIN SELECT RAISE(ABORT, 'no Tom Reyes here'); END"
        )
    output = load(tmp_path, patient(), related(), patient("Ines Wolf", id="p2"))
    assert "Patient/p1: the database refused it (IntegrityError)" in output
    assert "Tom" not in output
    assert Patient.objects.get().given_name == "Ines"
    assert not PatientIdentifier.objects.filter(value="p1").exists()
    assert AuditEvent.objects.count() == 1


def test_an_unchanged_roster_writes_nothing(tmp_path: Path) -> None:
    roster = [patient(f"Kid{n} Reyes", id=f"p{n}", identifier=number(str(n))) for n in range(50)]
    load(tmp_path, *roster)
    with CaptureQueriesContext(connection) as queries:
        load(tmp_path, *roster)
    written = [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert not written
    # A savepoint for each, and otherwise a few queries for all of them.
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) < 20


# --- Any content of a file -----------------------------------------------------------------------

_SEEDS: list[Json] = [
    *(entry["resource"] for entry in json.loads((ROSTERS / "family.json").read_text())["entry"]),
    *(json.loads(line) for line in (ROSTERS / "northside/people.ndjson").read_text().splitlines()[:3]),
    *(json.loads(line) for line in (ROSTERS / "northside/related.ndjson").read_text().splitlines()[:3]),
    *(
        entry["resource"]
        for entry in json.loads((ROSTERS / "northside/visits.json").read_text())["entry"][:3]
    ),
]  # fmt: skip
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["", " ", "Patient/p1", "2020-13-45", "9999-12-31", "0001-01-01T00:00:00+14:00", "x" * 300, "\x00"]
    ),
)
_JUNK = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to the parts of a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for name, part in inner for found in ((*path, name), *_paths(part, (*path, name)))]


@st.composite
def mutated(draw: st.DrawFn) -> list[Json]:
    """Valid resources in which some parts are gone, or replaced by anything at all."""
    resources: list[Json] = copy.deepcopy(draw(st.lists(st.sampled_from(_SEEDS), min_size=1, max_size=6)))
    for _ in range(draw(st.integers(0, 6))):
        paths = _paths(resources)
        *way, last = draw(st.sampled_from(paths)) if paths else (0,)
        place: Any = resources
        for step in way:
            place = place[step]
        if draw(st.booleans()):
            place[last] = draw(_JUNK)
        elif way:
            del place[last]
    return resources


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(resources=mutated(), bundled=st.booleans())
def test_anything_is_survived_and_the_second_time_changes_nothing(resources: list[Json], bundled: bool) -> None:
    whole = {"resourceType": "Bundle", "entry": [{"resource": item} for item in resources]}
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        # Lone surrogates cannot be written as UTF-8; as \u escapes they can, and are then no JSON to orjson.
        lines = [json.dumps(whole)] if bundled else [json.dumps(item) for item in resources]
        (Path(folder) / "a.ndjson").write_text("\n".join([*lines, json.dumps(patient("Last One", id="last"))]))
        run(folder, source="fuzz")
        before = contents()
        assert Patient.objects.filter(given_name="Last").exists()
        again = run(folder, source="fuzz")
        assert contents() == before
        assert all(added == changed == 0 for added, changed, *_ in counts(again).values())
        transaction.set_rollback(True)
