"""Two members of staff at the same moment."""

import pytest

from appointments import visits
from appointments.models import Appointment
from appointments.refusals import Conflicting, NotPossible
from audit.models import AuditEvent
from audit.trail import Actor
from practice.edit_conflicts import Stale, fingerprint
from tests.appointments import schedules
from tests.appointments.schedules import Status, today_at
from tests.at_once import at_once

pytestmark = [pytest.mark.usefixtures("transactional_db"), pytest.mark.postgres]


def outcomes(*actions):
    """The outcomes of these actions, done at the same moment, sorted."""
    return sorted(_outcome(each) for each in at_once(*actions))


def _outcome(came_back):
    if isinstance(came_back, (Conflicting, NotPossible, Stale)):
        return type(came_back).__name__
    if isinstance(came_back, Exception):
        raise came_back
    return "done"


def opened(visit):
    """The appointment as its window reads it."""
    return Appointment.objects.get(pk=visit.pk)


def booking(by, patient, start, provider, reason=""):
    appointment = Appointment(patient=patient, provider=provider, start=start, duration=30)
    return lambda: visits.book(by=by, appointment=appointment, override_reason=reason)


def test_one_provider_and_time_booked_by_ten(by, rivera, oneil, feldman):
    children = [*rivera.children, *oneil.children]
    acts = [booking(by, child, today_at(9, minute), feldman) for child in children for minute in (0, 15)]
    assert outcomes(*acts) == ["Conflicting"] * (len(acts) - 1) + ["done"]
    assert Appointment.objects.count() == 1
    assert AuditEvent.objects.count() == 1


def test_one_patient_booked_with_two_providers(by, rivera, feldman, raman):
    acts = [booking(by, rivera.mateo, today_at(9), provider) for provider in (feldman, raman)]
    assert outcomes(*acts) == ["Conflicting", "done"]
    assert Appointment.objects.count() == 1


def test_with_a_reason_both_get_in(by, rivera, feldman):
    acts = [booking(by, child, today_at(9), feldman, "Siblings") for child in (rivera.mateo, rivera.sofia)]
    assert outcomes(*acts) == ["done", "done"]
    # The first booking had no conflict, so its reason was not saved.
    assert sorted(Appointment.objects.values_list("override_reason", flat=True)) == ["", "Siblings"]


def test_different_providers_do_not_meet(by, rivera, feldman, raman):
    acts = [
        booking(by, rivera.mateo, today_at(9), feldman),
        booking(by, rivera.sofia, today_at(9), raman),
    ]
    assert outcomes(*acts) == ["done", "done"]


def test_two_move_to_the_same_place(by, rivera, feldman):
    acts = []
    for hour, child in enumerate([rivera.mateo, rivera.sofia], start=9):
        moved = opened(schedules.visit(child, today_at(hour), feldman, duration=30))
        seen, moved.start = fingerprint(moved), today_at(14)
        acts.append(lambda moved=moved, seen=seen: _change(by, moved, ["start"], seen))
    assert outcomes(*acts) == ["Conflicting", "done"]
    assert Appointment.objects.filter(start=today_at(14)).count() == 1


def test_two_change_one_appointment(front_desk, clinician, rivera, feldman):
    visit = opened(schedules.visit(rivera.mateo, today_at(9), feldman))
    seen, acts = fingerprint(visit), []
    for user, field, value in [(front_desk, "visit_type", "Sick visit"), (clinician, "duration", 45)]:
        mine = opened(visit)
        setattr(mine, field, value)
        acts.append(lambda user=user, mine=mine, field=field: _change(Actor(user, ""), mine, [field], seen))
    assert outcomes(*acts) == ["Stale", "done"]
    stored = Appointment.objects.get()
    assert (stored.visit_type, stored.duration) in {("Sick visit", 15), ("", 45)}
    assert AuditEvent.objects.get().user == (front_desk if stored.duration == 15 else clinician)


def test_two_stamp_one_arrival(front_desk, clinician, rivera):
    visit = schedules.visit(rivera.mateo, today_at(9))
    acts = [lambda user=user: visits.arrive(by=Actor(user, ""), appointment=visit) for user in (front_desk, clinician)]
    assert outcomes(*acts) == ["NotPossible", "done"]
    assert Appointment.objects.get().status == Status.ARRIVED
    assert AuditEvent.objects.count() == 1


def _change(by, appointment, fields, seen):
    return visits.change(by=by, appointment=appointment, fields=fields, seen=seen)
