"""Import patients: add new ones, and save what changed."""

import re
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from audit.trail import Action, Actor, record
from patients import consequences, own_contact
from patients.models import Patient, PatientAlias, PatientIdentifier
from patients.placeholder_names import NameKind, classify
from patients.roster.matching import Identity, Index, Match, gather
from patients.roster.records import Key, PatientRecord, Person
from patients.roster.report import Kind, Outcome, Report
from patients.roster.writing import assign, fitting, in_batches, savepoint

_GENERATED = re.compile(r"I-(\d{6,})")
ADDRESS = ("street", "city", "state", "postal_code")
_COLUMNS = ("given_name", "middle_name", "family_name", "preferred_name", "birth_date", "language", "email", *ADDRESS)


def import_patients(records: Sequence[PatientRecord], *, actor: Actor, report: Report) -> Index[PatientRecord]:
    """Save the patients and return an index of their keys."""
    return _Patients(actor=actor, report=report).write(records)


def merged(people: Sequence[Person]) -> dict[str, Any]:
    """Merge the fields of several records of one person. Later records overwrite earlier ones."""
    values: dict[str, Any] = {}
    for person in people:
        for column in fields(person):
            value = getattr(person, column.name)
            if column.name == "other_names":
                values["other_names"] = tuple(dict.fromkeys((*values.get("other_names", ()), *value)))
            elif value:
                values[column.name] = value
    return values


class ChartNumbers:
    """Chart numbers in use, and the next generated one: I-000001, I-000002 …"""

    def __init__(self) -> None:
        self._taken = set(Patient.objects.values_list("chart_number", flat=True))
        own = (_GENERATED.fullmatch(number) for number in self._taken)
        self._last = max((int(found[1]) for found in own if found), default=0)

    def take(self, wanted: Sequence[str]) -> str:
        """The first medical record number that is free and not too long, or else the next generated number.

        A chart number never changes after the patient is added, because it is printed on paper.
        """
        max_length = Patient._meta.get_field("chart_number").max_length or 0
        chosen = next((number for number in wanted if len(number) <= max_length and number not in self._taken), "")
        if not chosen:
            self._last += 1
            chosen = f"I-{self._last:06}"
        self._taken.add(chosen)
        return chosen


class _Patients:
    def __init__(self, *, actor: Actor, report: Report) -> None:
        self.actor = actor
        self.report = report
        self.index: Index[PatientRecord] = Index()
        self.rows: dict[int, Patient] = {}
        self.aliases: dict[int, set[str]] = {}
        self.chart_numbers = ChartNumbers()

    def write(self, records: Sequence[PatientRecord]) -> Index[PatientRecord]:
        stored = PatientIdentifier.objects.order_by("pk").values_list("system", "value", "patient_id")
        self.index.load(stored.iterator())
        self._load_rows(records)
        for match in self._gathered(records):
            self._write(match)
        return self.index

    def _gathered(self, records: Sequence[PatientRecord]) -> list[Match[PatientRecord]]:
        return gather(records, index=self.index, identify=_identity, kind=Kind.PATIENTS, report=self.report)

    def _load_rows(self, records: Sequence[PatientRecord]) -> None:
        """Load the stored patients with any key of these records."""
        matches = {match.pk: match for item in records for match in self.index.matches(item.keys) if match.pk}
        for batch in in_batches(list(matches)):
            self.rows |= Patient.objects.in_bulk(batch)
            for pk, name in PatientAlias.objects.filter(patient__in=batch).values_list("patient_id", "name"):
                self.aliases.setdefault(pk, set()).add(name)
        for pk, row in self.rows.items():
            matches[pk].identity = Identity(row.given_name, row.family_name, row.birth_date)

    def _write(self, match: Match[PatientRecord]) -> None:
        records = match.oldest_first()
        last = records[-1]
        person = merged([item.person for item in records])
        values = {column: person.get(column) for column in _COLUMNS}
        values |= {"phone": person.get("first_phone"), "sex": "", "status": ""}
        for item in records:
            values["sex"] = item.sex or values["sex"]
            if values["status"] != Patient.Status.DECEASED:
                values["status"] = item.status or values["status"]
        fitted = fitting(Patient, values, warn=self.report.warn_about(last.origin))
        names = [name[:200] for name in person["other_names"]]
        outcome: Outcome | None = None
        with savepoint(kind=Kind.PATIENTS, origin=last.origin, report=self.report):
            row = self.rows.get(match.pk or 0)
            outcome = self._change(match, row, fitted, names) if row else self._add(match, fitted, names)
        if outcome:
            self.report.count(kind=Kind.PATIENTS, outcome=outcome)

    def _add(self, match: Match[PatientRecord], values: dict[str, Any], names: list[str]) -> Outcome:
        wanted = [number for item in reversed(match.oldest_first()) for number in item.chart_numbers]
        patient = Patient(chart_number=self.chart_numbers.take(wanted), **values)
        if wanted and patient.chart_number not in wanted:
            self.report.note(
                origin=match.records[-1].origin,
                reason="its medical record number is another chart's number or too long; a new number was assigned",
            )
        patient.save()
        self._add_aliases(patient, names)
        record(actor=self.actor, action=Action.PATIENT_ADDED, patient_id=patient.pk)
        self._store(patient, match.new_keys())
        match.pk = patient.pk
        return Outcome.ADDED

    def _change(self, match: Match[PatientRecord], seen: Patient, values: dict[str, Any], names: list[str]) -> Outcome:
        self._keep_status(match, seen, values)
        self._keep_name(match, seen, values)
        new_names = [name for name in names if name not in self.aliases.get(seen.pk, ())]
        new_keys = match.new_keys()
        if not (new_names or new_keys or any(getattr(seen, name) != value for name, value in values.items())):
            return Outcome.UNCHANGED
        with consequences.change(patient_ids=[seen.pk], by=self.actor, confirmed=None):
            # Read again under a lock, because staff may have changed the chart since the import began.
            patient = Patient.objects.select_for_update().get(pk=seen.pk)
            changed = assign(patient, values)
            if changed:
                patient.save()
            if own_contact.FOLLOWING & set(changed):
                own_contact.follow(patient)
        self._add_aliases(patient, new_names)
        self._store(patient, new_keys)
        changed += ["aliases"] * bool(new_names) + ["identifiers"] * bool(new_keys)
        record(actor=self.actor, action=Action.PATIENT_CHANGED, patient_id=patient.pk, fields=changed)
        return Outcome.CHANGED

    def _keep_status(self, match: Match[PatientRecord], seen: Patient, values: dict[str, Any]) -> None:
        """Keep closed charts closed. Access depends on the status, so only staff reopen a chart."""
        status = values.get("status", "")
        if seen.status == Patient.Status.ACTIVE or status == Patient.Status.DECEASED:
            return
        values.pop("status", None)
        if status == Patient.Status.ACTIVE:
            self.report.note(
                origin=match.records[-1].origin,
                reason=f"active in the roster, {seen.status} here; not changed, because only staff reopen a chart",
            )

    def _keep_name(self, match: Match[PatientRecord], seen: Patient, values: dict[str, Any]) -> None:
        """Keep a given name that staff entered if the roster still has a placeholder such as "Baby Boy" (R3)."""
        wanted = values.get("given_name", seen.given_name)
        if wanted == seen.given_name or classify(wanted) is not NameKind.PLACEHOLDER:
            return
        if seen.given_name == seen.confirmed_given_name or classify(seen.given_name) is NameKind.REAL:
            values.pop("given_name")
            values.pop("middle_name", None)
            reason = "its given name is a placeholder; the real name in the chart is kept"
            self.report.note(origin=match.records[-1].origin, reason=reason)

    def _store(self, patient: Patient, keys: list[Key]) -> None:
        PatientIdentifier.objects.bulk_create(
            [PatientIdentifier(patient=patient, system=key.system, value=key.value) for key in keys]
        )

    def _add_aliases(self, patient: Patient, names: list[str]) -> None:
        PatientAlias.objects.bulk_create([PatientAlias(patient=patient, name=name) for name in dict.fromkeys(names)])


def _identity(item: PatientRecord) -> Identity:
    return Identity(item.person.given_name, item.person.family_name, item.person.birth_date)
