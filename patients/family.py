"""Rules of family contacts: add, change, inactivate. Each writes to the audit trail (R20).

A Contact is one person, shared by siblings: a change shows in the chart of every child. A FamilyContact
links that person to one child, with role and authority.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max

from audit.trail import Action, Actor, record
from patients import consequences, own_contact
from patients.ages import today
from patients.consequences import Ended
from patients.models import Contact, FamilyContact, Level, Patient

Authority, Basis = FamilyContact.Authority, FamilyContact.Basis
PERSON_FIELDS = frozenset(field.name for field in Contact._meta.fields if field.editable and not field.primary_key)
RESTRICTION = ("level", "restriction_reason", "restriction_document")
LINK_FIELDS = (
    "role",
    "authority",
    "lives_with",
    "sort_order",
    *RESTRICTION,
    "basis",
    "basis_document",
    "basis_from",
    "basis_until",
)


def add_contact(*, by: Actor, contact: Contact, family_contact: FamilyContact) -> FamilyContact:
    """Make this person, new or already known, a family contact of ``family_contact.patient``.

    A former contact becomes active again, with the new role and authority. A former restriction of portal access stays
    until somebody lifts it. Refused: a person who is already an active contact; an authority that contradicts another
    contact's.
    """
    known = [contact.pk] if contact.pk else []
    with consequences.change(patient_ids=[family_contact.patient_id], contact_ids=known, by=by, confirmed=None):
        return _add(by=by, contact=contact, family_contact=family_contact)


def _add(*, by: Actor, contact: Contact, family_contact: FamilyContact) -> FamilyContact:
    patient = _locked(family_contact.patient_id)
    if contact.pk is None:
        contact.full_clean()
        contact.save()
    family_contact.contact = contact
    former = FamilyContact.objects.filter(patient=patient, contact=contact, is_active=False).first()
    if former:
        is_restricted = former.level != Level.FULL and family_contact.level == Level.FULL
        for field in LINK_FIELDS:
            if not (is_restricted and field in RESTRICTION):
                setattr(former, field, getattr(family_contact, field))
        former.is_active = True
    link = former or family_contact
    _save(link)
    record(actor=by, action=Action.CONTACT_ADDED, patient_id=patient.pk, family_contact=link.pk)
    return link


def add_self(*, by: Actor, patient: Patient) -> FamilyContact:
    """Make the patient their own contact (Self), from the patient's own data (R23). A former one becomes active again.

    Refused: a patient who has one already, or whose name or birth date is missing.
    """
    if not patient.birth_date or not (patient.given_name and patient.family_name):
        raise ValidationError("Enter the name and the birth date in Basic Info first.")
    former = FamilyContact.objects.filter(patient=patient, role=FamilyContact.Role.SELF).first()
    if former and former.is_active:
        raise ValidationError(f"{patient.name} already has a contact with the role Self.")
    link = FamilyContact(
        patient=patient,
        role=FamilyContact.Role.SELF,
        authority=FamilyContact.Authority.NONE,
        sort_order=next_sort_order(patient),
    )
    return add_contact(by=by, contact=former.contact if former else own_contact.of(patient), family_contact=link)


def change_contact(
    *, by: Actor, family_contact: FamilyContact, fields: Iterable[str], confirmed: str | None = None
) -> Ended:
    """Save only these fields: those of the person for all children, those of the link for this child.

    Return what ended with it. Refused: an authority that contradicts another contact's; a change that ends access or
    PINs and is not ``confirmed`` (EndsAccess).
    """
    changed = sorted(fields)
    if not changed:
        return Ended()
    with consequences.change(patient_ids=[family_contact.patient_id], by=by, confirmed=confirmed) as done:
        _change(by=by, family_contact=family_contact, changed=changed)
    return done.ended


def _change(*, by: Actor, family_contact: FamilyContact, changed: Sequence[str]) -> None:
    patient = _locked(family_contact.patient_id)
    person = Contact.objects.select_for_update().get(pk=family_contact.contact_id)
    link = FamilyContact.objects.select_for_update().get(pk=family_contact.pk)
    for field in changed:
        if field in PERSON_FIELDS:
            setattr(person, field, getattr(family_contact.contact, field))
        else:
            setattr(link, field, getattr(family_contact, field))
    if link.level == Level.FULL:
        link.restriction_reason = link.restriction_document = ""
    for own in FamilyContact.objects.filter(contact=person, role=FamilyContact.Role.SELF).select_related("patient"):
        own_contact.check_same_person(person, own.patient)
    person.full_clean()
    person.save()
    _save(link)
    record(actor=by, action=Action.CONTACT_CHANGED, patient_id=patient.pk, family_contact=link.pk, fields=changed)


def inactivate(*, by: Actor, family_contact: FamilyContact) -> Ended:
    """Make this person a former contact of this child. Portal access and PINs end with it (R19). Return which."""
    with consequences.change(patient_ids=[family_contact.patient_id], by=by, confirmed=None) as done:
        patient = _locked(family_contact.patient_id)
        if FamilyContact.objects.filter(pk=family_contact.pk, is_active=True).update(is_active=False):
            record(actor=by, action=Action.CONTACT_INACTIVATED, patient_id=patient.pk, family_contact=family_contact.pk)
    return done.ended


def give_consent(*, by: Actor, family_contact: FamilyContact) -> None:
    """Record that the adult patient allows this person to see the record, from today on (R17).

    The right to decide stays with the adult, so the person's authority becomes None.
    """
    fields = {"basis": Basis.CONSENT, "authority": Authority.NONE, "basis_from": today(), "basis_until": None}
    _set_basis(family_contact, Action.CONSENT_GIVEN, by=by, **fields)


def withdraw_consent(*, by: Actor, family_contact: FamilyContact) -> Ended:
    """Withdraw the adult patient's consent. Portal access and PINs end with it. Return which."""
    return _set_basis(family_contact, Action.CONSENT_WITHDRAWN, by=by, basis=Basis.OTHER, basis_from=None)


def _set_basis(family_contact: FamilyContact, action: Action, *, by: Actor, **fields: Any) -> Ended:
    with consequences.change(patient_ids=[family_contact.patient_id], by=by, confirmed=None) as done:
        patient = _locked(family_contact.patient_id)
        link = FamilyContact.objects.select_for_update().get(pk=family_contact.pk)
        for name, value in {**fields, "basis_document": ""}.items():
            setattr(link, name, value)
        _save(link)
        record(actor=by, action=action, patient_id=patient.pk, family_contact=link.pk)
    return done.ended


def next_sort_order(patient: Patient) -> int:
    """The sort order after the last contact. The first contact gets 1 and is the primary contact."""
    last = patient.family_contacts.filter(is_active=True).aggregate(last=Max("sort_order"))["last"]
    return (last or 0) + 1


def authority_problem(family_contact: FamilyContact) -> str:
    """Why this authority contradicts another contact's, and what to do; empty if it does not.

    Exclusive means that this person alone decides: there can be only one, and no Joint authority with it.
    """
    if not family_contact.is_active or family_contact.authority == Authority.NONE:
        return ""
    rivals = FamilyContact.objects.filter(
        patient=family_contact.patient_id,
        is_active=True,
        authority__in=[Authority.EXCLUSIVE]
        if family_contact.authority == Authority.JOINT
        else [Authority.EXCLUSIVE, Authority.JOINT],
    )
    rival = rivals.exclude(pk=family_contact.pk).select_related("contact").first()
    if rival is None:
        return ""
    if rival.authority == Authority.EXCLUSIVE:
        return f"{rival.contact.name} has Exclusive authority and decides alone. Change that contact first."
    return f"{rival.contact.name} has Joint authority. Set that contact to None before you choose Exclusive."


def _locked(patient_id: int) -> Patient:
    """Lock the patient, so that two people who change authorities at the same time see each other's change."""
    return Patient.objects.select_for_update().get(pk=patient_id)


def _save(family_contact: FamilyContact) -> None:
    if family_contact.role == FamilyContact.Role.SELF:
        own_contact.check_same_person(family_contact.contact, family_contact.patient)
    if problem := authority_problem(family_contact):
        raise ValidationError({"authority": problem})
    family_contact.full_clean()
    family_contact.save()
