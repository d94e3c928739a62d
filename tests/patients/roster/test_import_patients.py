"""``manage.py import_roster``: matching and changing patients."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from patients.models import (
    FamilyContact,
    Patient,
)
from tests.patients.roster.importing import contents, counts, load, number, patient, phone, related, run

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.postgres]


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
