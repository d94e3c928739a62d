"""Appointments for the tests: plain functions that save rows, and steps that the tests of the calendar share."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from html.parser import HTMLParser
from typing import Any

import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appointments import local_time
from appointments.models import Appointment, Provider, WorkingHours
from audit.models import AuditEvent
from patients.models import Patient
from portal.models import Registration
from tests import people
from tests.portal import steps

Status = Appointment.Status
HTMX = {"HX-Request": "true"}
NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)  # ten o'clock on a Wednesday in New York
TODAY = "2026-11-25"
# What someone may write into the address of a calendar, or into a field.
NONSENSE = [
    "foo",
    "-1",
    "0",
    "0001-01-01",
    "9999-12-31",
    "99999999999999999999",
    "9" * 5000,
    "\x00",
    "1\x00",
    "'--",
    "é",
]

TYPED_NONSENSE = [*NONSENSE, "", "x" * 300]


def nonsense_for(number: int, *, is_all: bool) -> list[str]:
    """The nonsense for the field of this number: all of it, or a different third for each field."""
    return TYPED_NONSENSE if is_all else TYPED_NONSENSE[number % 3 :: 3]


def today_at(hour: int, minute: int = 0) -> datetime:
    """Today at this local time of the practice."""
    return local_time.at(timezone.localdate(), time(hour, minute))


def on(day: str, hour: int, minute: int = 0) -> datetime:
    return local_time.at(date.fromisoformat(day), time(hour, minute))


def visit(patient: Patient, start: datetime, provider: Provider | None = None, **fields: Any) -> Appointment:
    """A saved visit, with the fields that the database requires with its status."""
    status = fields.get("status", Status.SCHEDULED)
    if status == Status.CANCELLED:
        fields.setdefault("cancel_reason", "Family called")
    if status in {Status.ARRIVED, Status.ROOMED, Status.CHECKED_OUT}:
        fields.setdefault("arrival_time", start)
    return Appointment.objects.create(patient=patient, start=start, provider=provider, **fields)


def visits(count: int, start: datetime, provider: Provider) -> list[Appointment]:
    """As many more visits at one time, each of another patient with a pending registration."""
    made, first = [], Patient.objects.count()
    for number in range(first, first + count):
        patient = people.patient(f"8{number:05}", f"Kid{number}", "Moore", people.years_ago(3 + number % 10))
        link = people.link(people.contact(f"Kay{number}", "Moore"), patient)
        Registration.objects.create(family_contact=link)
        made.append(visit(patient, start, provider))
    return made


def works(
    provider: Provider, *, weekdays: Iterable[int] = range(7), starts: time = time(8), ends: time = time(17)
) -> Provider:
    """Give the provider these hours."""
    for weekday in weekdays:
        WorkingHours.objects.create(provider=provider, weekday=weekday, starts=starts, ends=ends)
    return provider


def conflicting(patient: Patient, start: datetime, provider: Provider) -> Appointment:
    """A visit that conflicts with any other visit of that provider at that time."""
    return visit(patient, start, provider, duration=30)


# --- The calendar --------------------------------------------------------------------------------


def stays_up(client: Client, url: str) -> None:
    """The calendar ignores invalid values in the address."""
    for name in ("day", "provider", "location", "type", "refresh"):
        for nonsense in NONSENSE:
            answer = client.get(url, {name: nonsense})
            assert (name, nonsense[:20], answer.status_code) == (name, nonsense[:20], 200)


def keeps_no_session_alive(client: Client, url: str) -> None:
    """A refresh shortly before the limit sets no cookie and leaves the session's row as it is."""
    assert "csrftoken" in client.get(url).cookies
    before = list(Session.objects.values())
    with time_machine.travel(today_at(10, 14), tick=False):
        refresh = client.get(url, {"refresh": "1"}, headers=HTMX)
    assert (refresh.status_code, dict(refresh.cookies)) == (200, {})
    assert list(Session.objects.values()) == before


def views_in_trail() -> list[dict[str, Any]]:
    return [event.detail for event in AuditEvent.objects.filter(action="schedule.viewed").order_by("pk")]


def leaves_lines(client: Client, url: str, span: str) -> None:
    """Opening the page writes a line each time; refreshes write one line per half hour."""
    line = {"view": span, "day": TODAY}
    client.get(url)
    client.get(url)
    assert views_in_trail() == [line] * 2
    for minute, expected in [(1, 2), (14, 2), (28, 2), (29, 2), (31, 3), (40, 3)]:
        with time_machine.travel(today_at(10, minute), tick=False):
            client.post(reverse("accounts:session"))  # or the session would end
            client.get(url, {"refresh": "1"}, headers=HTMX)
        assert (minute, views_in_trail()) == (minute, [line] * expected)


def query_counts(client: Client, address: str, start: datetime) -> dict[int, int]:
    """How many queries the calendar needs for 1, 50 and 200 visits with twelve providers who work every day."""
    providers = [works(Provider.objects.create(name=f"Dr. {number}")) for number in range(12)]
    client.get(address)
    counts: dict[int, int] = {}
    for count in (1, 50, 200):
        for number in range(Appointment.objects.count(), count):
            visits(1, start, providers[number % 12])
        counts[count] = steps.queries(lambda: client.get(address))
    return counts


def links(page: Any) -> dict[str, str]:
    """The addresses of previous, Today and next, which must be on the page."""
    found = {}
    for name in ("previous", "today", "next"):
        address = page.context["links"][name]
        assert f'href="{address.replace("&", "&amp;")}"' in page.text
        found[name] = address.split("?", 1)[1]
    return found


# --- The window ----------------------------------------------------------------------------------


class _Fields(HTMLParser):
    """The fields that a browser would send with a form, without its buttons."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name"), given.get("value") or ""
        if tag == "input" and name and (given.get("type") != "checkbox" or "checked" in given):
            self.found.setdefault(name, []).append(value)
        elif tag == "select" and name:
            self.select = name
        elif tag == "option" and self.select and ("selected" in given or self.select not in self.found):
            self.found[self.select] = [value]

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""


def fields(page: str) -> dict[str, Any]:
    """The fields of the window in this answer, to be sent back."""
    found = _Fields(page).found
    return {name: values if name == "warned" else values[0] for name, values in found.items()}


def opened(client: Client, appointment: Appointment) -> dict[str, Any]:
    """The window of this visit in a dialog."""
    url = reverse("appointments:appointment", args=[appointment.pk])
    return fields(client.get(url, headers=HTMX).text)


def save(client: Client, appointment: Appointment, typed: dict[str, Any], **changes: Any) -> Any:
    """Press Save in the dialog."""
    url = reverse("appointments:change", args=[appointment.pk])
    return client.post(url, typed | changes, headers=HTMX)


def stamp(client: Client, appointment: Appointment, typed: dict[str, Any], **changes: Any) -> Any:
    """Press the clock button in the dialog."""
    url = reverse("appointments:arrive", args=[appointment.pk])
    return client.post(url, typed | changes, headers=HTMX)


def has_closed(answer: Any) -> bool:
    """Whether this answer closes the dialog and makes the calendar refresh."""
    headers = answer.headers
    return (answer.status_code, headers.get("HX-Reswap"), headers.get("HX-Trigger-After-Swap")) == (
        200,
        "none",
        "dialog:close, schedule:changed",
    )


def stored(appointment: Appointment) -> dict[str, Any]:
    """The record as it is."""
    return Appointment.objects.values().get(pk=appointment.pk)


def set_status(appointment: Appointment, status: str) -> None:
    """Set a status, with the fields that the database requires with it."""
    came = status in {Status.ARRIVED, Status.ROOMED, Status.CHECKED_OUT}
    Appointment.objects.filter(pk=appointment.pk).update(
        status=status,
        arrival_time=appointment.start if came else None,
        cancel_reason="Family called" if status == Status.CANCELLED else "",
    )


def changes() -> list[tuple[int | None, dict[str, Any]]]:
    """What the trail says of changes: (patient, detail)."""
    events = AuditEvent.objects.filter(action="appointment.changed").order_by("pk")
    return [(event.patient_id, event.detail) for event in events]


def refused(answer: Any, appointment: Appointment, before: dict[str, Any]) -> str:
    """The page: the window is back, and the record is as it was."""
    assert answer.status_code == 200
    assert "HX-Trigger-After-Swap" not in answer.headers
    assert 'id="appointment-window"' in answer.text
    assert stored(appointment) == before
    return str(answer.text)
