"""A patient as their own contact (Self): the same person, and nobody else (R23)."""

from django.core.exceptions import ValidationError

from patients.folding import fold
from patients.models import Contact, Patient

COPIED = ("given_name", "family_name", "birth_date", "language", "email", "street", "city", "state", "postal_code")
FOLLOWING = frozenset({"given_name", "family_name", "birth_date"})  # what makes it the same person; follows Basic Info


def of(patient: Patient) -> Contact:
    """A new contact record with the patient's own data, not saved yet."""
    return Contact(cell_phone=patient.phone, **{name: getattr(patient, name) for name in COPIED})


def check_same_person(contact: Contact, patient: Patient) -> None:
    """Raise ValidationError with what differs, if this contact is not the patient."""
    differences = []
    for name, words in (("given_name", "first name"), ("family_name", "last name")):
        here, there = getattr(contact, name), getattr(patient, name)
        if fold(here) != fold(there):
            differences.append(f"the {words} is “{here}”, in the chart “{there}”")
    if contact.birth_date != patient.birth_date:
        differences.append(f"the birth date is {_day(contact)}, in the chart {_day(patient)}")
    if differences:
        raise ValidationError(f"Self must be the patient, but {'; '.join(differences)}. Change it in Basic Info.")


def follow(patient: Patient) -> None:
    """Copy a change of the patient's name and birth date to the patient's own contact record."""
    values = {name: getattr(patient, name) for name in FOLLOWING}
    for contact in Contact.objects.select_for_update().filter(
        family_contacts__patient=patient, family_contacts__role="self"
    ):
        for name, value in values.items():
            setattr(contact, name, value)
        contact.save()


def _day(person: Contact | Patient) -> str:
    return f"{person.birth_date:%b %-d, %Y}" if person.birth_date else "unknown"
