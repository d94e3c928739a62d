"""Today's unregistered families, of any day: who comes, who can be registered, who is left out and why.

A family is one guardian with all of that guardian's children. The guardian is, for each patient who
comes, the primary contact who may register; so siblings who come with two guardians are two families.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.utils import timezone

from appointments import clock
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
    is_here: bool  # comes on this day
    other: Row | None  # the same child's registration with another guardian, where that one is not unregistered

    @property
    def needs_sheet(self) -> bool:
        """Whether the family should be given a sheet because of this child. One that is printed will do."""
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
        """What has become of the PIN that is out, this guardian's or another's."""
        if self.row.has_live_pin:
            return _pin_words(self.row)
        if self.other and self.other.has_live_pin:
            return f"{self.other.family_contact.contact.name}: {_pin_words(self.other)}"
        if self.other and self.other.is_registered:
            return f"{self.other.family_contact.contact.name} is registered"
        return "" if self.row.passed_over else self.row.note


@dataclass(frozen=True)
class Family:
    """A guardian, the children, and the visits that bring them here on this day."""

    link: FamilyContact  # to the first child who comes; the registration window opens from it
    children: Sequence[Child]
    visits: Sequence[Appointment]
    postponement: Postponement | None
    statuses: frozenset[str]  # how far the children who come have been registered, by whichever guardian

    @property
    def contact(self) -> Contact:
        return self.link.contact

    @property
    def is_declined(self) -> bool:
        """Whether of the children who come each one that is not registered is declined."""
        return self.statuses <= {"registered", "declined"}

    def is_postponed_beyond(self, day: date) -> bool:
        """Whether the family is to be asked again only after that day."""
        return self.postponement is not None and self.postponement.until > day

    @property
    def can_choose(self) -> bool:
        """Whether Register and Print comes to a sheet for this family."""
        return any(not child.row.passed_over for child in self.children)

    @property
    def is_proposed(self) -> bool:
        """Whether the box is ticked to begin with: somebody still needs a sheet."""
        return any(child.needs_sheet for child in self.children)

    @property
    def names(self) -> str:
        """The children who come."""
        return ", ".join(child.row.patient.name for child in self.children if child.is_here)

    @property
    def reasons(self) -> str:
        """Why the children are declined, each reason once."""
        registrations = [child.row.registration for child in self.children if child.row.registration]
        return "; ".join(dict.fromkeys(each.reason for each in registrations if each.reason))

    @property
    def can_decline(self) -> bool:
        """Whether there is a child about whom this guardian can be asked."""
        return any(child.row.is_open and child.row.has_say for child in self.children)


@dataclass(frozen=True)
class Worklist:
    """One day's families, each part in the order of their first appointments."""

    day: date
    families: Sequence[Family]  # somebody can be registered
    blocked: Sequence[Family]  # nobody can be registered as the charts stand
    without_contact: Sequence[Appointment]  # first visits of patients who have no active contact
    postponed: Sequence[Family]
    declined: Sequence[Family]
    expected: int  # patients who come on this day

    @property
    def proposed(self) -> set[int]:
        """The contacts whose boxes are ticked to begin with."""
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
    """The worklist of that day, by the practice's clocks. The number of queries does not depend on the families."""
    visits = _visits(day)
    statuses = status.by_patient({visit.patient_id: visit.patient for visit in visits}.values())
    of = {visit.patient_id: statuses.get(visit.patient_id, status.UNREGISTERED).code for visit in visits}
    links_here = FamilyContact.objects.filter(patient__in=list(of), is_active=True)
    here = _by(rows_of(links_here), lambda row: row.patient.pk)
    guardians = _guardians(here)
    families = [each for each in _families(visits, guardians, of) if each.statuses != {"registered"}]
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
            and of[visit.patient_id] not in {"registered", "declined"}
        ],
        postponed=[family for family in waiting if family.is_postponed_beyond(day)],
        declined=[family for family in families if family.is_declined],
        expected=len(of),
    )


def _visits(day: date) -> list[Appointment]:
    first, end = clock.bounds(day)
    found = Appointment.objects.filter(start__gte=first, start__lt=end).exclude(status__in=NOT_COMING)
    return list(found.select_related("patient", "provider").order_by("start", "pk"))


def _guardians(here: Mapping[int, Sequence[Row]]) -> dict[int, FamilyContact]:
    """By patient: the contact to be registered for them."""
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
    """The guardians with their children, in the order of the first visit."""
    coming = _by(
        [visit for visit in visits if visit.patient_id in guardians], lambda v: guardians[v.patient_id].contact_id
    )
    of_guardians = FamilyContact.objects.filter(contact__in=list(coming), is_active=True)
    children_ids = set(of_guardians.values_list("patient_id", flat=True))
    # The other guardians' registrations too: a family in which somebody else has the sheet needs no second one.
    all_rows = rows_of(FamilyContact.objects.filter(patient__in=children_ids, is_active=True))
    of_contact = _by(all_rows, lambda row: row.family_contact.contact_id)
    of_child = _by(all_rows, lambda row: row.patient.pk)
    postponements = {each.contact_id: each for each in Postponement.objects.filter(contact__in=list(coming))}
    families = []
    for contact_id, own_visits in coming.items():
        patients_here = {visit.patient_id for visit in own_visits}
        children = [
            Child(row, row.patient.pk in patients_here, _other(row, of_child[row.patient.pk]))
            for row in of_contact[contact_id]
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


def _other(row: Row, of_patient: Sequence[Row]) -> Row | None:
    """Another guardian's registration of the same child that is under way or done."""
    others = [each for each in of_patient if each.family_contact.contact_id != row.family_contact.contact_id]
    under_way = [each for each in others if each.is_registered or each.has_live_pin]
    return min(under_way, key=lambda each: not each.is_registered, default=None)


def _by(items: Iterable[T], key: Callable[[T], int]) -> dict[int, list[T]]:
    """The items by key, keys in the order of their first item."""
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
