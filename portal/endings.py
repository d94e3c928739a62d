"""End registrations that the chart no longer allows (R19): ended is ended, whatever the chart says later."""

from collections.abc import Collection, Iterable

from django.db import transaction

from audit.trail import Action, Actor
from patients.ages import today
from patients.consequences import Ended
from patients.models import Contact
from portal.eligibility import final_block
from portal.models import Pin, Registration
from portal.pins.storage import MAX_REASON, close_registration, end_active, record_for
from practice.models import Practice

OPEN = (Registration.Status.PENDING, Registration.Status.REGISTERED)


@transaction.atomic
def end_what_is_over(*, patient_ids: Collection[int] | None, by: Actor) -> Ended:
    """End the open registrations of these patients, or of all, that the chart blocks for good.

    Each access and each PIN that ends has one audit row.
    """
    found = Registration.objects.filter(status__in=OPEN)
    if patient_ids is not None:
        found = found.filter(family_contact__patient__in=patient_ids)
    contacts = set(found.values_list("family_contact__contact", flat=True))
    if not contacts:
        return Ended()
    # The order of locks is that of portal.registration: contacts, then PINs.
    list(Contact.objects.select_for_update().filter(pk__in=contacts).order_by("pk"))
    return _end(found.select_related("family_contact__contact", "family_contact__patient").order_by("pk"), by=by)


def _end(registrations: Iterable[Registration], *, by: Actor) -> Ended:
    practice, day = Practice.current(), today()
    accesses, pins = [], 0
    for registration in registrations:
        family_contact = registration.family_contact
        obstacle = final_block(family_contact, practice=practice, today=day)
        if obstacle is None:
            continue
        was_registered = registration.status == Registration.Status.REGISTERED
        had_pin = end_active(
            registration, Pin.State.REVOKED, Action.PIN_REVOKED, by=by, reason=obstacle.reason[:MAX_REASON]
        )
        pins += had_pin
        if was_registered:
            accesses.append(f"{family_contact.contact.name} to {family_contact.patient.name}")
            record_for(Action.ACCESS_ENDED, family_contact, by, code=obstacle.code)
        close_registration(registration, Registration.Status.ENDED, obstacle.reason[:MAX_REASON])
    return Ended(tuple(accesses), pins)


def sweep(*, by: Actor) -> int:
    """End what is over because time has passed, such as a birthday or the end of a placement. Return how many."""
    count = 0
    open_now = Registration.objects.filter(status__in=OPEN)
    patients = open_now.values_list("family_contact__patient", flat=True).order_by().distinct()
    for patient_id in list(patients):
        ended = end_what_is_over(patient_ids=[patient_id], by=by)
        count += len(ended.accesses) + ended.pins
    return count
