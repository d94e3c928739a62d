"""What the calendar shows of a day, a week or a month, read in a few queries whatever their number of visits."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from appointments import clock
from appointments.calendar import grid
from appointments.models import Appointment, Location, Provider, TimeOff, VisitType, WorkingHours
from appointments.statuses import NOT_COMING

# The hours of a day about which nothing else is known.
USUAL_OPENING, USUAL_CLOSING = time(8), time(17)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Filters:
    """What to show. Empty means all."""

    providers: Sequence[Provider] = ()
    location: Location | None = None
    visit_type: VisitType | None = None

    def visits(self, start: datetime, end: datetime) -> QuerySet[Appointment]:
        """The visits that begin in that time, by start."""
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
    grid: grid.Grid | None  # None: nobody works and nobody comes
    visits: list[Appointment]
    closed: str  # why the whole practice is off for all of it


@dataclass(frozen=True)
class WeekCell:
    """What a provider has on one day of a week."""

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


class _Plan:
    """Providers with their hours, and who is off, between two days."""

    def __init__(self, first: date, last: date, filters: Filters, visits: Iterable[Appointment]) -> None:
        start, end = clock.bounds(first)[0], clock.bounds(last)[1]
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
        """When the provider works on that day; None where no hours are known at all."""
        rows = provider.working_hours.all()
        that_day = [row for row in rows if row.weekday == day.weekday()]
        return [grid.Span(_at(day, row.starts), _at(day, row.ends)) for row in that_day] if rows else None

    def off(self, provider: Provider | None, day: date) -> list[grid.Span]:
        """When the provider, or the whole practice, is off on that day."""
        start, end = clock.bounds(day)
        return [
            grid.Span(max(off.starts, start), min(off.ends, end), off.reason)
            for off in self.time_off
            if off.starts < end and off.ends > start and off.provider_id in {None, provider.pk if provider else None}
        ]

    def all_day_off(self, provider: Provider | None, day: date) -> str:
        """Why the provider is off for the whole of that day; empty when not."""
        start, end = clock.bounds(day)
        return next((off.reason for off in self.off(provider, day) if off.start <= start and off.end >= end), "")


def day(chosen: date, *, filters: Filters, slot_minutes: int) -> Day:
    """The day with a column per provider who works or is visited then."""
    visits = list(filters.visits(*clock.bounds(chosen)).select_related("patient", "provider", "location"))
    plan = _Plan(chosen, chosen, filters, visits)
    is_shown = [
        provider for provider in plan.providers if filters.providers or _is_there(plan, provider, chosen, visits)
    ]
    people: list[Provider | None] = [*is_shown]
    if any(visit.provider_id is None for visit in visits):
        people.append(None)
    laid_out = _time_grid(plan, [(person, chosen) for person in people], visits, slot_minutes) if people else None
    return Day(chosen, laid_out, visits, plan.all_day_off(None, chosen))


def provider_week(first: date, *, provider: Provider, filters: Filters, slot_minutes: int) -> Day:
    """The week of one provider: a column per day."""
    days = [first + timedelta(days=number) for number in range(WEEK.days)]
    start, end = clock.bounds(days[0])[0], clock.bounds(days[-1])[1]
    visits = list(filters.visits(start, end).select_related("patient", "provider", "location"))
    plan = _Plan(days[0], days[-1], filters, visits)
    known = next(each for each in plan.providers if each.pk == provider.pk)
    return Day(first, _time_grid(plan, [(known, each) for each in days], visits, slot_minutes), visits, "")


def week(first: date, *, filters: Filters) -> Week:
    """The week of several providers: a row for each, the visits of a day listed in its cell."""
    days = [first + timedelta(days=number) for number in range(WEEK.days)]
    start, end = clock.bounds(days[0])[0], clock.bounds(days[-1])[1]
    visits = list(filters.visits(start, end).select_related("patient", "provider", "location"))
    plan = _Plan(days[0], days[-1], filters, visits)
    people: list[Provider | None] = [*plan.providers]
    if any(visit.provider_id is None for visit in visits):
        people.append(None)
    rows = [WeekRow(person, [_week_cell(plan, person, each, visits) for each in days]) for person in people]
    return Week(days, rows, visits)


def month(first: date, *, filters: Filters) -> list[list[MonthDay]]:
    """The weeks that the month touches, Sunday first, with the number of visits and providers of each day."""
    start = week_start(first)
    last = first + relativedelta(months=1, days=-1)
    weeks = (last - start).days // 7 + 1
    days = [start + timedelta(days=number) for number in range(weeks * 7)]
    found = filters.visits(clock.bounds(days[0])[0], clock.bounds(days[-1])[1]).exclude(status__in=NOT_COMING)
    rows = [(timezone.localdate(moment), provider) for moment, provider in found.values_list("start", "provider")]
    visits = Counter(each for each, _ in rows)
    providers = Counter(each for each, provider in set(rows) if provider)
    plan = _Plan(days[0], days[-1], filters, ())
    cells = [
        MonthDay(each, each.month == first.month, visits[each], providers[each], plan.all_day_off(None, each))
        for each in days
    ]
    return [cells[number : number + 7] for number in range(0, len(cells), 7)]


def week_start(chosen: date) -> date:
    """The Sunday that the day's week begins with."""
    return chosen - timedelta(days=(chosen.weekday() + 1) % 7)


def _is_there(plan: _Plan, provider: Provider, chosen: date, visits: Iterable[Appointment]) -> bool:
    is_visited = any(visit.provider_id == provider.pk for visit in visits)
    return is_visited or bool(plan.hours(provider, chosen))


def _week_cell(plan: _Plan, provider: Provider | None, chosen: date, visits: Iterable[Appointment]) -> WeekCell:
    number = provider.pk if provider else None
    own = [visit for visit in visits if visit.provider_id == number and timezone.localdate(visit.start) == chosen]
    works = provider is None or plan.hours(provider, chosen) != []
    return WeekCell(chosen, own, plan.all_day_off(provider, chosen), works)


def _time_grid(
    plan: _Plan, places: Sequence[tuple[Provider | None, date]], visits: Sequence[Appointment], slot_minutes: int
) -> grid.Grid:
    """A column for each provider and day, all from the same opening on the clocks to the same closing."""
    by_place: Mapping[tuple[int | None, date], list[Appointment]] = _by_place(visits)
    hours = {place: plan.hours(place[0], place[1]) if place[0] else None for place in places}
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
            off=plan.off(provider, each),
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
    """The full hour before the first of all, and how long until the full hour after the last.

    Within the day: what goes on past midnight is cut there, and a day is as long as its clocks make it.
    """
    spans = list(spans)
    opens = min((timezone.localtime(start).time() for start, _ in spans), default=USUAL_OPENING).replace(
        minute=0, second=0, microsecond=0
    )
    length = timedelta(0)
    for each in days:
        opening, midnight = _at(each, opens), clock.bounds(each)[1]
        last = max(
            (min(end, midnight) for start, end in spans if timezone.localdate(start) == each),
            default=_at(each, USUAL_CLOSING),
        )
        hours = -((opening - last) // timedelta(hours=1))
        length = max(length, min(hours * timedelta(hours=1), midnight - opening))
    return opens, max(length, timedelta(hours=1))


def _week_opening(chosen: date, opens: time) -> datetime:
    """Where a day's column begins beside those of other days.

    Their rows share labels, so a day on which the clocks change is aligned by its noon: what comes
    before the change, at night, stands an hour off.
    """
    noon = time(12)
    return _at(chosen, noon) - (datetime.combine(chosen, noon) - datetime.combine(chosen, opens))


def _at(chosen: date, clock_time: time) -> datetime:
    """That time on that day; where the clocks jump over it, the moment when they do."""
    try:
        return clock.at(chosen, clock_time)
    except clock.NoSuchTime:
        return _at(chosen, time(clock_time.hour + 1))
