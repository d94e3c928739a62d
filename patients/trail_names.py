"""What the audit trail seals of patients: see ``audit.names``. Never a person's name."""

from audit.names import PATIENT, Name, Source, register
from audit.trail import Action
from patients.models import Patient

CHANGES = [(Action.PATIENT_ADDED, ""), (Action.PATIENT_CHANGED, "chart_number")]

register(
    Source(
        kind=PATIENT,
        title="Patient",
        model=Patient,
        names={"chart_number": Name("chart number", "chart_number", CHANGES)},
    )
)
