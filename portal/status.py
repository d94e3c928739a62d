"""The portal status that lists and charts show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patients.models import FamilyContact, Patient
from portal.models import Registration


@dataclass(frozen=True)
class PortalStatus:
    """The status of a registration, or *Unregistered* if there is none."""

    code: str
    label: str | Promise


UNREGISTERED = PortalStatus("unregistered", _("Unregistered"))
STATUSES = {code: PortalStatus(code, label) for code, label in Registration.Status.choices} | {
    Registration.Status.ENDED: UNREGISTERED
}
# When guardians of a patient differ, the patient's status is the first of these that any guardian has.
FURTHEST_FIRST = ["registered", "pending", "declined", "removed"]


def for_registration(registration: Registration | None) -> PortalStatus:
    """The status of this registration."""
    return STATUSES[registration.status] if registration else UNREGISTERED


def by_family_contact(family_contacts: Iterable[FamilyContact]) -> Mapping[int, PortalStatus]:
    """Status by family contact id, in one query. Family contacts without a registration are left out."""
    rows = Registration.objects.filter(family_contact__in=[each.pk for each in family_contacts])
    return {pk: STATUSES[status] for pk, status in rows.values_list("family_contact_id", "status")}


def by_patient(patients: Iterable[Patient]) -> Mapping[int, PortalStatus]:
    """Status by patient id, in one query. Patients without a registration are left out."""
    rows = Registration.objects.filter(family_contact__patient__in=[each.pk for each in patients])
    rows = rows.exclude(status=Registration.Status.ENDED)
    furthest: dict[int, str] = {}
    for pk, status in rows.values_list("family_contact__patient_id", "status"):
        furthest[pk] = min(status, furthest.get(pk, status), key=FURTHEST_FIRST.index)
    return {pk: STATUSES[status] for pk, status in furthest.items()}
