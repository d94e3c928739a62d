"""Whatever is wrong with a PIN, the answer takes the same time (attack 2)."""

import statistics
import time
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from patients.models import FamilyContact
from portal import registration
from portal.models import Pin, RedemptionFailure
from practice.audit import Actor
from tests.portal import steps

ROUNDS = 200  # of each kind, taken in turns, so that whatever else the machine does meets all alike
# What the medians of two kinds may differ by: far below what could be told apart over a network.
TOLERANCE = 0.15  # of the median
AGAIN = 3  # tries: a machine that is busy with other tests may spoil one, but does not make times equal


@pytest.fixture
def kinds(front_desk, rivera):
    """A PIN for each way in which one can be wrong, and the birth date that is typed with it."""
    by = Actor(front_desk, "192.0.2.1")
    links = steps.children_of(rivera.luis, 8)
    numbers = {link.pk: steps.issued(by, link)["Kim"] for link in links}
    pins = {link.pk: Pin.objects.get(registration__family_contact=link) for link in links}
    redeemed, revoked, superseded, locked, expired, barred, wrong, _right = links
    proven = registration.prove(pin=numbers[redeemed.pk], birth_date=redeemed.patient.birth_date, by=steps.PARENT)
    sign_in = registration.NewSignIn("luis@mail.example", steps.PASSWORD)
    registration.redeem(proven=[proven.pk], sign_in=sign_in, by=steps.PARENT)
    registration.revoke(family_contact=revoked, reason="Sheet lost", by=by)
    registration.reissue(family_contact=superseded, by=by)
    for day in range(1, 6):
        steps.prove(Client(), numbers[locked.pk], type("Child", (), {"birth_date": date(2001, 1, day)}))
    ended = timezone.now() - timedelta(seconds=1)
    Pin.objects.filter(pk=pins[expired.pk].pk).update(issued_at=ended - timedelta(days=1), expires_at=ended)
    named = {"redeemed": redeemed, "revoked": revoked, "superseded": superseded, "locked": locked, "expired": expired}
    found = {name: (numbers[link.pk], link.patient.birth_date) for name, link in named.items()}
    FamilyContact.objects.filter(pk=barred.pk).update(authority="none")
    found["no longer allowed"] = (numbers[barred.pk], barred.patient.birth_date)
    found["wrong birth date"] = (numbers[wrong.pk], date(2001, 1, 1))
    found["unknown"] = (steps.UNKNOWN, wrong.patient.birth_date)
    return found


def medians(kinds):
    """Milliseconds by kind."""
    client, times = Client(), {name: [] for name in kinds}
    for _ in range(ROUNDS):
        for name, (number, born) in kinds.items():
            sent = steps.typed(number, born)
            # No limit and no lock in the way: each attempt is the first.
            RedemptionFailure.objects.all().delete()
            Pin.objects.filter(state=Pin.State.ACTIVE).update(wrong_birth_dates=0)
            started = time.perf_counter()
            page = client.post("/register/", sent)
            times[name].append((time.perf_counter() - started) * 1000)
            assert page.status_code == 200, name
    return {name: statistics.median(each) for name, each in times.items()}


def test_every_wrong_pair_is_answered_in_the_same_time(kinds, record_property):
    for attempt in range(AGAIN):
        found = medians(kinds)
        record_property(f"medians {attempt + 1}", {name: round(each, 2) for name, each in found.items()})
        if max(found.values()) - min(found.values()) <= TOLERANCE * statistics.median(found.values()):
            return
    pytest.fail(f"Told apart by the time they take, in ms: {found}")
