"""Check whether a patient's given name allows registration (R3)."""

from collections.abc import Sequence

from patients.ages import today
from patients.models import Patient
from patients.placeholder_names import placeholder_reason


def placeholder_problem(patient: Patient, *, mother_given_names: Sequence[str] = ()) -> str:
    """Why the given name counts as a placeholder; empty for a real or confirmed name."""
    if patient.given_name and patient.given_name == patient.confirmed_given_name:
        return ""
    age_days = (today() - patient.birth_date).days if patient.birth_date else None
    return placeholder_reason(patient.given_name, age_days=age_days, mother_given_names=mother_given_names)
