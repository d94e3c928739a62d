"""A child's record as a FHIR R4 Bundle for other health software.

docs/download.md describes its format, which is stable: elements may be added, but none is removed or changes its
meaning. The bundle contains exactly what the page shows this reader (R18).
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import Appointment
from patients.models import FamilyContact, Patient
from portal.family import access_history
from portal.family.children import Card
from portal.family.records import Access, ChildRecord
from portal.family.visits import Visit

Resource = dict[str, Any]

STATUS = {
    Appointment.Status.SCHEDULED: "booked",
    Appointment.Status.CONFIRMED: "booked",
    Appointment.Status.ARRIVED: "arrived",
    Appointment.Status.ROOMED: "checked-in",
    Appointment.Status.CHECKED_OUT: "fulfilled",
    Appointment.Status.NO_SHOW: "noshow",
    Appointment.Status.CANCELLED: "cancelled",
}
ROLE_CODES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
ROLES = {
    FamilyContact.Role.MOTHER: "MTH",
    FamilyContact.Role.FATHER: "FTH",
    FamilyContact.Role.PARENT: "PRN",
    FamilyContact.Role.STEPPARENT: "STPPRN",
    FamilyContact.Role.FOSTER_PARENT: "PRNFOST",
    FamilyContact.Role.GUARDIAN: "GUARD",
    FamilyContact.Role.GRANDPARENT: "GRPRN",
    FamilyContact.Role.SIBLING: "SIB",
    FamilyContact.Role.RELATIVE: "FAMMEMB",
    FamilyContact.Role.SELF: "ONESELF",
}
# A code for each sentence. The codes of the audit trail would reveal more than the page does.
ACTIVITY_CODES = {
    access_history.LOOKED: "chart-viewed",
    access_history.CHANGED: "chart-changed",
    access_history.CHANGED_CONTACTS: "contacts-changed",
    access_history.LOOKED_AT_VISIT: "appointment-viewed",
    access_history.BOOKED: "appointment-booked",
    access_history.CHANGED_VISIT: "appointment-changed",
    access_history.PRINTED_PIN: "pin-made",
    access_history.ENDED_ACCESS: "access-ended",
    access_history.REGISTERED: "registered",
    access_history.TRIED: "pin-refused",
    access_history.SAW_HERE: "portal-viewed",
    access_history.DOWNLOADED: "downloaded",
    access_history.LEFT: "access-left",
    access_history.TURNED_AWAY: "turned-away",
}


def render(record: ChildRecord) -> bytes:
    """The bundle as JSON."""
    resources = [_patient(record.card), *map(_related_person, record.access), *map(_appointment, _visits(record))]
    resources += _audit_events(record.card)
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": _moment(timezone.now()),
        "entry": [{"resource": resource} for resource in resources],
    }
    return json.dumps(bundle, ensure_ascii=False, indent=1).encode()


def _visits(record: ChildRecord) -> list[Visit]:
    return [*record.upcoming, *record.past]


def _patient(card: Card) -> Resource:
    patient = card.patient
    names = [_name("official", patient.family_name, patient.given_name, patient.middle_name)]
    if patient.preferred_name:
        names.append({"use": "usual", "text": patient.preferred_name})
    known: Resource = {
        "resourceType": "Patient",
        "id": "patient",
        "identifier": [{"type": {"text": "chart number"}, "value": patient.chart_number}],
        "active": patient.status == Patient.Status.ACTIVE,
        "name": names,
        "gender": patient.sex,
        "birthDate": patient.birth_date.isoformat() if patient.birth_date else "",
    }
    if patient.language:
        known["communication"] = [{"language": {"coding": [{"code": patient.language}]}, "preferred": True}]
    return _without_gaps({**known, **(_contact_details(patient) if card.sees_contact_details else {})})


def _contact_details(patient: Patient) -> Resource:
    telecom = [
        {"system": system, "value": value}
        for system, value in (("phone", patient.phone), ("email", patient.email))
        if value
    ]
    address = _without_gaps(
        {
            "line": [patient.street] if patient.street else [],
            "city": patient.city,
            "state": patient.state,
            "postalCode": patient.postal_code,
        }
    )
    return {"telecom": telecom, "address": [address] if address else []}


def _related_person(access: Access) -> Resource:
    role = FamilyContact.Role(access.link.role)
    coding = [{"system": ROLE_CODES, "code": ROLES[role]}] if role in ROLES else []
    return _without_gaps(
        {
            "resourceType": "RelatedPerson",
            "id": f"related-person-{access.link.pk}",
            "active": True,
            "patient": {"reference": "Patient/patient"},
            "relationship": [_without_gaps({"coding": coding, "text": role.value})],
            "name": [_name("", access.link.contact.family_name, access.link.contact.given_name)],
            "period": {"start": _moment(access.since)},
        }
    )


def _appointment(visit: Visit) -> Resource:
    people = [{"actor": {"reference": "Patient/patient"}, "status": "accepted"}]
    people += [
        {"actor": {"display": display}, "status": "accepted"}
        for display in (visit.provider, ", ".join(part for part in (visit.place, visit.address) if part))
        if display
    ]
    return _without_gaps(
        {
            "resourceType": "Appointment",
            "id": f"appointment-{visit.number}",
            "status": STATUS[Appointment.Status(visit.status)],
            "appointmentType": {"text": visit.visit_type} if visit.visit_type else {},
            "start": _moment(visit.start),
            "end": _moment(visit.end),
            "participant": people,
        }
    )


def _audit_events(card: Card) -> Iterator[Resource]:
    """Each audit row that the reader may see, latest first: who, when, and the sentence."""
    for event, who, sentence in access_history.each_row(card, access_history.rows(card)):
        yield {
            "resourceType": "AuditEvent",
            "id": f"audit-event-{event.pk}",
            "type": {"code": ACTIVITY_CODES[sentence], "display": _(sentence) % {"who": who}},
            "recorded": _moment(event.at),
            "agent": [{"who": {"display": who}, "requestor": True}],
            "source": {"observer": {"display": "PIN Portal"}},
            "entity": [{"what": {"reference": "Patient/patient"}}],
        }


def _name(use: str, family: str, *given: str) -> Resource:
    return _without_gaps({"use": use, "family": family, "given": [part for part in given if part]})


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _without_gaps(resource: Resource) -> Resource:
    """Remove empty values, because FHIR has no empty elements."""
    return {name: value for name, value in resource.items() if value not in ("", [], {})}
