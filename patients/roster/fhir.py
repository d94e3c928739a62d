"""Convert FHIR resources to records of patients and guardians."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from patients.folding import fold
from patients.models import Patient
from patients.phones import digits
from patients.roster import relationships
from patients.roster.people import person
from patients.roster.reading import Resource, identifier_key, server_key, url_system
from patients.roster.records import GuardianRecord, InvalidRecord, Key, Origin, PatientRecord, Person
from patients.roster.relationships import Relationship
from patients.roster.report import Kind, Report
from patients.roster.values import flag, includes_today, mapping, mappings, text

ANIMAL = "http://hl7.org/fhir/StructureDefinition/patient-animal"
PATIENT_CONTACT = "urn:pinportal:fhir-patient-contact"
_SEX = {choice.value for choice in Patient.Sex}


def patient_records(
    resources: Sequence[Resource], *, report: Report
) -> tuple[list[PatientRecord], list[GuardianRecord]]:
    """Convert Patient resources. Returns the patients, and the contacts inside their records."""
    patients: list[PatientRecord] = []
    guardians: list[GuardianRecord] = []
    for resource in resources:
        try:
            patient = _patient(resource, report=report)
            inside = list(_contacts(resource, report=report))
        except InvalidRecord as refusal:
            report.skip(kind=Kind.PATIENTS, origin=resource.origin, reason=str(refusal))
        else:
            patients.append(patient)
            guardians += inside
    return patients, guardians


def guardian_records(resources: Sequence[Resource], *, report: Report) -> list[GuardianRecord]:
    """Convert RelatedPerson resources to guardians."""
    guardians = []
    for resource in resources:
        try:
            guardians.append(_related_person(resource, report=report))
        except InvalidRecord as refusal:
            report.skip(kind=Kind.CONTACTS, origin=resource.origin, reason=str(refusal))
    return guardians


def position_key(resource: Resource) -> Key:
    """The key of a resource by its position in the file, during one import."""
    return Key("urn:pinportal:place", f"{resource.origin.file}:{resource.origin.place}")


def _patient(resource: Resource, *, report: Report) -> PatientRecord:
    body = resource.body
    if any(text(extension.get("url")) == ANIMAL for extension in mappings(body.get("extension"))):
        raise InvalidRecord("an animal")
    who = person(body, warn=report.warn_about(resource.origin))
    keys = resource.keys()
    if not keys and not who.has_name and not who.birth_date:
        raise InvalidRecord("it has no identifier, no name and no birth date")
    _note_merges(resource, report=report)
    sex = text(body.get("gender")).lower()
    return PatientRecord(
        origin=resource.origin,
        keys=keys or (resource.content_key(),),
        local_keys=(position_key(resource), *resource.local_keys),
        server_id=resource.server_id,
        updated=resource.updated,
        person=who,
        sex=sex if sex in _SEX else "",
        status=_status(body),
        chart_numbers=_chart_numbers(body),
        same_as=tuple(
            reference(link.get("other"), kind="RelatedPerson", resource=resource)
            for link in mappings(body.get("link"))
            if _link_type(link) == "seealso"
        ),
    )


def _link_type(link: dict[str, Any]) -> str:
    return text(link.get("type")).lower().replace("-", "")


def _note_merges(resource: Resource, *, report: Report) -> None:
    for link in mappings(resource.body.get("link")):
        if _link_type(link) in ("replacedby", "replaces"):
            report.note(origin=resource.origin, reason="merge needed: one patient record replaces another")


def _status(body: dict[str, Any]) -> str:
    if flag(body.get("deceasedBoolean")) or text(body.get("deceasedDateTime")):
        return Patient.Status.DECEASED
    active = flag(body.get("active"))
    return "" if active is None else Patient.Status.ACTIVE if active else Patient.Status.INACTIVE


def _chart_numbers(body: dict[str, Any]) -> tuple[str, ...]:
    """The medical record numbers (type MR) that are still in use."""
    return tuple(
        text(identifier.get("value"))
        for identifier in mappings(body.get("identifier"))
        if any(text(coding.get("code")) == "MR" for coding in mappings(mapping(identifier.get("type")).get("coding")))
        and text(identifier.get("value"))
        and text(identifier.get("use")) != "old"
        and includes_today(identifier.get("period"))
    )


def _related_person(resource: Resource, *, report: Report) -> GuardianRecord:
    body = resource.body
    patient = reference(body.get("patient"), kind="Patient", resource=resource)
    if not patient:
        raise InvalidRecord("it has no reference to a patient that can be resolved")
    who = person(body, warn=report.warn_about(resource.origin))
    return GuardianRecord(
        origin=resource.origin,
        keys=resource.keys(),
        local_keys=(position_key(resource), *resource.local_keys),
        server_id=resource.server_id,
        updated=resource.updated,
        person=who,
        patient=patient,
        relationship=_relationship(body.get("relationship")),
        is_current=flag(body.get("active")) is not False and includes_today(body.get("period")),
        fallback=resource.content_key(),
    )


def _contacts(resource: Resource, *, report: Report) -> Iterator[GuardianRecord]:
    """The contacts inside a Patient, without organizations."""
    listed = mappings(resource.body.get("contact"))
    read: list[tuple[dict[str, Any], Person, Origin]] = []
    for number, contact in enumerate(listed):
        origin = replace(resource.origin, resource=f"{resource.origin.resource} contact {number}")
        who = person(contact, warn=report.warn_about(origin))
        if who.has_name or not contact.get("organization"):
            read.append((contact, who, origin))
        else:
            report.left_out["contacts that are organizations"] += 1
    names = [_folded_name(who) for _, who, _ in read]
    for contact, who, origin in read:
        # The name identifies a contact of one patient, even after a new phone number. If two have the same
        # name (father and son), the phone number is added.
        name = _folded_name(who)
        distinct = name if names.count(name) == 1 else f"{name} {digits(who.first_phone)}"
        yield GuardianRecord(
            origin=origin,
            keys=(),
            local_keys=(),
            server_id=None,
            updated=resource.updated,
            person=who,
            patient=(position_key(resource),),
            relationship=_relationship(contact.get("relationship")),
            is_current=includes_today(contact.get("period")),
            inside_patient=True,
            fallback=Key(PATIENT_CONTACT, hashlib.sha256(distinct.encode()).hexdigest()),
        )


def _folded_name(who: Person) -> str:
    return fold(f"{who.given_name} {who.family_name}")


def _relationship(value: Any) -> Relationship:
    """The relationship from all its codes and words."""
    by_code: list[Relationship] = []
    by_word: list[Relationship] = []
    for concept in [{"text": value}] if isinstance(value, str) else mappings(value):
        words = [text(concept.get("text"))]
        for coding in mappings(concept.get("coding")):
            system, code = text(coding.get("system")), text(coding.get("code"))
            known = relationships.relationship_by_code(system=system, code=code)
            if known:
                by_code.append(known)
            else:
                words += [code if not system else "", text(coding.get("display"))]
        by_word += [relationship for relationship in map(relationships.relationship_by_word, words) if relationship]
    return relationships.combined(by_code=by_code, by_word=by_word)


def reference(value: Any, *, kind: str, resource: Resource) -> tuple[Key, ...]:
    """Keys to find the target of a reference, to try in order; empty if it cannot be resolved.

    Resources of the same Bundle come first, then those of the same source. An absolute address never matches
    a resource of another server, even if both end alike.
    """
    to = text(value if isinstance(value, str) else mapping(value).get("reference")).partition("/_history/")[0]
    logical = identifier_key(mapping(mapping(value).get("identifier")))
    in_bundle = [Key(resource.scope, resource.base + to), Key(resource.scope, to)] if resource.scope else []
    in_source = Key(url_system(resource.source), resource.base + to)
    found: list[Key | None] = []
    if to.startswith(f"{kind}?identifier="):
        system, _, identifier = to.partition("=")[2].partition("|")
        found.append(identifier_key({"system": system, "value": identifier}))
    elif ":" in to:
        found += [*in_bundle[1:], Key(url_system(resource.source), to)]
    elif to.startswith(f"{kind}/"):
        by_id = server_key(source=resource.source, kind=kind, value=to.removeprefix(f"{kind}/"))
        found += [*in_bundle, in_source, by_id]
    found.append(logical)
    return tuple(dict.fromkeys(key for key in found if key))


def of_kind(resources: Sequence[Resource], kind: str) -> list[Resource]:
    return [resource for resource in resources if resource.kind == kind]
