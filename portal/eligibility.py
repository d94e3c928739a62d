"""What a family contact may see of a patient on the portal now, and why (R2, R3, R17–R19, R21).

Computed from the chart each time it is asked: from the family contact (authority, level, basis and its dates), the
patient's age and status, and the practice's ages. The strictest answer wins. Every page that shows a child asks
``access``, and nothing else. ``tests/portal/test_eligibility.py`` has the model as a table.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.urls import reverse

from patients.ages import age_on
from patients.models import Contact, FamilyContact, Level, Patient
from patients.names import placeholder_problem
from practice.models import Practice

Role, Authority, Basis = FamilyContact.Role, FamilyContact.Authority, FamilyContact.Basis


GAPS = frozenset({"no_birth_date", "future_birth_date", "placeholder_name"})


class Fix(StrEnum):
    """The link next to a block, which leads to where staff can fix it."""

    BASIC_INFO = "Open Basic Info"
    NAME = "Enter the given name"
    FAMILY_CONTACT = "Open the family contact"
    SELF_CONTACT = "Add the patient as own contact"
    NONE = ""


@dataclass(frozen=True)
class Block:
    """One sentence for the front desk, and where to fix the problem."""

    code: str
    reason: str
    fix: Fix
    fix_page: str  # URL name on the staff surface; resolved late, since the families' surface does not have it
    record_id: int

    @property
    def is_final(self) -> bool:
        """Whether it ends a registration for good (R19). A gap in the chart suspends it until the gap is filled."""
        return self.code not in GAPS

    @property
    def fix_url(self) -> str:
        return reverse(self.fix_page, args=[self.record_id])


@dataclass(frozen=True)
class Access:
    """The answer: full, limited, or none, with the reason in words for staff if it is not full."""

    level: Level
    block: Block | None = None  # why there is none
    limit: str = ""  # why it is limited, in one sentence


def access(family_contact: FamilyContact, *, practice: Practice, today: date) -> Access:
    """What this family contact may see of the patient on this day, once it is registered. Runs no queries."""
    if obstacle := _chart_block(family_contact.patient, today) or _custody_block(family_contact, practice, today):
        return Access(Level.NONE, block=obstacle)
    if limit := _limit(family_contact, practice, today):
        return Access(Level.LIMITED, limit=limit)
    return Access(Level.FULL)


def block(family_contact: FamilyContact, *, practice: Practice, today: date) -> Block | None:
    """The first reason why this family contact cannot have access, or None. Runs no queries."""
    return access(family_contact, practice=practice, today=today).block


def final_block(family_contact: FamilyContact, *, practice: Practice, today: date) -> Block | None:
    """The first reason that ends access for good, or None. A gap in the chart does not hide it."""
    chart = _chart_block(family_contact.patient, today)
    return chart if chart and chart.is_final else _custody_block(family_contact, practice, today)


def is_limited(family_contact: FamilyContact, *, practice: Practice, today: date) -> bool:
    """Whether what this guardian sees is or would be limited (R18). True even if something else blocks access now."""
    return bool(_limit(family_contact, practice, today))


def may_decide(family_contact: FamilyContact, *, practice: Practice, today: date) -> bool:
    """Whether this contact may decide about portal access for this patient.

    Custody and age matter. Gaps in the chart, such as a newborn's missing name, do not.
    """
    is_patient = family_contact.patient.status == Patient.Status.ACTIVE
    return is_patient and _custody_block(family_contact, practice, today) is None


def who_to_register(
    family_contacts: Iterable[FamilyContact], *, practice: Practice, today: date
) -> FamilyContact | None:
    """The primary contact to register: the first active one without a block.

    If all are blocked, the first one, so that staff can read the reason. None if there is no active contact.
    """
    active = [each for each in family_contacts if each.is_active]
    active.sort(key=lambda each: (each.sort_order, each.pk))
    free = (each for each in active if not block(each, practice=practice, today=today))
    return next(free, active[0] if active else None)


def _chart_block(patient: Patient, today: date) -> Block | None:
    def because(code: str, reason: str, fix: Fix = Fix.BASIC_INFO) -> Block:
        return Block(code, reason, fix, "patients:edit", patient.pk)

    if patient.status == Patient.Status.DECEASED:
        return because("deceased", "The patient has died.")
    if patient.status != Patient.Status.ACTIVE:
        return because("inactive", f"The chart is {patient.get_status_display().lower()}, not active.")
    if patient.birth_date is None:
        return because("no_birth_date", "The birth date is missing. The parent needs it to register.")
    if patient.birth_date > today:
        return because("future_birth_date", "The birth date is in the future.")
    problem = placeholder_problem(patient)
    return because("placeholder_name", problem, Fix.NAME) if problem else None


def _custody_block(family_contact: FamilyContact, practice: Practice, today: date) -> Block | None:
    contact, patient = family_contact.contact, family_contact.patient

    def because(code: str, reason: str) -> Block:
        return Block(code, reason, Fix.FAMILY_CONTACT, "patients:edit_contact", family_contact.pk)

    if not family_contact.is_active:
        return because("inactive_contact", f"{contact.name} is no longer an active contact of {patient.name}.")
    if family_contact.level == Level.NONE:
        paper = f" ({family_contact.restriction_document})" if family_contact.restriction_document else ""
        return because("restricted", f"Portal access is restricted: {family_contact.restriction_reason}{paper}.")
    age = age_on(patient.birth_date, today) if patient.birth_date else None
    if family_contact.role == Role.SELF:
        if age is None or age >= practice.own_account_from:
            return None
        return because("too_young", f"{patient.name} is {age}. Own accounts start at age {practice.own_account_from}.")
    # An adult's consent lets somebody see the record. The right to decide stays with the adult.
    has_consent = family_contact.basis == Basis.CONSENT and age is not None and age >= practice.adult_age
    if family_contact.authority == Authority.NONE and not has_consent:
        return because(
            "no_authority", f"{contact.name}’s authority for {patient.name} is None. It must be Joint or Exclusive."
        )
    return _basis_block(family_contact, age, practice, today)


def _basis_block(family_contact: FamilyContact, age: int | None, practice: Practice, today: date) -> Block | None:
    """Whether the basis of a guardian's access does not hold: not on this day, or not at this age (R17)."""
    contact, patient, basis = family_contact.contact, family_contact.patient, family_contact.basis
    begins, ends = family_contact.basis_from, family_contact.basis_until
    words = family_contact.get_basis_display()

    def because(code: str, reason: str) -> Block:
        return Block(code, reason, Fix.FAMILY_CONTACT, "patients:edit_contact", family_contact.pk)

    if begins and today < begins:
        return because("not_begun", f"{contact.name}’s access starts on {_day(begins)} ({words}).")
    if ends and today > ends:
        return because("ended", f"{contact.name}’s access ended on {_day(ends)} ({words}).")
    if age is None:
        return None
    is_adult = age >= practice.adult_age
    if is_adult and basis not in FamilyContact.FOR_ADULTS:
        return Block(
            "adult",
            f"{patient.name} is {age}. From age {practice.adult_age}, only the patient can register, as Self, or a "
            "guardian with the patient’s consent or the guardianship of a dependent adult.",
            Fix.SELF_CONTACT,
            "patients:add_self",
            patient.pk,
        )
    if not is_adult and basis == Basis.CONSENT:
        return because(
            "minor", f"{patient.name} is {age}. Only patients of age {practice.adult_age} or older can give consent."
        )
    return None


def _limit(family_contact: FamilyContact, practice: Practice, today: date) -> str:
    """Why this person sees less than everything, in one sentence; empty if they do not (R18)."""
    patient = family_contact.patient
    if family_contact.level == Level.LIMITED:
        return f"The practice limited this access: {family_contact.restriction_reason}."
    if family_contact.role == Role.SELF or patient.birth_date is None:
        return ""
    age = age_on(patient.birth_date, today)
    return f"{patient.name} is {age}: teen privacy." if is_teen(age, practice) else ""


def _day(day: date) -> str:
    return f"{day:%b %-d, %Y}"


def is_teen(age: int, practice: Practice) -> bool:
    """Whether guardians of a patient of this age have limited access (R18)."""
    return practice.teen_from <= age <= practice.teen_to


def others_read_along(own: FamilyContact, email: str, *, practice: Practice, today: date) -> bool:
    """Whether a teen's own account would use the e-mail of another contact of the teen (R18)."""
    birth_date = own.patient.birth_date
    if own.role != Role.SELF or birth_date is None or age_on(birth_date, today) >= practice.adult_age:
        return False
    others = Contact.objects.filter(family_contacts__patient=own.patient).exclude(pk=own.contact_id)
    return others.filter(email=email).exists()
