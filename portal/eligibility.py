"""Why a family contact cannot have portal access to a patient (R2, R3, R17, R19).

Always computed from the current chart: there is no nightly job, and nothing can be out of date.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.urls import reverse

from patients.ages import age_on
from patients.models import Contact, FamilyContact, Patient
from patients.names import placeholder_problem
from practice.models import Practice


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
    def fix_url(self) -> str:
        return reverse(self.fix_page, args=[self.record_id])


def block(family_contact: FamilyContact, *, practice: Practice, today: date) -> Block | None:
    """The first reason why this family contact cannot be registered, or None. Runs no queries."""
    return _chart_block(family_contact.patient, today) or _custody_block(family_contact, practice, today)


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
    is_self = family_contact.role == FamilyContact.Role.SELF

    def because(code: str, reason: str) -> Block:
        return Block(code, reason, Fix.FAMILY_CONTACT, "patients:edit_contact", family_contact.pk)

    if not family_contact.is_active:
        return because("inactive_contact", f"{contact.name} is no longer an active contact of {patient.name}.")
    if family_contact.is_restricted:
        paper = f" ({family_contact.restriction_document})" if family_contact.restriction_document else ""
        return because("restricted", f"Portal access is restricted: {family_contact.restriction_reason}{paper}.")
    if not is_self and family_contact.authority == FamilyContact.Authority.NONE:
        return because(
            "no_authority", f"{contact.name}’s authority for {patient.name} is None. It must be Joint or Exclusive."
        )
    if not is_self and patient.birth_date and age_on(patient.birth_date, today) >= practice.adult_age:
        age = age_on(patient.birth_date, today)
        return Block(
            "adult",
            f"{patient.name} is {age}. From age {practice.adult_age}, only the patient can register, as Self.",
            Fix.SELF_CONTACT,
            "patients:add_contact",
            patient.pk,
        )
    return None


def is_limited(family_contact: FamilyContact, *, practice: Practice, today: date) -> bool:
    """Whether this guardian has limited access because the patient is a teen (R18)."""
    birth_date = family_contact.patient.birth_date
    if family_contact.role == FamilyContact.Role.SELF or birth_date is None:
        return False
    return is_teen(age_on(birth_date, today), practice)


def is_teen(age: int, practice: Practice) -> bool:
    """Whether guardians of a patient of this age have limited access (R18)."""
    return practice.teen_from <= age <= practice.teen_to


def others_read_along(own: FamilyContact, email: str, *, practice: Practice, today: date) -> bool:
    """Whether a teen's own account would use the e-mail of another contact of the teen (R18)."""
    birth_date = own.patient.birth_date
    if own.role != FamilyContact.Role.SELF or birth_date is None or age_on(birth_date, today) >= practice.adult_age:
        return False
    others = Contact.objects.filter(family_contacts__patient=own.patient).exclude(pk=own.contact_id)
    return others.filter(email__iexact=email).exists()
