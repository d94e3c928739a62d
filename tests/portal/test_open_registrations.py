"""``verify_audit`` names every open registration that no sealed lines explain (attack 20)."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from audit.models import AuditEvent
from audit.trail import Actor
from patients.models import Contact, FamilyContact
from portal import registration
from portal.models import Account, Pin, Registration
from portal.refusals import NotProven
from tests import people
from tests.audit.tampering import differences, verified
from tests.portal import steps

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.postgres]

ALIVE = {"state": "active", "sealed": "x", "ended_at": None, "ended_by": None}


@pytest.fixture
def by(front_desk):
    return Actor(front_desk, "192.0.2.1")


@pytest.fixture
def mateo(rivera):
    """Ana's link to Mateo."""
    return rivera.link(rivera.ana, rivera.mateo)


@pytest.fixture
def sofia(rivera):
    return rivera.link(rivera.ana, rivera.sofia)


def open_with_sql(link):
    Registration.objects.update_or_create(
        family_contact=link, defaults={"status": "registered", "registered_at": timezone.now(), "reason": ""}
    )


def test_what_the_product_did_is_explained(by, mateo, sofia, rivera):
    user = steps.registered(by, mateo)
    numbers = steps.issued(by, sofia)
    registration.reissue(family_contact=sofia, by=by)
    with pytest.raises(NotProven):
        registration.prove(pin=numbers["Sofia"], birth_date=rivera.sofia.birth_date, by=steps.PARENT)
    assert differences() == []
    registration.revoke(family_contact=sofia, reason="Lost", by=by)
    registration.remove(family_contact=mateo, reason="Moved", by=by)
    again = steps.issued(by, mateo, sofia)
    assert differences() == []
    proven = registration.prove(pin=again["Mateo"], birth_date=rivera.mateo.birth_date, by=steps.PARENT)
    registration.redeem(proven=[proven.pk], sign_in=user, by=steps.PARENT)
    registration.decline(family_contact=sofia, reason="Later", by=by)
    steps.issued(by, sofia)
    assert differences() == []


def said_of(link, change):
    """What is said after this change with SQL, which is then undone."""
    before = list(Registration.objects.filter(family_contact=link).values())
    change(link)
    said = differences()
    Registration.objects.filter(family_contact=link).delete() if not before else Registration.objects.filter(
        family_contact=link
    ).update(**before[0])
    assert differences() == []
    return said


def test_a_registration_set_to_registered_is_named(capsys, by, mateo):
    """Whatever happened to it before."""
    (said,) = said_of(mateo, open_with_sql)
    assert f"(chart number 100001, family contact {mateo.pk}) is registered. No line of the trail says so." in said
    steps.issued(by, mateo)
    (said,) = said_of(mateo, open_with_sql)
    assert "The last line about it is line " in said
    for end, action in (
        (registration.revoke, "pin.revoked"),
        (registration.decline, "registration.declined"),
        (registration.remove, "registration.removed"),
        (registration.leave, "registration.left"),
    ):
        if end is registration.remove:
            user = steps.registered(by, mateo)
        elif end is registration.leave:
            number = steps.issued(by, mateo)["Mateo"]
            pin = registration.prove(pin=number, birth_date=mateo.patient.birth_date, by=steps.PARENT)
            registration.redeem(proven=[pin.pk], sign_in=user, by=steps.PARENT)
        reason = {} if end is registration.leave else {"reason": "A reason"}
        assert end(family_contact=mateo, by=by, **reason)
        (said,) = said_of(mateo, open_with_sql)
        assert said.endswith(f", {action}).")
    open_with_sql(mateo)
    code, said = verified(capsys)
    assert (code, "Records were CHANGED without a line in the trail: 1 findings" in said) == (1, True)


def test_a_registration_moved_to_another_child_or_account_is_named(by, mateo, oneil):
    user = steps.registered(by, mateo)
    other = people.patient("700001", "Kim", "Moore", None)
    FamilyContact.objects.filter(pk=mateo.pk).update(patient=other)
    (said,) = differences()
    assert f"The trail says that it is about patient record {mateo.patient_id}, not {other.pk}." in said
    FamilyContact.objects.filter(pk=mateo.pk).update(patient=mateo.patient_id)
    stranger = people.family_user("stranger@mail.example")
    Account.objects.filter(user=user).update(user=stranger)
    (said,) = differences()
    assert f"The trail says that sign-in {user.pk} opened it, but it belongs to sign-in {stranger.pk}." in said
    Account.objects.filter(user=stranger).update(user=user)
    FamilyContact.objects.filter(pk=mateo.pk).update(contact=people.contact("Mallory", "Moore"))
    (said,) = differences()
    assert "but it belongs to sign-in None" in said


@pytest.mark.parametrize("end", ["revoked", "superseded", "locked", "expired", "blocked"])
def test_a_pin_brought_back_to_life_is_named(by, mateo, rivera, end):
    number = steps.issued(by, mateo)["Mateo"]
    old = Pin.objects.get()

    def wrong(birth_date):
        with pytest.raises(NotProven):
            registration.prove(pin=number, birth_date=birth_date, by=steps.PARENT)

    if end == "revoked":
        registration.revoke(family_contact=mateo, reason="Lost", by=by)
    elif end == "superseded":
        registration.reissue(family_contact=mateo, by=by)
        Pin.objects.filter(state="active").update(state="revoked", sealed="", ended_at=timezone.now(), end_reason="x")
    elif end == "locked":
        for _ in range(registration.WRONG_BIRTH_DATES_UNTIL_LOCKED):
            wrong(people.years_ago(50))
    elif end == "expired":
        Pin.objects.filter(pk=old.pk).update(issued_at=timezone.now() - timedelta(30), expires_at=timezone.now())
        wrong(rivera.mateo.birth_date)
    else:
        FamilyContact.objects.filter(pk=mateo.pk).update(authority="none")
        wrong(rivera.mateo.birth_date)
    old.refresh_from_db()
    assert (old.state == "active", differences()) == (False, [])
    later = timezone.now() + timedelta(9)
    Pin.objects.filter(pk=old.pk).update(**ALIVE, end_reason="", wrong_birth_dates=0, expires_at=later)
    (said,) = differences()
    assert f"has the live PIN record {old.pk}. The trail says that it has ended (line " in said


def test_a_pin_that_nobody_issued_or_that_was_moved_is_named(by, mateo, sofia):
    steps.issued(by, mateo)
    issued = Pin.objects.get()
    other = Registration.objects.create(family_contact=sofia)
    Pin.objects.filter(pk=issued.pk).update(registration=other)
    (said,) = differences()
    assert (
        f"The trail says that it was issued for family contact {mateo.pk}, patient record {mateo.patient_id}." in said
    )
    Pin.objects.filter(pk=issued.pk).update(registration=issued.registration_id)
    soon = timezone.now() + timedelta(1)
    Pin.objects.create(registration=other, digest="d", key_id="k", sealed="s", issued_by=by.user, expires_at=soon)
    (said,) = differences()
    assert "No line of the trail says that it was issued." in said


def test_access_outlives_the_line_that_opened_it(by, mateo, rivera, capsys):
    carmen = rivera.link(rivera.ana, rivera.carmen)
    with time_machine.travel(timezone.now() - timedelta(days=7 * 366)):
        user = steps.registered(by, mateo, carmen)
        registration.remove(family_contact=carmen, reason="Moved", by=by)
    call_command("prune_audit", "--older-than-years", "6", "--yes")
    assert not AuditEvent.objects.filter(action="pin.redeemed").exists()
    kept = AuditEvent.objects.get(action="registration.kept")
    assert (kept.patient_id, kept.detail) == (mateo.patient_id, {"family_contact": mateo.pk, "account": user.pk})
    assert verified(capsys)[0] == 0
    open_with_sql(carmen)
    assert "No line of the trail says so." in verified(capsys)[1]
    Registration.objects.filter(family_contact=carmen).update(status="removed", registered_at=None, reason="Moved")
    registration.remove(family_contact=mateo, reason="Moved", by=by)
    open_with_sql(mateo)
    (said,) = differences()
    assert "registration.removed)." in said
    assert Contact.objects.filter(account__user=user).exists()
