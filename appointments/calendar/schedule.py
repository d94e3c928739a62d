"""Read a day, week or month of the calendar. The number of queries does not grow with the number of visits."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from appointments import local_time
from appointments.calendar import grid
from appointments.models import Appointment, Location, Provider, TimeOff, VisitType, WorkingHours
from appointments.statuses import NOT_COMING

# Hours shown on a day without known working hours and without visits.
USUAL_OPENING, USUAL_CLOSING = time(8), time(17)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Filters:
    """What to show. Empty means everything."""

    providers: Sequence[Provider] = ()
    location: Location | None = None
    visit_type: VisitType | None = None

    def visits(self, start: datetime, end: datetime) -> QuerySet[Appointment]:
        """The visits that start in this period, sorted by start."""
        found = Appointment.objects.filter(start__gte=start, start__lt=end)
        if self.providers:
            found = found.filter(provider__in=self.providers)
        if self.location:
            found = found.filter(location=self.location)
        if self.visit_type:
            found = found.filter(visit_type=self.visit_type.name)
        return found.order_by("start", "pk")


@dataclass(frozen=True)
class Day:
    """One day: a column per provider."""

    day: date
    grid: grid.Grid | None  # None: no provider works and there are no visits
    visits: list[Appointment]
    closed: str  # why the whole practice is off all day; empty if it is not


@dataclass(frozen=True)
class WeekCell:
    """One provider on one day of a week."""

    day: date
    visits: list[Appointment]
    off: str
    works: bool


@dataclass(frozen=True)
class WeekRow:
    provider: Provider | None
    cells: list[WeekCell]


@dataclass(frozen=True)
class Week:
    days: list[date]
    rows: list[WeekRow]
    visits: list[Appointment]


@dataclass(frozen=True)
class MonthDay:
    day: date
    is_in_month: bool
    visits: int
    providers: int
    off: str


class _WorkingTimes:
    """The providers to show with their working hours, and all time off, between two days."""

    def __init__(self, first: date, last: date, filters: Filters, visits: Iterable[Appointment]) -> None:
        start, end = local_time.bounds(first)[0], local_time.bounds(last)[1]
        hours = Prefetch("working_hours", queryset=WorkingHours.objects.order_by("weekday", "starts"))
        busy = {visit.provider_id for visit in visits if visit.provider_id}
        weekdays = {(first + timedelta(days=number)).weekday() for number in range(min((last - first).days + 1, 7))}
        wanted = (
            Q(pk__in=[provider.pk for provider in filters.providers])
            if filters.providers
            else Q(pk__in=busy) | Q(is_active=True, working_hours__weekday__in=weekdays)
        )
        self.providers = list(Provider.objects.filter(wanted).distinct().order_by("name", "pk").prefetch_related(hours))
        self.time_off = list(TimeOff.objects.filter(starts__lt=end, ends__gt=start).order_by("starts", "pk"))

    def hours(self, provider: Provider, day: date) -> list[grid.Span] | None:
        """When the provider works on that day; None for a provider without any known hours."""
        rows = provider.working_hours.all()
        that_day = [row for row in rows if row.weekday == day.weekday()]
        return [grid.Span(_at(day, row.starts), _at(day, row.ends)) for row in that_day] if rows else None

    def off(self, provider: Provider | None, day: date) -> list[grid.Span]:
        """When the provider, or the whole practice, is off on that day."""
        start, end = local_time.bounds(day)
        return [
            grid.Span(max(off.starts, start), min(off.ends, end), off.reason)
            for off in self.time_off
            if off.starts < end and off.ends > start and off.provider_id in {None, provider.pk if provider else None}
        ]

    def all_day_off(self, provider: Provider | None, day: date) -> str:
        """Why the provider is off all day; empty if they are not."""
        start, end = local_time.bounds(day)
        return next((off.reason for off in self.off(provider, day) if off.start <= start and off.end >= end), "")


def read_day(chosen: date, *, filters: Filters, slot_minutes: int) -> Day:
    """The day, with a column per provider who works or has visits."""
    visits = list(filters.visits(*local_time.bounds(chosen)).select_related("patient", "provider", "location"))
    times = _WorkingTimes(chosen, chosen, filters, visits)
    shown = [
        provider for provider in times.providers if filters.providers or _is_there(times, provider, chosen, visits)
    ]
    people: list[Provider | None] = [*shown]
    if any(visit.provider_id is None for visit in visits):
        people.append(None)
    laid_out = _time_grid(times, [(person, chosen) for person in people], visits, slot_minutes) if people else None
    return Day(chosen, laid_out, visits, times.all_day_off(None, chosen))


def read_provider_week(first: date, *, provider: Provider, filters: Filters, slot_minutes: int) -> Day:
    """One provider's week, with a column per day."""
    days = [first + timedelta(days=number) for number in range(WEEK.days)]
    start, end = local_time.bounds(days[0])[0], local_time.bounds(days[-1])[1]
    visits = list(filters.visits(start, end).select_related("patient", "provider", "location"))
    times = _WorkingTimes(days[0], days[-1], filters, visits)
    known = next(each for each in times.providers if each.pk == provider.pk)
    return Day(first, _time_grid(times, [(known, each) for each in days], visits, slot_minutes), visits, "")


def read_week(first: date, *, filters: Filters) -> Week:
    """The week of several providers, with a row per provider and a list of visits per day."""
    days = [first + timedelta(days=number) for number in range(WEEK.days)]
    start, end = local_time.bounds(days[0])[0], local_time.bounds(days[-1])[1]
    visits = list(filters.visits(start, end).select_related("patient", "provider", "location"))
    times = _WorkingTimes(days[0], days[-1], filters, visits)
    people: list[Provider | None] = [*times.providers]
    if any(visit.provider_id is None for visit in visits):
        people.append(None)
    rows = [WeekRow(person, [_week_cell(times, person, each, visits) for each in days]) for person in people]
    return Week(days, rows, visits)


def read_month(first: date, *, filters: Filters) -> list[list[MonthDay]]:
    """The weeks of the month, from Sunday, with the numbers of visits and providers on each day."""
    start = week_start(first)
    last = first + relativedelta(months=1, days=-1)
    weeks = (last - start).days // 7 + 1
    days = [start + timedelta(days=number) for number in range(weeks * 7)]
    found = filters.visits(local_time.bounds(days[0])[0], local_time.bounds(days[-1])[1]).exclude(status__in=NOT_COMING)
    rows = [(timezone.localdate(moment), provider) for moment, provider in found.values_list("start", "provider")]
    visits = Counter(each for each, _ in rows)
    providers = Counter(each for each, provider in set(rows) if provider)
    times = _WorkingTimes(days[0], days[-1], filters, ())
    cells = [
        MonthDay(each, each.month == first.month, visits[each], providers[each], times.all_day_off(None, each))
        for each in days
    ]
    return [cells[number : number + 7] for number in range(0, len(cells), 7)]


def week_start(chosen: date) -> date:
    """The Sunday on or before this day."""
    return chosen - timedelta(days=(chosen.weekday() + 1) % 7)


def _is_there(times: _WorkingTimes, provider: Provider, chosen: date, visits: Iterable[Appointment]) -> bool:
    is_visited = any(visit.provider_id == provider.pk for visit in visits)
    return is_visited or bool(times.hours(provider, chosen))


def _week_cell(
    times: _WorkingTimes, provider: Provider | None, chosen: date, visits: Iterable[Appointment]
) -> WeekCell:
    number = provider.pk if provider else None
    own = [visit for visit in visits if visit.provider_id == number and timezone.localdate(visit.start) == chosen]
    works = provider is None or times.hours(provider, chosen) != []
    return WeekCell(chosen, own, times.all_day_off(provider, chosen), works)


def _time_grid(
    times: _WorkingTimes,
    places: Sequence[tuple[Provider | None, date]],
    visits: Sequence[Appointment],
    slot_minutes: int,
) -> grid.Grid:
    """A column for each provider and day. All columns show the same local hours."""
    by_place: Mapping[tuple[int | None, date], list[Appointment]] = _by_place(visits)
    hours = {place: times.hours(place[0], place[1]) if place[0] else None for place in places}
    spans = [(each.start, each.end) for known in hours.values() for each in known or ()]
    spans += [(visit.start, visit.end) for visit in visits]
    days = {each for _, each in places}
    is_week = len(days) > 1
    opens, length = _opening_hours(spans, days)
    columns = [
        grid.Column(
            label=f"{each:%a %-d}" if is_week else (provider.name if provider else "No provider"),
            provider=provider,
            opening=_week_opening(each, opens) if is_week else _at(each, opens),
            visits=by_place.get((provider.pk if provider else None, each), []),
            hours=hours[provider, each],
            off=times.off(provider, each),
        )
        for provider, each in places
    ]
    return grid.build(columns, length=length, slot=timedelta(minutes=slot_minutes))


def _by_place(visits: Iterable[Appointment]) -> dict[tuple[int | None, date], list[Appointment]]:
    found: dict[tuple[int | None, date], list[Appointment]] = {}
    for visit in visits:
        found.setdefault((visit.provider_id, timezone.localdate(visit.start)), []).append(visit)
    return found


def _opening_hours(spans: Iterable[tuple[datetime, datetime]], days: Iterable[date]) -> tuple[time, timedelta]:
    """The local hour at which the columns begin, and their length in whole hours.

    Covers all working hours and visits, up to midnight. A day can have 23, 24 or 25 hours.
    """
    spans = list(spans)
    opens = min((timezone.localtime(start).time() for start, _ in spans), default=USUAL_OPENING).replace(
        minute=0, second=0, microsecond=0
    )
    length = timedelta(0)
    for each in days:
        opening, midnight = _at(each, opens), local_time.bounds(each)[1]
        last = max(
            (min(end, midnight) for start, end in spans if timezone.localdate(start) == each),
            default=_at(each, USUAL_CLOSING),
        )
        hours = -((opening - last) // timedelta(hours=1))
        length = max(length, min(hours * timedelta(hours=1), midnight - opening))
    return opens, max(length, timedelta(hours=1))


def _week_opening(chosen: date, opens: time) -> datetime:
    """Where the column of one day in a week begins.

    All columns share their row labels. A day on which the clocks change is aligned at noon, so rows
    before the change, at night, are one hour off.
    """
    noon = time(12)
    return _at(chosen, noon) - (datetime.combine(chosen, noon) - datetime.combine(chosen, opens))


def _at(chosen: date, clock_time: time) -> datetime:
    """This local time on this day; if the clocks skip it, the moment when they go forward."""
    try:
        return local_time.at(chosen, clock_time)
    except local_time.NoSuchTime:
        return _at(chosen, time(clock_time.hour + 1))
