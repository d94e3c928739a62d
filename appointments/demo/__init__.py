"""The demo's schedule: its settings, and appointments for the current week as they are at this moment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from appointments.demo import settings
from appointments.models import Appointment, Location, Provider, TimeOff
from patients import demo as patients_demo
from patients.ages import age_on
from patients.models import Patient

Status = Appointment.Status

# Name, location.
PROVIDERS = (
    ("Dr. Maya Feldman", "Main Office"),
    ("Dr. Samuel Whitaker", "Main Office"),
    ("Dr. Priya Raman", "Westside Office"),
    ("Grace Lindqvist, CPNP", "Westside Office"),
)
LOCATIONS = (
    ("Main Office", "210 Sunnyside Avenue, Fairbrook, OH 43000", "(614) 555-0100"),
    ("Westside Office", "18 West Mill Street, Fairbrook, OH 43000", "(614) 555-0101"),
)
SESSIONS = ((time(8), time(12)), (time(13), time(17)))
SATURDAY_SESSIONS = ((time(9), time(12)),)
SATURDAY, SUNDAY = 5, 6
MAIN_OFFICE_STAFF = 2  # the first providers of the list
SLOT = timedelta(minutes=15)
RIVERA_CHILDREN = (patients_demo.MATEO, patients_demo.SOFIA, patients_demo.NEWBORN)
NEWBORN_DAYS = 60
SPORTS_AGE = 8
# Percentages of openings and of visits.
BOOKED_PERCENT = 57
BOOKED_TODAY_PERCENT = 80
CANCELLED_PERCENT = 5
NO_SHOW_PERCENT = 5
UNCONFIRMED_PERCENT = 30
BOOKED_AHEAD = 20  # a week with more visits than this is already filled
# Past and future visits of a demo family: weeks from now, type, status.
STORY = (
    (-104, "Well visit", Status.CHECKED_OUT),
    (-52, "Well visit", Status.CHECKED_OUT),
    (-30, "Sick visit", Status.CHECKED_OUT),
    (-21, "Vaccines", Status.NO_SHOW),
    (-9, "Follow-up", Status.CHECKED_OUT),
    (3, "Follow-up", Status.CANCELLED),
    (4, "Vaccines", Status.SCHEDULED),
)


@dataclass(frozen=True)
class Opening:
    """Free time in a provider's day."""

    start: datetime
    duration: timedelta
    provider: Provider
    location: Location


def load(*, now: datetime) -> None:
    """Create the settings once, and fill the week of ``now``, Monday to Saturday, if it is still empty."""
    local_now = timezone.localtime(now)
    today = local_now.date()
    monday = today - timedelta(days=today.weekday())
    if not settings.is_loaded():
        _set_up(_staff(), monday)
    week = (_at(monday, time.min), _at(monday + timedelta(days=7), time.min))
    booked = Appointment.objects.filter(start__gte=week[0], start__lt=week[1])
    if booked.count() > BOOKED_AHEAD:
        return
    staff = _staff()
    random = Random(monday.toordinal())  # noqa: S311  # the demo must be repeatable
    visits = _rivera_visits(local_now, *staff[0])
    taken = {(visit.provider, visit.start) for visit in [*visits, *booked.select_related("provider")]}
    time_off = list(TimeOff.objects.filter(starts__lt=week[1], ends__gt=week[0]))
    patients = list(
        patients_demo.patients().filter(status=Patient.Status.ACTIVE).exclude(chart_number__in=RIVERA_CHILDREN)
    )
    random.shuffle(patients)
    for opening in _openings(monday, staff, random):
        slots = (opening.start + part * SLOT for part in range(opening.duration // SLOT))
        is_free = not (any((opening.provider, slot) in taken for slot in slots) or _is_off(opening, time_off))
        percent = BOOKED_TODAY_PERCENT if opening.start.date() == today else BOOKED_PERCENT
        if patients and is_free and random.randrange(100) < percent:
            visits.append(_visit(patients.pop(), opening, local_now, random))
    Appointment.objects.bulk_create(visits)


def add_visits(patients: Sequence[Patient], *, now: datetime) -> None:
    """Add past, cancelled and future visits for each of these siblings, on Wednesday mornings."""
    provider, location = _staff()[0]
    this_week = timezone.localtime(now).date()
    wednesday = this_week + timedelta(days=2 - this_week.weekday())
    visits = []
    for position, patient in enumerate(patients):
        for weeks, visit_type, status in STORY:
            # In local hours, so that a change of the clocks does not move them.
            start = _at(wednesday + timedelta(weeks=weeks), time(9 + position // 4, position % 4 * 15))
            if patient.birth_date and patient.birth_date < start.date():
                visits.append(
                    Appointment(
                        patient=patient,
                        provider=provider,
                        location=location,
                        start=start,
                        duration=15,
                        visit_type=visit_type,
                        status=status,
                        arrival_time=start if status == Status.CHECKED_OUT else None,
                        cancel_reason="Family called" if status == Status.CANCELLED else "",
                    )
                )
    taken = set(Appointment.objects.filter(provider=provider).values_list("start", flat=True))
    Appointment.objects.bulk_create(visit for visit in visits if visit.start not in taken)


def _at(day: date, clock: time) -> datetime:
    """This local time on this day."""
    return datetime.combine(day, clock, tzinfo=timezone.get_current_timezone())


def _staff() -> list[tuple[Provider, Location]]:
    """The providers with their offices; created if they do not exist."""
    locations = {
        name: Location.objects.get_or_create(name=name, defaults={"address": address, "phone": phone})[0]
        for name, address, phone in LOCATIONS
    }
    staff = []
    for name, office in PROVIDERS:
        provider = Provider.objects.filter(name=name).first() or Provider.objects.create(name=name)
        staff.append((provider, locations[office]))
    return staff


def _set_up(staff: list[tuple[Provider, Location]], monday: date) -> None:
    """Create the settings, with the hours that ``_openings`` fills: on Saturday only the main office is open."""
    week = dict.fromkeys(range(SATURDAY), SESSIONS)
    weeks: dict[Provider, dict[int, tuple[tuple[time, time], ...]]] = {
        provider: {**week, SATURDAY: SATURDAY_SESSIONS if place < MAIN_OFFICE_STAFF else ()}
        for place, (provider, _) in enumerate(staff)
    }
    settings.load(weeks=weeks, on_vacation=staff[-1][0], monday=monday)


def _is_off(opening: Opening, time_off: list[TimeOff]) -> bool:
    """Whether the provider is off during this opening."""
    return any(
        off.provider_id in {None, opening.provider.pk}
        and off.starts < opening.start + opening.duration
        and off.ends > opening.start
        for off in time_off
    )


def _openings(monday: date, staff: list[tuple[Provider, Location]], random: Random) -> Iterator[Opening]:
    """The openings of the week in order; on Saturday only the main office is open."""
    for day in (monday + timedelta(days=number) for number in range(SATURDAY + 1)):
        is_saturday = day.weekday() == SATURDAY
        for provider, location in staff[:MAIN_OFFICE_STAFF] if is_saturday else staff:
            for opens, closes in SATURDAY_SESSIONS if is_saturday else SESSIONS:
                start = _at(day, opens)
                while start < _at(day, closes):
                    duration = min(random.choice([SLOT, SLOT * 2]), _at(day, closes) - start)
                    yield Opening(start, duration, provider, location)
                    start += duration


def _rivera_visits(now: datetime, provider: Provider, location: Location) -> list[Appointment]:
    """Visits of the Rivera children today, one after another, close to now and within office hours.

    They are there on Sunday too, so that the demo shows waiting patients on every day.
    """
    sessions = SATURDAY_SESSIONS if now.weekday() in (SATURDAY, SUNDAY) else SESSIONS
    earliest, latest = _at(now.date(), sessions[0][0]), _at(now.date(), sessions[-1][1]) - len(RIVERA_CHILDREN) * SLOT
    quarter = now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0) + SLOT
    first = min(max(quarter, earliest), latest)
    by_chart_number = {patient.chart_number: patient for patient in patients_demo.patients()}
    visits = []
    for position, chart_number in enumerate(RIVERA_CHILDREN):
        if chart_number in by_chart_number:
            start = first + position * SLOT
            status, arrival_time = _state(start, SLOT, now, minutes_early=25 + 15 * position)
            visits.append(
                Appointment(
                    patient=by_chart_number[chart_number],
                    provider=provider,
                    location=location,
                    start=start,
                    duration=15,
                    visit_type="Newborn visit" if chart_number == patients_demo.NEWBORN else "Vaccines",
                    status=status,
                    arrival_time=arrival_time,
                )
            )
    return visits


def _visit(patient: Patient, opening: Opening, now: datetime, random: Random) -> Appointment:
    """One visit. Most are not cancelled, missed or unconfirmed."""
    is_cancelled, is_no_show, is_unconfirmed = (
        random.randrange(100) < percent for percent in (CANCELLED_PERCENT, NO_SHOW_PERCENT, UNCONFIRMED_PERCENT)
    )
    status, arrival_time = _state(opening.start, opening.duration, now, minutes_early=random.randrange(-4, 16))
    if is_cancelled:
        status, arrival_time = Status.CANCELLED, None
    elif is_no_show and status == Status.CHECKED_OUT:
        status, arrival_time = Status.NO_SHOW, None
    elif is_unconfirmed and status == Status.CONFIRMED:
        status = Status.SCHEDULED
    return Appointment(
        patient=patient,
        provider=opening.provider,
        location=opening.location,
        start=opening.start,
        duration=opening.duration // timedelta(minutes=1),
        visit_type=_visit_type(patient, opening.start.date(), random),
        status=status,
        arrival_time=arrival_time,
        cancel_reason="Family called" if is_cancelled else "",
    )


def _state(
    start: datetime, duration: timedelta, now: datetime, *, minutes_early: int
) -> tuple[Appointment.Status, datetime | None]:
    """The status and arrival time of a visit at this moment."""
    arrival_time = start - timedelta(minutes=minutes_early)
    if start + duration <= now:
        return Status.CHECKED_OUT, arrival_time
    if arrival_time > now:
        return Status.CONFIRMED, None
    return (Status.ROOMED if start <= now else Status.ARRIVED), arrival_time


def _visit_type(patient: Patient, day: date, random: Random) -> str:
    if patient.birth_date is None:
        return "New patient"
    if (day - patient.birth_date).days < NEWBORN_DAYS:
        return "Newborn visit"
    types = ["Well visit", "Well visit", "Sick visit", "Sick visit", "Follow-up", "Vaccines"]
    return random.choice([*types, "Sports physical"] if age_on(patient.birth_date, day) >= SPORTS_AGE else types)
