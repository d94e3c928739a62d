"""What may be done to a patient's family contacts, each with its line in the audit trail (R20).

A Contact is one person, whom siblings share: a change of it shows in every child's chart. The
FamilyContact is what this person is to one child.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from audit.trail import Action, Actor, record
from patients.models import Contact, FamilyContact, Patient

Authority = FamilyContact.Authority
PERSON_FIELDS = frozenset(field.name for field in Contact._meta.fields if field.editable and not field.primary_key)
LINK_FIELDS = (
    "role",
    "authority",
    "lives_with",
    "sort_order",
    "is_restricted",
    "restriction_reason",
    "restriction_document",
)


@transaction.atomic
def add_contact(*, by: Actor, contact: Contact, family_contact: FamilyContact) -> FamilyContact:
    """Make this person, new or known already, a family contact of ``family_contact.patient``.

    Somebody who was one before and had been made inactive is one again, with what is stated now.
    Refused where the person is an active contact already, or the authorities would contradict each other.
    """
    patient = _locked(family_contact.patient_id)
    if contact.pk is None:
        contact.full_clean()
        contact.save()
    family_contact.contact = contact
    former = FamilyContact.objects.filter(patient=patient, contact=contact, is_active=False).first()
    if former:
        for field in LINK_FIELDS:
            setattr(former, field, getattr(family_contact, field))
        former.is_active = True
    link = former or family_contact
    _save(link)
    record(actor=by, action=Action.CONTACT_ADDED, patient_id=patient.pk, family_contact=link.pk)
    return link


@transaction.atomic
def change_contact(*, by: Actor, family_contact: FamilyContact, fields: Iterable[str]) -> None:
    """Save these fields, and only these: of the person for all children, of the link for this child.

    Refused where the authorities would contradict each other.
    """
    patient = _locked(family_contact.patient_id)
    changed = sorted(fields)
    if not changed:
        return
    person = Contact.objects.select_for_update().get(pk=family_contact.contact_id)
    link = FamilyContact.objects.select_for_update().get(pk=family_contact.pk)
    for field in changed:
        if field in PERSON_FIELDS:
            setattr(person, field, getattr(family_contact.contact, field))
        else:
            setattr(link, field, getattr(family_contact, field))
    if not link.is_restricted:
        link.restriction_reason = link.restriction_document = ""
    person.full_clean()
    person.save()
    _save(link)
    record(actor=by, action=Action.CONTACT_CHANGED, patient_id=patient.pk, family_contact=link.pk, fields=changed)


@transaction.atomic
def inactivate(*, by: Actor, family_contact: FamilyContact) -> None:
    """End this person's part in this child's chart; portal access ends with the next request (R19)."""
    patient = _locked(family_contact.patient_id)
    ended = FamilyContact.objects.filter(pk=family_contact.pk, is_active=True).update(is_active=False)
    if ended:
        record(actor=by, action=Action.CONTACT_INACTIVATED, patient_id=patient.pk, family_contact=family_contact.pk)


def next_sort_order(patient: Patient) -> int:
    """The place after the last contact; 1, the primary contact's, for the first."""
    last = patient.family_contacts.filter(is_active=True).aggregate(last=Max("sort_order"))["last"]
    return (last or 0) + 1


def authority_problem(family_contact: FamilyContact) -> str:
    """Why this authority contradicts another contact's, and what to do; empty when it does not.

    Exclusive means: this person alone decides. So there is at most one, and no Joint beside it.
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
        return f"{rival.contact.name} has Exclusive authority, which leaves none for others. Change that contact first."
    return f"Exclusive means nobody else decides, but {rival.contact.name} has Joint. Set that contact to None first."


def _locked(patient_id: int) -> Patient:
    """The patient, locked: two people changing authorities at once must see each other's change."""
    return Patient.objects.select_for_update().get(pk=patient_id)


def _save(family_contact: FamilyContact) -> None:
    if problem := authority_problem(family_contact):
        raise ValidationError({"authority": problem})
    family_contact.full_clean()
    family_contact.save()
