"""Portal status for templates of the other apps, which must not import the portal."""

from collections.abc import Iterable, Mapping

from django import template

from patients.models import FamilyContact, Patient
from portal import status

register = template.Library()


@register.simple_tag
def patient_statuses(patients: Iterable[Patient]) -> Mapping[int, status.PortalStatus]:
    """Portal status of all these patients in one query: ``{% patient_statuses patients as statuses %}``."""
    return status.by_patient(patients)


@register.simple_tag
def family_contact_statuses(family_contacts: Iterable[FamilyContact]) -> Mapping[int, status.PortalStatus]:
    """Portal status of all these family contacts in one query."""
    return status.by_family_contact(family_contacts)


@register.filter
def of(statuses: Mapping[int, status.PortalStatus], pk: int) -> status.PortalStatus:
    """``{{ statuses|of:patient.pk }}``: the status, or *Unregistered*."""
    return statuses.get(pk, status.UNREGISTERED)


@register.filter
def of_status(counts: Mapping[str, int], code: str) -> int | None:
    """``{{ counts|of_status:"pending" }}``: how many have that status; None for "any status"."""
    return counts.get(code)
