"""Build small rosters, import them with ``manage.py import_roster``, and read the result."""

import io
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command

from appointments.models import Appointment, AppointmentIdentifier, Provider
from audit.models import AuditEvent
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
