"""``manage.py import_roster``: bad files, and files with any content."""

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import AuditEvent
from patients.models import (
    FamilyContact,
    Patient,
    PatientIdentifier,
)
from tests.patients.roster.importing import ROSTERS, Json, contents, counts, load, number, patient, related, run

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.postgres]


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


def test_control_characters_in_a_roster_end_up_in_one_line(tmp_path: Path) -> None:
    """Also in what identifies a record and in reasons: the database would refuse them."""
    bad = "a\r\nb\u2028c\x1b\x85"
    name = [{"given": [f"Tom{bad}"], "family": f"Reyes{bad}"}]
    address = [{"line": [bad, bad], "city": bad, "state": bad, "postalCode": "1\n2"}]
    telecom = [
        {"system": "phone", "value": "+1 212\n555 0141"},
        {"system": "email", "value": "Tom@\uff4dail.exam\xadple\n"},
    ]
    more = {"name": name, "address": address, "telecom": telecom, "identifier": number(f"7\r\n{bad}", f"urn:x{bad}")}
    output = load(tmp_path, patient(**more), related(**more))
    assert "refused" not in output
    stored = Patient.objects.get()
    assert (stored.family_name, stored.postal_code, stored.email) == ("Reyesa b c", "1 2", "tom@mail.example")
    assert FamilyContact.objects.get().contact.street == "a b c, a b c"
    again = load(tmp_path, patient(**more), related(**more))
    assert counts(again)["Patients"][1] == 0, again
