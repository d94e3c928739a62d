"""Import providers and appointments from a FHIR roster."""

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from appointments.models import MAX_MINUTES, Appointment, AppointmentIdentifier, Provider, ProviderIdentifier
from patients.models import Identifier
from patients.roster.fhir import position_key, reference
from patients.roster.matching import Identity, Index, Match, gather, pk_of
from patients.roster.people import usable_names
from patients.roster.reading import Resource
from patients.roster.records import InvalidRecord, Key, PatientRecord, Record
from patients.roster.report import Kind, Outcome, Report
from patients.roster.values import EARLIEST, Warn, flag, mapping, mappings, moment, text
from patients.roster.writing import assign, fitting, in_batches, savepoint

Status = Appointment.Status

# Requested appointments and those entered in error are not imported.
_STATUSES = {
    "booked": Status.SCHEDULED,
    "arrived": Status.ARRIVED,
    "checked-in": Status.ARRIVED,
    "fulfilled": Status.CHECKED_OUT,
    "cancelled": Status.CANCELLED,
    "noshow": Status.NO_SHOW,
}
_LEFT_OUT = {"proposed", "pending", "waitlist", "entered-in-error"}
# Statuses in the order of a visit. A roster never sets a visit back, for example from Arrived to Scheduled.
_PROGRESS = [Status.SCHEDULED, Status.CONFIRMED, Status.ARRIVED, Status.ROOMED, Status.CHECKED_OUT]
_USUAL_MINUTES = 15
_NO_REASON = "Cancelled in the roster"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRecord(Record):
    given_name: str
    name: str
    is_active: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentRecord(Record):
    status: Status
    start: datetime.datetime
    minutes: int
    visit_type: str
    cancel_reason: str
    patients: tuple[tuple[Key, ...], ...]
    providers: tuple[tuple[Key, ...], ...]
    # A key for an appointment without one, to tell it apart from the patient's other appointments.
    fallback: Key | None


def import_providers(resources: Sequence[Resource], *, report: Report) -> Index[ProviderRecord]:
    """Save the providers and return an index of their keys."""
    records = []
    for resource in resources:
        try:
            records.append(_provider_record(resource))
        except InvalidRecord as refusal:
            report.skip(kind=Kind.PROVIDERS, origin=resource.origin, reason=str(refusal))

    index: Index[ProviderRecord] = Index()
    stored = ProviderIdentifier.objects.order_by("pk").values_list("system", "value", "provider_id")
    matches = index.load(stored.iterator())
    rows = {row.pk: row for row in Provider.objects.all()}
    for pk, match in matches.items():
        # A stored provider has a single name; its first word counts as the given name.
        match.identity = Identity(rows[pk].name.partition(" ")[0])
    found = gather(
        records,
        index=index,
        identify=lambda item: Identity(item.given_name),
        kind=Kind.PROVIDERS,
        report=report,
    )
    for match in found:
        _write_provider(match, seen=rows.get(match.pk or 0), report=report)
    return index


def _provider_record(resource: Resource) -> ProviderRecord:
    names = usable_names(resource.body.get("name"))
    if not names:
        raise InvalidRecord("it has no name")
    return ProviderRecord(
        origin=resource.origin,
        keys=resource.keys() or (resource.content_key(),),
        local_keys=(position_key(resource), *resource.local_keys),
        server_id=resource.server_id,
        updated=resource.updated,
        given_name=names[0].whole.partition(" ")[0],
        name=" ".join(part for part in (names[0].given, names[0].family) if part),
        is_active=flag(resource.body.get("active")),
    )


def _write_provider(match: Match[ProviderRecord], *, seen: Provider | None, report: Report) -> None:
    records = match.oldest_first()
    origin = records[-1].origin
    values = fitting(Provider, {"name": records[-1].name}, warn=report.warn_about(origin))
    activity = [item.is_active for item in records if item.is_active is not None]
    if activity:
        values["is_active"] = activity[-1]
    outcome: Outcome | None = None
    with savepoint(kind=Kind.PROVIDERS, origin=origin, report=report):
        provider = seen or Provider()
        changed = assign(provider, values)
        outcome = _outcome(seen, changed, match.new_keys())
        if changed:
            provider.save()
        _store(ProviderIdentifier, owner={"provider": provider}, keys=match.new_keys())
        match.pk = provider.pk
    if outcome:
        report.count(kind=Kind.PROVIDERS, outcome=outcome)


def _outcome(seen: object, changed: list[str], new_keys: list[Key]) -> Outcome:
    if seen is None:
        return Outcome.ADDED
    return Outcome.CHANGED if changed or new_keys else Outcome.UNCHANGED


def _store(model: type[Identifier], *, owner: dict[str, Any], keys: Sequence[Key]) -> None:
    model._default_manager.bulk_create([model(system=key.system, value=key.value, **owner) for key in keys])


def import_appointments(
    resources: Sequence[Resource],
    *,
    patients: Index[PatientRecord],
    providers: Index[ProviderRecord],
    report: Report,
) -> None:
    """Save the appointments of known patients."""
    _Appointments(patients=patients, providers=providers, report=report).write(resources)


class _Visit(NamedTuple):
    record: AppointmentRecord
    patient_pk: int


class _Appointments:
    def __init__(self, *, patients: Index[PatientRecord], providers: Index[ProviderRecord], report: Report) -> None:
        self.patients = patients
        self.providers = providers
        self.report = report
        self.index: Index[AppointmentRecord] = Index()
        self.rows: dict[int, Appointment] = {}
        self.patient_of: dict[Match[AppointmentRecord], int] = {}

    def write(self, resources: Sequence[Resource]) -> None:
        stored = AppointmentIdentifier.objects.order_by("pk").values_list("system", "value", "appointment_id")
        self.index.load(stored.iterator())
        visits = [visit for resource in resources if (visit := self._visit(resource))]
        known = {match.pk: match for visit in visits for match in self.index.matches(visit.record.keys) if match.pk}
        for batch in in_batches(list(known)):
            self.rows |= Appointment.objects.in_bulk(batch)
        self.patient_of |= {known[pk]: row.patient_id for pk, row in self.rows.items()}
        for match in self._gather(visits):
            self._write(match)

    def _visit(self, resource: Resource) -> _Visit | None:
        """The appointment with its patient; None if it is left out or invalid."""
        status = text(resource.body.get("status")).lower()
        if status in _LEFT_OUT:
            self.report.left_out[f"Appointments {status}"] += 1
            return None
        try:
            item = _appointment_record(resource, warn=self.report.warn_about(resource.origin))
            patient_pk = next((pk for keys in item.patients if (pk := pk_of(self.patients.resolve(keys)))), None)
            if patient_pk is None:
                raise InvalidRecord("it has no patient, or one that was not imported or is ambiguous")
        except InvalidRecord as refusal:
            self.report.skip(kind=Kind.APPOINTMENTS, origin=resource.origin, reason=str(refusal))
            return None
        return _Visit(_with_local_key(item, patient_pk), patient_pk)

    def _gather(self, visits: Sequence[_Visit]) -> list[Match[AppointmentRecord]]:
        found: dict[Match[AppointmentRecord], None] = {}
        for item, patient_pk in visits:
            matches = self.index.matches(item.keys)
            match = matches[0] if matches else Match()
            if len(matches) > 1 or self.patient_of.setdefault(match, patient_pk) != patient_pk:
                reason = "its identifiers belong to another appointment; not changed"
                self.report.skip(kind=Kind.APPOINTMENTS, origin=item.origin, reason=reason)
                continue
            self.index.join(match, item, identity=Identity())
            found[match] = None
        return list(found)

    def _write(self, match: Match[AppointmentRecord]) -> None:
        item = match.oldest_first()[-1]
        seen = self.rows.get(match.pk or 0)
        wanted = {"start": item.start, "duration": item.minutes, "visit_type": item.visit_type}
        values = fitting(Appointment, wanted, warn=self.report.warn_about(item.origin))
        provider = next((pk for keys in item.providers if (pk := pk_of(self.providers.resolve(keys)))), None)
        if provider:
            values["provider_id"] = provider
        if seen is None or not _is_behind(item.status, seen.status):
            values |= _status_values(item, warn=self.report.warn_about(item.origin))
        outcome: Outcome | None = None
        with savepoint(kind=Kind.APPOINTMENTS, origin=item.origin, report=self.report):
            appointment = seen or Appointment(patient_id=self.patient_of[match])
            changed = assign(appointment, values)
            outcome = _outcome(seen, changed, match.new_keys())
            if seen is None:
                appointment.save()
            elif changed:
                appointment.save(update_fields=changed)
            _store(AppointmentIdentifier, owner={"appointment": appointment}, keys=match.new_keys())
        if outcome:
            self.report.count(kind=Kind.APPOINTMENTS, outcome=outcome)


def _is_behind(status: str, here: str) -> bool:
    """Whether the status in the roster is earlier in the visit than the stored one."""
    order: list[str] = list(_PROGRESS)
    return status in order and here in order and order.index(status) < order.index(here)


def _status_values(item: AppointmentRecord, *, warn: Warn) -> dict[str, Any]:
    """The status, and the fields that the database requires with it."""
    is_cancelled, is_planned = item.status == Status.CANCELLED, item.status == Status.SCHEDULED
    reason = (
        fitting(Appointment, {"cancel_reason": item.cancel_reason or _NO_REASON}, warn=warn) if is_cancelled else {}
    )
    arrival = {"arrival_time": None} if is_planned else {}
    return {"status": item.status, "cancel_reason": "", **reason, **arrival}


def _with_local_key(item: AppointmentRecord, patient_pk: int) -> AppointmentRecord:
    if item.keys or item.fallback is None:
        return item
    local = hashlib.sha256(f"{patient_pk}:{item.fallback.value}".encode()).hexdigest()
    return replace(item, keys=(Key(item.fallback.system, local),))


def _appointment_record(resource: Resource, *, warn: Warn) -> AppointmentRecord:
    body = resource.body
    status = _STATUSES.get(text(body.get("status")).lower())
    if status is None:
        raise InvalidRecord("its status is missing or not a status of FHIR R4")
    start = moment(body.get("start"))
    if start is None or start.date() < EARLIEST:
        raise InvalidRecord("it has no start with date and time")
    actors = [mapping(participant).get("actor") for participant in mappings(body.get("participant"))]
    keys = resource.keys()
    return AppointmentRecord(
        origin=resource.origin,
        keys=keys,
        local_keys=resource.local_keys,
        server_id=resource.server_id,
        updated=resource.updated,
        status=status,
        start=start,
        minutes=_minutes(body, start, warn=warn),
        visit_type=_visit_type(body),
        cancel_reason=_in_words(body.get("cancelationReason")),
        patients=_patients(actors, resource),
        providers=tuple(reference(actor, kind="Practitioner", resource=resource) for actor in actors),
        fallback=None if keys else resource.content_key(),
    )


def _patients(actors: Sequence[Any], resource: Resource) -> tuple[tuple[Key, ...], ...]:
    """Keys to find the patient: of the first actor that is a Patient by reference, or else of all actors.

    If the first patient is unknown, no other is tried: that could put a child's visit into the mother's chart.
    """
    by_reference = [actor for actor in actors if "Patient/" in text(mapping(actor).get("reference"))]
    found = (reference(actor, kind="Patient", resource=resource) for actor in by_reference[:1] or actors)
    return tuple(keys for keys in found if keys)


def _minutes(body: dict[str, Any], start: datetime.datetime, *, warn: Warn) -> int:
    minutes = body.get("minutesDuration")
    end = moment(body.get("end"))
    if minutes is None and end is not None:
        minutes = round((end - start).total_seconds() / 60)
    if minutes is None:
        return _USUAL_MINUTES
    found = text(minutes)
    if found.isascii() and found.isdecimal() and len(found) <= len(str(MAX_MINUTES)) and 1 <= int(found) <= MAX_MINUTES:
        return int(found)
    warn(f"its duration is not between 1 and {MAX_MINUTES} minutes; set to {_USUAL_MINUTES}")
    return _USUAL_MINUTES


def _visit_type(body: dict[str, Any]) -> str:
    """The type of the appointment, or else the service, in words."""
    return _in_words(body.get("appointmentType")) or _in_words(body.get("serviceType"))


def _in_words(concepts: Any) -> str:
    """The text of the first FHIR concept that has any."""
    for concept in mappings(concepts):
        displays = (text(coding.get("display")) for coding in mappings(concept.get("coding")))
        if found := text(concept.get("text")) or next(filter(None, displays), ""):
            return found
    return ""
