"""The patients on the **Patient Administration** page, and how many have each portal status."""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from patients.models import Patient
from patients.search import find_patients
from portal.models import Registration
from portal.status import FURTHEST_FIRST


def patients(*, query: str = "", status: str = "") -> QuerySet[Patient]:
    """Patients that match the words and have this portal status. Empty values match every patient."""
    found = find_patients(query) if query.strip() else Patient.objects.all()
    return found.filter(_has_status(status)) if status else found


def counts() -> dict[str, int]:
    """How many patients have each portal status."""
    codes = ["unregistered", *FURTHEST_FIRST]
    return Patient.objects.aggregate(**{code: Count("pk", filter=_has_status(code)) for code in codes})


def _has_status(code: str) -> Q:
    """A condition for the status that ``portal.status.by_patient`` computes: the furthest of all guardians."""
    registrations = Registration.objects.filter(family_contact__patient=OuterRef("pk"))
    registrations = registrations.exclude(status=Registration.Status.ENDED)
    if code == "unregistered":
        return ~Q(Exists(registrations))
    further = FURTHEST_FIRST[: FURTHEST_FIRST.index(code)]
    reached = Q(Exists(registrations.filter(status=code)))
    return reached & ~Q(Exists(registrations.filter(status__in=further))) if further else reached
