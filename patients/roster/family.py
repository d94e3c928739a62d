"""Import family contacts: the role and authority of each contact for each patient.

An import can add links and end them. It does not change what staff decide: authority, restriction, "lives
with", sort order, a role other than Other, and a link that staff ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Max

from audit.trail import Action, Actor, record
from patients import consequences
from patients.family import authority_problem
from patients.models import FamilyContact
from patients.roster.contacts import ContactImport, ContactMatch
from patients.roster.guardians import Guardian, with_known_patients
from patients.roster.matching import Index
from patients.roster.records import GuardianRecord, PatientRecord
from patients.roster.relationships import Relationship, strongest
from patients.roster.report import Kind, Outcome, Report
from patients.roster.writing import assign, in_batches, savepoint

_MAX_ORDER = 32767  # of the column


@dataclass
class Link:
    """One contact and one patient, with all records about them."""

    patient_pk: int
    contact_pk: int
    records: list[GuardianRecord] = field(default_factory=list)

    @property
    def is_current(self) -> bool:
        """Whether the link is current. A RelatedPerson record outweighs a contact inside the patient's record."""
        own = [item for item in self.records if not item.inside_patient]
        return any(item.is_current for item in own or self.records)

    @property
    def relationship(self) -> Relationship:
        current = [item.relationship for item in self.records if item.is_current]
        return strongest(current or [item.relationship for item in self.records])

    @property
    def grants_authority(self) -> bool:
        return self.relationship.grants_authority and self.is_current


def import_guardians(
    records: Sequence[GuardianRecord], *, patients: Index[PatientRecord], actor: Actor, report: Report
) -> None:
    """Save the contacts and their links to patients. RelatedPerson records come first."""
    in_order = sorted(records, key=lambda item: item.inside_patient)
    guardians = with_known_patients(in_order, patients=patients, report=report)
    joined = ContactImport(actor=actor, report=report).write(guardians)
    _Family(actor=actor, report=report).write(_links(joined))


def _links(joined: Sequence[tuple[ContactMatch, Guardian]]) -> list[Link]:
    """The links, those that grant authority first."""
    links: dict[tuple[int, int], Link] = {}
    for match, guardian in joined:
        if match.pk is not None:
            pair = (guardian.patient_pk, match.pk)
            links.setdefault(pair, Link(*pair)).records.append(guardian.record)
    return sorted(links.values(), key=lambda link: not link.grants_authority)


class _Family:
    def __init__(self, *, actor: Actor, report: Report) -> None:
        self.actor = actor
        self.report = report
        self.rows: dict[tuple[int, int], FamilyContact] = {}
        self.last_order: dict[int, int] = {}

    def write(self, links: Sequence[Link]) -> None:
        for batch in in_batches(list(dict.fromkeys(link.patient_pk for link in links))):
            rows = FamilyContact.objects.filter(patient__in=batch)
            self.rows |= {(row.patient_id, row.contact_id): row for row in rows}
            orders = rows.order_by().values_list("patient_id").annotate(last=Max("sort_order"))
            self.last_order |= dict(orders)
        for link in links:
            self._write(link)

    def _write(self, link: Link) -> None:
        origin = link.records[-1].origin
        outcome: Outcome | None = None
        with savepoint(kind=Kind.FAMILY_CONTACTS, origin=origin, report=self.report):
            row = self.rows.get((link.patient_pk, link.contact_pk))
            outcome = self._change(link, row) if row else self._add(link)
        if outcome:
            self.report.count(kind=Kind.FAMILY_CONTACTS, outcome=outcome)

    def _add(self, link: Link) -> Outcome:
        order = min(self.last_order.get(link.patient_pk, 0) + 1, _MAX_ORDER)
        row = FamilyContact(
            patient_id=link.patient_pk,
            contact_id=link.contact_pk,
            role=link.relationship.role,
            authority=FamilyContact.Authority.JOINT if link.grants_authority else FamilyContact.Authority.NONE,
            sort_order=order,
            is_active=link.is_current,
        )
        if authority_problem(row):
            row.authority = FamilyContact.Authority.NONE
            reason = "a parent or guardian by code, but another contact here has Exclusive authority; set to None"
            self.report.note(origin=link.records[-1].origin, reason=reason)
        row.save()
        self.report.authority_granted += row.authority == FamilyContact.Authority.JOINT
        self.last_order[link.patient_pk] = order
        record(actor=self.actor, action=Action.CONTACT_ADDED, patient_id=link.patient_pk, family_contact=row.pk)
        return Outcome.ADDED

    def _change(self, link: Link, seen: FamilyContact) -> Outcome:
        origin = link.records[-1].origin
        if not seen.is_active and any(item.is_current and not item.inside_patient for item in link.records):
            self.report.note(
                origin=origin,
                reason="current in the roster, inactive here; not changed, because only staff can restore access",
            )
        if link.grants_authority and seen.is_active and seen.authority == FamilyContact.Authority.NONE:
            self.report.authority_left += 1
        values = _values(link, seen)
        if not values:
            return Outcome.UNCHANGED
        with consequences.change(patient_ids=[link.patient_pk], by=self.actor, confirmed=None):
            row = FamilyContact.objects.select_for_update().get(pk=seen.pk)
            changed = assign(row, _values(link, row))
            if not changed:
                return Outcome.UNCHANGED
            row.save(update_fields=changed)
        record(
            actor=self.actor,
            action=Action.CONTACT_CHANGED if row.is_active else Action.CONTACT_INACTIVATED,
            patient_id=link.patient_pk,
            family_contact=row.pk,
            fields=changed,
        )
        return Outcome.CHANGED


def _values(link: Link, row: FamilyContact) -> dict[str, object]:
    """The changes to a stored link: its end, and a role if it was Other."""
    values: dict[str, object] = {}
    if row.is_active and not link.is_current:
        values["is_active"] = False
    if row.role == FamilyContact.Role.OTHER and link.relationship.role != FamilyContact.Role.OTHER:
        values["role"] = link.relationship.role
    return values
