"""What the **Dashboard** counts and lists: who asks for access, open tasks, and guardians who lose access by age."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts import access_requests
from accounts.models import AccessRequest
from patients.ages import age_on, latest_birth_date, today
from patients.models import FamilyContact, Patient
from portal import worklist
from portal.models import Pin, Registration
from portal.pins import alerts
from portal.rows import Row, rows_of
from practice.models import Practice

LONG_PENDING = timedelta(days=7)
AGE_OUT_WITHIN = timedelta(days=60)  # R17
ENDING_WITHIN = timedelta(days=30)
FIRST = 5  # rows of each list on the dashboard


class Part(StrEnum):
    """The lists of the dashboard and their headings."""

    LOCKED = "Locked PINs"
    PENDING = "Pending for over a week"
    AGE_OUTS = "Turning {adult_age} within 60 days"
    ENDING = "Access that ends within 30 days"


@dataclass(frozen=True)
class AgeOut:
    """A patient whose guardians lose access on an upcoming birthday."""

    patient: Patient
    birthday: date
    age: int
    guardians: str


@dataclass(frozen=True)
class Listed:
    """One list: its length, and some of its rows."""

    part: Part
    title: str
    count: int
    rows: Sequence[Row] | Sequence[AgeOut]


@dataclass(frozen=True)
class Dashboard:
    """The practice's portal right now."""

    alerts: Sequence[alerts.ShownAlert]
    requests: Sequence[AccessRequest]  # staff sign-ins that ask for access
    families: int  # with visits today who can be registered
    blocked: int  # with visits today who cannot be registered yet
    locked: Listed
    pending: Listed
    age_outs: Listed
    ending: Listed

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.alerts or self.requests or self.families or self.blocked) and not any(
            each.count for each in (self.locked, self.pending, self.age_outs, self.ending)
        )


def read(*, for_administrator: bool) -> Dashboard:
    """Read the whole dashboard. Only administrators see who asks for access.

    The number of queries depends only on how many alerts are shown.
    """
    families_today = worklist.read(today())
    return Dashboard(
        alerts=alerts.shown_alerts(),
        requests=list(access_requests.waiting()) if for_administrator else [],
        families=len(families_today.families),
        blocked=families_today.blocked_count,
        locked=listed(Part.LOCKED, end=FIRST),
        pending=listed(Part.PENDING, end=FIRST),
        age_outs=listed(Part.AGE_OUTS, end=FIRST),
        ending=listed(Part.ENDING, end=FIRST),
    )


def listed(part: Part, *, start: int = 0, end: int) -> Listed:
    """The rows of this list from ``start`` up to ``end``."""
    if part == Part.AGE_OUTS:
        day, adult_age = today(), Practice.current().adult_age
        found = _age_outs(day, adult_age)
        title = part.value.format(adult_age=adult_age)
        return Listed(part, title, len(found), [_age_out(patient, day, adult_age) for patient in found[start:end]])
    links = {Part.LOCKED: _locked, Part.PENDING: _long_pending, Part.ENDING: _ending}[part]()
    rows = rows_of(links[start:end])
    return Listed(part, part.value, links.count(), rows)


def _locked() -> QuerySet[FamilyContact]:
    """Family contacts whose newest PIN is locked, newest lock first."""
    newer = Pin.objects.filter(registration=OuterRef("registration"), pk__gt=OuterRef("pk"))
    locked = Pin.objects.filter(~Exists(newer), state=Pin.State.LOCKED)
    return FamilyContact.objects.filter(
        registration__status=Registration.Status.PENDING, registration__pins__in=locked
    ).order_by("-registration__pins__ended_at", "pk")


def _long_pending() -> QuerySet[FamilyContact]:
    """Family contacts who got a PIN over a week ago and have not used it, oldest first. Leaves out locked PINs."""
    return (
        FamilyContact.objects.filter(
            registration__status=Registration.Status.PENDING,
            registration__changed_at__lte=timezone.now() - LONG_PENDING,
        )
        .exclude(pk__in=_locked().order_by().values("pk"))
        .order_by("registration__changed_at", "pk")
    )


def _ending() -> QuerySet[FamilyContact]:
    """Guardians on the portal whose basis ends soon, such as a foster placement; soonest first."""
    return FamilyContact.objects.filter(
        is_active=True,
        registration__status__in=[Registration.Status.REGISTERED, Registration.Status.PENDING],
        basis_until__gte=today(),
        basis_until__lte=today() + ENDING_WITHIN,
    ).order_by("basis_until", "pk")


def _age_outs(day: date, adult_age: int) -> list[Patient]:
    """Patients whose guardians will lose their access or pending registration by age, next birthday first."""
    by_guardian = (
        ~Q(role=FamilyContact.Role.SELF)
        & ~Q(basis__in=FamilyContact.FOR_ADULTS)
        & Q(is_active=True, registration__status__in=[Registration.Status.REGISTERED, Registration.Status.PENDING])
    )
    guardians = FamilyContact.objects.filter(by_guardian).select_related("contact").order_by("sort_order", "pk")
    adult_now, adult_soon = (latest_birth_date(adult_age, each) for each in (day, day + AGE_OUT_WITHIN))
    found = (
        Patient.objects.filter(status=Patient.Status.ACTIVE, birth_date__gt=adult_now, birth_date__lte=adult_soon)
        .filter(Exists(guardians.filter(patient=OuterRef("pk")).order_by()))
        .prefetch_related(Prefetch("family_contacts", queryset=guardians, to_attr="guardians"))
        .order_by("birth_date", "pk")
    )
    return list(found)


def _age_out(patient: Patient, day: date, adult_age: int) -> AgeOut:
    days = (day + timedelta(days=number) for number in range(1, AGE_OUT_WITHIN.days + 1))
    birthday = next(each for each in days if patient.birth_date and age_on(patient.birth_date, each) >= adult_age)
    names = [link.contact.name for link in patient.guardians]  # type: ignore[attr-defined]  # prefetched
    return AgeOut(patient, birthday, adult_age, ", ".join(names))
