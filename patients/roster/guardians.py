"""Complete guardian records: find the patient, the keys to store, and data from the guardian's own chart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from patients.models import Patient
from patients.roster.matching import Identity, Index
from patients.roster.records import GuardianRecord, Key, PatientRecord, Person
from patients.roster.report import Kind, Report
from patients.roster.writing import in_batches

SAME_PERSON = "urn:pinportal:same-person-as-patient"


@dataclass(frozen=True, slots=True)
class Guardian:
    """A guardian's record and the stored patient it is about."""

    record: GuardianRecord
    patient_pk: int


def with_known_patients(
    records: Sequence[GuardianRecord], *, patients: Index[PatientRecord], report: Report
) -> list[Guardian]:
    """The guardians with a known patient and a name. The others are reported."""
    linked = _linked_patients(records, patients)
    rows = _rows(records, linked, patients)
    found = []
    for record in records:
        patient = patients.resolve(record.patient)
        if patient is None or patient.pk is None:
            # The patient of a contact inside a Patient is already reported.
            if not record.inside_patient:
                reason = "its patient is not in the roster, was not imported, or is ambiguous"
                report.skip(kind=Kind.CONTACTS, origin=record.origin, reason=reason)
            continue
        same = linked.get(record, ()) or _same_by_identifier(record, patient.pk, patients)
        if record.relationship.is_self or patient.pk in same:
            report.left_out["patients as their own contacts (Self)"] += 1
            continue
        known = _complete(record, patient.pk, [rows[pk] for pk in same if pk in rows], patients)
        if known.person.has_name:
            found.append(Guardian(known, patient.pk))
        else:
            report.skip(kind=Kind.CONTACTS, origin=record.origin, reason="it has no name")
    return found


def _linked_patients(
    records: Sequence[GuardianRecord], patients: Index[PatientRecord]
) -> dict[GuardianRecord, tuple[int, ...]]:
    """For each guardian, the patients who are the same person by Patient.link."""
    by_key: dict[Key, list[GuardianRecord]] = {}
    for record in records:
        for key in (*record.local_keys, *record.keys):
            by_key.setdefault(key, []).append(record)
    linked: dict[GuardianRecord, dict[int, None]] = {}
    for match in patients.with_records():
        for candidates in (candidates for record in match.records for candidates in record.same_as):
            called = next((by_key[key] for key in candidates if key in by_key), [])
            for guardian in called if match.pk else []:
                linked.setdefault(guardian, {})[match.pk or 0] = None
    return {record: tuple(pks) for record, pks in linked.items()}


def _same_by_identifier(record: GuardianRecord, patient_pk: int, patients: Index[PatientRecord]) -> tuple[int, ...]:
    """Other patients with an identifier of this guardian and no other first name."""
    ours = Identity(record.person.given_name)
    found = (patients.resolve([key]) for key in record.keys)
    return tuple(
        dict.fromkeys(
            match.pk
            for match in found
            if match and match.pk and match.pk != patient_pk and not ours.has_other_given_name(match.identity)
        )
    )


def _rows(
    records: Sequence[GuardianRecord],
    linked: dict[GuardianRecord, tuple[int, ...]],
    patients: Index[PatientRecord],
) -> dict[int, Patient]:
    """The charts of guardians who are also patients."""
    by_identifier = {match.pk for record in records for match in patients.matches(record.keys) if match.pk}
    rows: dict[int, Patient] = {}
    for batch in in_batches(list(by_identifier.union(*linked.values()))):
        rows |= Patient.objects.in_bulk(batch)
    return rows


def _complete(
    record: GuardianRecord, patient_pk: int, charts: list[Patient], patients: Index[PatientRecord]
) -> GuardianRecord:
    """The record with the keys to store, and with data from the person's own chart."""
    # Skip the child's number in a guardian's record: it would make both parents one person.
    own = [key for key in record.keys if not _is_key_of(key, patient_pk, patients)]
    keys = [*own, *(Key(SAME_PERSON, str(chart.pk)) for chart in charts)]
    local = sha256(f"{patient_pk}:{record.fallback.value}".encode()).hexdigest()
    fallback = Key(record.fallback.system, local)
    if not own:
        keys.append(fallback)
    person = record.person
    for chart in charts:
        person = _completed(person, chart)
    return replace(record, keys=tuple(keys), fallback=fallback, person=person)


def _is_key_of(key: Key, patient_pk: int, patients: Index[PatientRecord]) -> bool:
    return any(match.pk == patient_pk for match in patients.matches([key]))


def _completed(person: Person, chart: Patient) -> Person:
    """The person with missing fields filled in from their own chart."""
    if not person.has_name:
        person = replace(person, given_name=chart.given_name, family_name=chart.family_name)
    if not (person.home_phone or person.cell_phone):
        person = replace(person, home_phone=chart.phone)
    return replace(
        person,
        birth_date=person.birth_date or chart.birth_date,
        email=person.email or chart.email,
        language=person.language or chart.language,
    )
