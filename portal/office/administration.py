"""Lists for the Practice Portal."""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from patients.models import Patient
from patients.search import find_patients
from portal.models import Registration
from portal.status import FURTHEST_FIRST


def patients(*, query: str = "", status: str = "") -> QuerySet[Patient]:
    """Patients matching the words, with that portal status; every patient where both are empty."""
    found = find_patients(query) if query.strip() else Patient.objects.all()
    return found.filter(_with_status(status)) if status else found


def counts() -> dict[str, int]:
    """How many patients have each status."""
    codes = ["unregistered", *FURTHEST_FIRST]
    return Patient.objects.aggregate(**{code: Count("pk", filter=_with_status(code)) for code in codes})


def _with_status(code: str) -> Q:
    """The patient's status as ``portal.status.by_patient`` reads it: the furthest any guardian has come."""
    registrations = Registration.objects.filter(family_contact__patient=OuterRef("pk"))
    if code == "unregistered":
        return ~Q(Exists(registrations))
    further = FURTHEST_FIRST[: FURTHEST_FIRST.index(code)]
    reached = Q(Exists(registrations.filter(status=code)))
    return reached & ~Q(Exists(registrations.filter(status__in=further))) if further else reached
