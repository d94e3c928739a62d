"""The audit trail as administrators and auditors read and export it: filtered, in words, patients by chart number.

It shows no patient names: users who may read the trail may not be allowed to read charts.
"""

import csv
import io
from collections.abc import Iterable, Iterator
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
from audit import names, reading
from audit.models import AuditEvent
from audit.trail import Action, listed
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
    """Rows of users whose e-mail or staff record name contains these words, now or when they once signed in."""
    staff = StaffRecord.objects.filter(name__icontains=words, user__isnull=False).values("user")
    users = User.objects.filter(Q(email__icontains=words) | Q(pk__in=staff)).values("pk")
    was_called = Q(names__user__email__icontains=words) | Q(names__staff_record__name__icontains=words)
    former = AuditEvent.objects.filter(was_called, action=Action.SIGNED_IN).order_by().values("user")
    return Q(user__in=users) | Q(user__in=former)


def _matches_action(code: str) -> Q:
    if code not in GROUPS:
        return Q(action=code)
    return reduce(or_, (Q(action__startswith=beginning) for beginning in GROUPS[code][1]))


def _matches_patient(number: str) -> Q:
    """Rows about the patients who have or had this chart number, and lists that showed their names.

    If there is none: rows about the patient with this record number.
    """
    had_it = AuditEvent.objects.filter(
        action__in=[Action.PATIENT_ADDED, Action.PATIENT_CHANGED], names__patient__chart_number__iexact=number
    )
    found = {*Patient.objects.filter(chart_number__iexact=number).values_list("pk", flat=True)}
    found |= {each for each in had_it.order_by().values_list("patient_id", flat=True) if each}
    if not found:
        found = {int(number) if number.isascii() and number.isdigit() and int(number) <= BIGGEST else 0}
    return reduce(or_, (Q(patient_id=each) | Q(detail__patients__icontains=listed([each])) for each in found))


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
    """Put these rows in words, in a constant number of queries.

    People and charts are called what they were called at that time: the row itself says so, under its seal. Rows from
    before names were sealed have the names of today.
    """
    events = list(events)
    today = _names_of_today([event for event in events if event.names is None])
    found = []
    for event in events:
        called = today if event.names is None else _sealed_names(event)
        found.append(
            Entry(
                event=event,
                who=called.get((names.USER, event.user_id), {}).get("email", ""),
                what=action_in_words(event.action),
                details=detail_in_words(_readable_detail(event, called)),
                chart_number=called.get((names.PATIENT, event.patient_id), {}).get("chart_number", ""),
                staff_record=called.get((names.STAFF_RECORD, event.user_id), {}).get("name", ""),
            )
        )
    return found


# By kind and record number. A staff record goes by the number of its sign-in.
Called = dict[tuple[str, int | None], names.Names]


def _sealed_names(event: AuditEvent) -> Called:
    """The names in the row itself."""
    called: Called = {}
    for kind, number, values in (*names.named(event), *names.acting(event)):
        if kind != names.STAFF_RECORD:
            called[kind, number] = values
    if event.names and names.STAFF_RECORD in event.names:
        called[names.STAFF_RECORD, event.user_id] = event.names[names.STAFF_RECORD]
    return called


def _names_of_today(events: Iterable[AuditEvent]) -> Called:
    """The names that the records of these rows have now."""
    events = list(events)
    users = {event.user_id for event in events if event.user_id}
    patients = {event.patient_id for event in events if event.patient_id}
    for event in events:
        for kind, number in names.in_detail(event.detail):
            {names.USER: users, names.PATIENT: patients}.get(kind, set()).add(number)
    if not users and not patients:
        return {}
    emails = User.objects.filter(pk__in=users).values_list("pk", "email")
    staff = StaffRecord.objects.filter(user__in=users).values_list("user_id", "name")
    charts = Patient.objects.filter(pk__in=patients).values_list("pk", "chart_number")
    return {
        **{(names.USER, number): {"email": email} for number, email in emails},
        **{(names.STAFF_RECORD, number): {"name": name} for number, name in staff},
        **{(names.PATIENT, number): {"chart_number": chart_number} for number, chart_number in charts},
    }


def _readable_detail(event: AuditEvent, called: Called) -> dict[str, Any]:
    """The details, with chart numbers for listed patients and the e-mails of affected sign-ins."""
    shown = [number for kind, number in names.in_detail(event.detail) if kind == names.PATIENT]
    charts = [called.get((names.PATIENT, each), {}).get("chart_number", f"record {each}") for each in shown]
    numbers = {"patients": " ".join(charts)} if shown else {}
    users = {key: called.get((names.USER, event.detail.get(key))) for key in ("account", "account_before")}
    return {**event.detail, **numbers, **{key: user["email"] for key, user in users.items() if user}}


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
