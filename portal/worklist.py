"""The unregistered families of a day: who comes, who can be registered, who is left out and why.

A family is one guardian with all of that guardian's children. The guardian is the primary contact who may register
for a patient with a visit. So siblings with two such guardians are two families.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.utils import timezone

from appointments import local_time
from appointments.models import Appointment
from appointments.statuses import NOT_COMING
from patients.ages import today
from patients.models import Contact, FamilyContact
from portal import status
from portal.eligibility import who_to_register
from portal.models import Postponement
from portal.rows import Row, rows_of
from portal.sheets.sheet import last_day
from practice.models import Practice

T = TypeVar("T")


@dataclass(frozen=True)
class Child:
    """One child of a family."""

    row: Row
    is_here: bool  # has a visit on this day
    other: Row | None  # another guardian's completed or pending registration of the same child

    @property
    def needs_sheet(self) -> bool:
        """Whether this child is a reason to print a sheet. A sheet that is already printed is enough."""
        if self.row.passed_over:
            return False
        if self.row.has_live_pin:
            return not self.has_printed_pin
        return self.other is None or not (self.other.is_registered or self.other.has_live_pin)

    @property
    def has_printed_pin(self) -> bool:
        return self.row.has_live_pin and self.row.pin is not None and self.row.pin.printed_at is not None

    @property
    def pin_words(self) -> str:
        """The status of the child's PIN, from this guardian or another one."""
        if self.row.has_live_pin:
            return _pin_words(self.row)
        if self.other and self.other.has_live_pin:
            return f"{self.other.family_contact.contact.name}: {_pin_words(self.other)}"
        if self.other and self.other.is_registered:
            return f"{self.other.family_contact.contact.name} is registered"
        return "" if self.row.passed_over else self.row.note


@dataclass(frozen=True)
class Family:
    """A guardian with the children and their visits on this day."""

    link: FamilyContact  # to the first child with a visit; the registration window opens from it
    children: Sequence[Child]
    visits: Sequence[Appointment]
    postponement: Postponement | None
    statuses: frozenset[str]  # of the children with visits, counting all guardians

    @property
    def contact(self) -> Contact:
        return self.link.contact

    @property
    def is_declined(self) -> bool:
        """Whether every child with a visit is registered or declined."""
        return self.statuses <= {"registered", "declined"}

    def is_postponed_beyond(self, day: date) -> bool:
        """Whether the family should be asked again only after this day."""
        return self.postponement is not None and self.postponement.until > day

    @property
    def can_choose(self) -> bool:
        """Whether Register and Print makes a sheet for this family."""
        return any(not child.row.passed_over for child in self.children)

    @property
    def is_proposed(self) -> bool:
        """Whether the box is ticked at first: the family still needs a sheet."""
        return any(child.needs_sheet for child in self.children)

    @property
    def names(self) -> str:
        """The children with visits on this day."""
        return ", ".join(child.row.patient.name for child in self.children if child.is_here)

    @property
    def reasons(self) -> str:
        """Why the children were declined, without repeating a reason."""
        registrations = [child.row.registration for child in self.children if child.row.registration]
        return "; ".join(dict.fromkeys(each.reason for each in registrations if each.reason))

    @property
    def can_decline(self) -> bool:
        """Whether this guardian decides about a child with an open registration."""
        return any(child.row.is_open and child.row.may_decide for child in self.children)


@dataclass(frozen=True)
class Worklist:
    """One day's families, each part in the order of their first visits."""

    day: date
    families: Sequence[Family]  # at least one child can be registered
    blocked: Sequence[Family]  # no child can be registered until a chart is corrected
    without_contact: Sequence[Appointment]  # first visits of patients without an active contact
    postponed: Sequence[Family]
    declined: Sequence[Family]
    expected: int  # patients with visits on this day

    @property
    def proposed(self) -> set[int]:
        """The contacts whose boxes are ticked at first."""
        return {family.contact.pk for family in self.families if family.is_proposed}

    @property
    def blocked_count(self) -> int:
        return len(self.blocked) + len(self.without_contact)

    @property
    def left_out_count(self) -> int:
        return len(self.postponed) + len(self.declined)

    @property
    def is_empty(self) -> bool:
        return not (self.families or self.blocked or self.without_contact)


def read(day: date) -> Worklist:
    """Read the worklist of this day, in the practice's time zone and in a constant number of queries."""
    visits = _visits(day)
    statuses = status.by_patient({visit.patient_id: visit.patient for visit in visits}.values())
    codes = {visit.patient_id: statuses.get(visit.patient_id, status.UNREGISTERED).code for visit in visits}
    links_here = FamilyContact.objects.filter(patient__in=list(codes), is_active=True)
    here = _grouped(rows_of(links_here), lambda row: row.patient.pk)
    guardians = _guardians(here)
    families = [each for each in _families(visits, guardians, codes) if each.statuses != {"registered"}]
    waiting = [family for family in families if not family.is_declined]
    listed = [family for family in waiting if not family.is_postponed_beyond(day)]
    first_visits = {visit.patient_id: visit for visit in reversed(visits)}
    return Worklist(
        day=day,
        families=[family for family in listed if family.can_choose],
        blocked=[family for family in listed if not family.can_choose],
        without_contact=[
            visit
            for visit in visits
            if visit.patient_id not in guardians
            and first_visits[visit.patient_id] is visit
            and codes[visit.patient_id] not in {"registered", "declined"}
        ],
        postponed=[family for family in waiting if family.is_postponed_beyond(day)],
        declined=[family for family in families if family.is_declined],
        expected=len(codes),
    )


def _visits(day: date) -> list[Appointment]:
    first, end = local_time.bounds(day)
    found = Appointment.objects.filter(start__gte=first, start__lt=end).exclude(status__in=NOT_COMING)
    return list(found.select_related("patient", "provider").order_by("start", "pk"))


def _guardians(here: Mapping[int, Sequence[Row]]) -> dict[int, FamilyContact]:
    """The contact to register, by patient."""
    practice, day = Practice.current(), today()
    chosen = {
        patient_id: who_to_register([row.family_contact for row in rows], practice=practice, today=day)
        for patient_id, rows in here.items()
    }
    return {patient_id: link for patient_id, link in chosen.items() if link}


def _families(
    visits: Sequence[Appointment],
    guardians: Mapping[int, FamilyContact],
    statuses: Mapping[int, str],
) -> list[Family]:
    """The guardians with their children, in the order of their first visits."""
    coming = _grouped(
        [visit for visit in visits if visit.patient_id in guardians], lambda v: guardians[v.patient_id].contact_id
    )
    of_guardians = FamilyContact.objects.filter(contact__in=list(coming), is_active=True)
    children_ids = set(of_guardians.values_list("patient_id", flat=True))
    # Other guardians' registrations, too: if one of them has a sheet, this family needs no second one.
    all_rows = rows_of(FamilyContact.objects.filter(patient__in=children_ids, is_active=True))
    rows_of_contact = _grouped(all_rows, lambda row: row.family_contact.contact_id)
    rows_of_child = _grouped(all_rows, lambda row: row.patient.pk)
    postponements = {each.contact_id: each for each in Postponement.objects.filter(contact__in=list(coming))}
    families = []
    for contact_id, own_visits in coming.items():
        patients_here = {visit.patient_id for visit in own_visits}
        children = [
            Child(row, row.patient.pk in patients_here, _other_guardian(row, rows_of_child[row.patient.pk]))
            for row in rows_of_contact[contact_id]
        ]
        children.sort(key=lambda child: (not child.is_here, child.row.patient.birth_date or date.max))
        families.append(
            Family(
                link=guardians[own_visits[0].patient_id],
                children=children,
                visits=own_visits,
                postponement=postponements.get(contact_id),
                statuses=frozenset(statuses[patient_id] for patient_id in patients_here),
            )
        )
    return families


def _other_guardian(row: Row, rows_of_patient: Sequence[Row]) -> Row | None:
    """Another guardian's completed or pending registration of the same child."""
    others = [each for each in rows_of_patient if each.family_contact.contact_id != row.family_contact.contact_id]
    done_or_pending = [each for each in others if each.is_registered or each.has_live_pin]
    return min(done_or_pending, key=lambda each: not each.is_registered, default=None)


def _grouped(items: Iterable[T], key: Callable[[T], int]) -> dict[int, list[T]]:
    """Group the items by key. Keys are in the order of their first items."""
    groups: dict[int, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def _pin_words(row: Row) -> str:
    if row.pin is None or row.pin.printed_at is None:
        return "PIN issued, not printed yet"
    return f"Sheet printed {_day(timezone.localdate(row.pin.printed_at))}, valid until {_day(last_day(row.pin))}"


def _day(day: date) -> str:
    return f"{day:%b %-d}" if day.year == today().year else f"{day:%b %-d, %Y}"
