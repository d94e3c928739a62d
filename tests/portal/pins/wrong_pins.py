"""A PIN for each way in which one can be wrong, and the times of the answers."""

import random
import time
from datetime import date, timedelta

from django.test import Client
from django.utils import timezone

from patients.models import FamilyContact
from portal import registration
from portal.models import Pin, RedemptionFailure
from portal.refusals import NotProven
from tests.portal import steps

ANOTHER_DAY = date(2001, 1, 1)


def of_each_kind(guardian, *, by):
    """By kind: a PIN, and the birth date to type with it. The last one is right."""
    links = steps.children_of(guardian, 8)
    numbers = {link.pk: steps.issued(by, link)[link.patient.given_name] for link in links}
    redeemed, revoked, superseded, locked, expired, barred, wrong, right = links
    proven = registration.prove(pin=numbers[redeemed.pk], birth_date=redeemed.patient.birth_date, by=steps.PARENT)
    sign_in = registration.NewSignIn("guardian@mail.example", steps.PASSWORD)
    registration.redeem(proven=[proven.pk], sign_in=sign_in, by=steps.PARENT)
    registration.revoke(family_contact=revoked, reason="Sheet lost", by=by)
    registration.reissue(family_contact=superseded, by=by)
    for _ in range(5):
        try:
            registration.prove(pin=numbers[locked.pk], birth_date=ANOTHER_DAY, by=steps.PARENT)
        except NotProven:
            continue  # as intended
    ended = timezone.now() - timedelta(seconds=1)
    Pin.objects.filter(registration__family_contact=expired).update(
        issued_at=ended - timedelta(days=1), expires_at=ended
    )
    FamilyContact.objects.filter(pk=barred.pk).update(authority="none")
    named = {
        "redeemed": redeemed,
        "revoked": revoked,
        "superseded": superseded,
        "locked": locked,
        "expired": expired,
        "no longer allowed": barred,
    }
    found = {kind: (numbers[link.pk], link.patient.birth_date) for kind, link in named.items()}
    found["wrong birth date"] = (numbers[wrong.pk], ANOTHER_DAY)
    found["unknown"] = (steps.UNKNOWN, wrong.patient.birth_date)
    return found, (numbers[right.pk], right.patient.birth_date)


def times(kinds, *, rounds):
    """Milliseconds of each answer, by kind.

    Measured in turns, so that other load on the machine affects all alike, and in another order each time, so that
    what one answer leaves behind (such as old versions of rows) does not fall on the same kind.
    """
    taken = {kind: [] for kind in kinds}
    chance = random.Random(rounds)
    for _ in range(rounds):
        for kind, (number, born) in chance.sample(list(kinds.items()), len(kinds)):
            # Reset limits and locks, so that each attempt is the first.
            RedemptionFailure.objects.all().delete()
            Pin.objects.filter(state=Pin.State.ACTIVE).update(wrong_birth_dates=0)
            client, sent = Client(SERVER_NAME="localhost"), steps.typed(number, born)
            started = time.perf_counter()
            page = client.post("/register/", sent)
            taken[kind].append((time.perf_counter() - started) * 1000)
            assert page.status_code == (302 if kind == "right" else 200), kind
    return taken
