"""Portal status, as lists and charts show it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patients.models import FamilyContact, Patient
from portal.models import Registration


@dataclass(frozen=True)
class PortalStatus:
    """A registration's status, or its absence."""

    code: str
    label: str | Promise


UNREGISTERED = PortalStatus("unregistered", _("Unregistered"))
STATUSES = {code: PortalStatus(code, label) for code, label in Registration.Status.choices}
# What a patient's status is when guardians differ: the furthest that any of them has come.
FURTHEST_FIRST = ["registered", "pending", "declined", "removed"]


def of_registration(registration: Registration | None) -> PortalStatus:
    return STATUSES[registration.status] if registration else UNREGISTERED


def of_family_contacts(family_contacts: Iterable[FamilyContact]) -> Mapping[int, PortalStatus]:
    """Status by the family contact's number, in one query. Whoever has no registration is left out."""
    rows = Registration.objects.filter(family_contact__in=[each.pk for each in family_contacts])
    return {pk: STATUSES[status] for pk, status in rows.values_list("family_contact_id", "status")}


def of_patients(patients: Iterable[Patient]) -> Mapping[int, PortalStatus]:
    """Status by the patient's number, in one query. Whoever has no registration is left out."""
    rows = Registration.objects.filter(family_contact__patient__in=[each.pk for each in patients])
    furthest: dict[int, str] = {}
    for pk, status in rows.values_list("family_contact__patient_id", "status"):
        furthest[pk] = min(status, furthest.get(pk, status), key=FURTHEST_FIRST.index)
    return {pk: STATUSES[status] for pk, status in furthest.items()}
