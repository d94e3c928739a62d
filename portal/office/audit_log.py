"""The audit trail as administrators and auditors read and export it: filtered, in words, patients by chart number.

It shows no patient names: users who may read the trail may not be allowed to read charts.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.access import BIGGEST
from accounts.models import StaffRecord, User
from appointments import local_time
from audit import reading
from audit.models import AuditEvent
from audit.trail import listed
from audit.words import GROUPS, action_in_words, detail_in_words
from patients.models import Patient
from portal.office import csv_cells

COLUMNS = ["line", "when_utc", "when_local", "who", "action", "what", "details", "chart_number", "patient", "address"]


@dataclass(frozen=True)
class AuditFilter:
    """Which rows to show. Empty fields match everything. Days are in the practice's time zone."""

    since: date | None = None
    until: date | None = None  # inclusive
    who: str = ""
    action: str = ""  # an action or a group of actions
    patient: str = ""
    address: str = ""

    @property
    def names(self) -> list[str]:
        """The filters in use, without their values, for the audit trail."""
        return [name for name, value in vars(self).items() if value]


def rows(wanted: AuditFilter) -> QuerySet[AuditEvent]:
    """The rows that match the filter, newest first."""
    found = AuditEvent.objects.all()
    if wanted.since:
        found = found.filter(at__gte=local_time.bounds(wanted.since)[0])
    if wanted.until:
        found = found.filter(at__lt=local_time.bounds(wanted.until)[1])
    if wanted.who:
        found = found.filter(_matches_user(wanted.who))
    if wanted.action:
        found = found.filter(_matches_action(wanted.action))
    if wanted.patient:
        found = found.filter(_matches_patient(wanted.patient))
    if wanted.address:
        found = found.filter(address__istartswith=wanted.address)
    return found


def _matches_user(words: str) -> Q:
    """Rows of users whose e-mail or staff record name contains these words."""
    staff = StaffRecord.objects.filter(name__icontains=words, user__isnull=False).values("user")
    return Q(user__in=User.objects.filter(Q(email__icontains=words) | Q(pk__in=staff)).values("pk"))


def _matches_action(code: str) -> Q:
    if code not in GROUPS:
        return Q(action=code)
    return reduce(or_, (Q(action__startswith=beginning) for beginning in GROUPS[code][1]))


def _matches_patient(number: str) -> Q:
    """Rows about the patient with this chart number or record number, and lists that showed the patient's name."""
    patient_id = Patient.objects.filter(chart_number__iexact=number).values_list("pk", flat=True).first()
    if patient_id is None:
        patient_id = int(number) if number.isascii() and number.isdigit() and int(number) <= BIGGEST else 0
    return Q(patient_id=patient_id) | Q(detail__patients__icontains=listed([patient_id]))


# --- In words ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One row as people read it."""

    event: AuditEvent
    who: str
    what: str
    details: str
    chart_number: str
    staff_record: str


def entries(events: Iterable[AuditEvent]) -> list[Entry]:
    """Put these rows in words, in a constant number of queries."""
    events = list(events)
    people = {number for event in events for number in (event.user_id, event.detail.get("account")) if number}
    users = User.objects.in_bulk(people)
    staff = dict(StaffRecord.objects.filter(user__in=list(users)).values_list("user_id", "name"))
    patients = {event.patient_id for event in events if event.patient_id}
    patients.update(number for event in events for number in _listed_patients(event))
    charts = dict(Patient.objects.filter(pk__in=patients).values_list("pk", "chart_number"))
    return [
        Entry(
            event=event,
            who=users[event.user_id].email if event.user_id else "",
            what=action_in_words(event.action),
            details=detail_in_words(_readable_detail(event, charts, users)),
            chart_number=charts.get(event.patient_id or 0, ""),
            staff_record=staff.get(event.user_id or 0, ""),
        )
        for event in events
    ]


def _listed_patients(event: AuditEvent) -> list[int]:
    """The patients whose names were in the list that this row is about."""
    return [int(number) for number in str(event.detail.get("patients", "")).split()]


def _readable_detail(event: AuditEvent, charts: Mapping[int, str], users: Mapping[int, User]) -> dict[str, Any]:
    """The details, with chart numbers for listed patients and the e-mail of the affected sign-in."""
    shown = _listed_patients(event)
    numbers = {"patients": " ".join(charts.get(number, f"record {number}") for number in shown)} if shown else {}
    user = users.get(event.detail.get("account", 0))
    return {**event.detail, **numbers, **({"account": user.email} if user else {})}


# --- CSV -----------------------------------------------------------------------------------------


def as_csv(found: QuerySet[AuditEvent]) -> Iterator[str]:
    """The rows as CSV in chunks, with cells that no spreadsheet runs as formulas."""
    yield _csv([COLUMNS])
    for chunk in reading.in_chunks(found):
        yield _csv(_cells(entry) for entry in entries(chunk))


def _cells(entry: Entry) -> list[str]:
    event = entry.event
    row = [
        event.pk,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        timezone.localtime(event.at).strftime("%Y-%m-%d %H:%M:%S"),
        f"{entry.staff_record} <{entry.who}>" if entry.staff_record else entry.who,
        event.action,
        entry.what,
        entry.details,
        entry.chart_number,
        event.patient_id or "",
        event.address,
    ]
    return [csv_cells.escape(value) for value in row]


def _csv(rows: Iterable[Iterable[str]]) -> str:
    chunk = io.StringIO()
    csv.writer(chunk).writerows(rows)
    return chunk.getvalue()
