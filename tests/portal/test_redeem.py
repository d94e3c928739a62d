"""Proof and redemption: what a parent does at home (R11 to R16)."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEvent
from audit.trail import Actor
from patients.models import Contact, FamilyContact, Patient
from portal import registration
from portal.models import Account, Pin, Registration
from portal.refusals import AlreadyHasAccount, EmailNotUsable, NotProven, NotRedeemable, OthersAccount
from tests.people import years_ago

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.postgres]
PARENT = Actor(None, "198.51.100.7")
SIGN_IN = registration.NewSignIn("ana@example.com", "correct horse battery staple")


@pytest.fixture
def by(front_desk):
    return Actor(front_desk, "192.0.2.1")


@pytest.fixture
def sheet(by, rivera):
    """Ana's printed sheet: PINs by child's given name."""
    links = [rivera.link(rivera.ana, rivera.mateo), rivera.link(rivera.ana, rivera.sofia)]
    ids = [each.pk for each in links]
    numbers = registration.issue(contact=rivera.ana, family_contact_ids=ids, by=by).pins
    registration.print_sheet(contact=rivera.ana, family_contact_ids=ids, by=by)
    return {each.patient.given_name: numbers[each.pk] for each in links}


def prove(number, patient, by=PARENT):
    return registration.prove(pin=number, birth_date=patient.birth_date, by=by)


def redeem(*proven, sign_in=SIGN_IN):
    return registration.redeem(proven=[pin.pk for pin in proven], sign_in=sign_in, by=PARENT)


def test_pin_and_birth_date_make_the_child_registered(sheet, rivera):
    user = redeem(prove(sheet["Mateo"], rivera.mateo))
    pin = Pin.objects.get(registration__family_contact__patient=rivera.mateo)
    assert (pin.state, pin.sealed, pin.ended_by) == ("redeemed", "", user)
    assert pin.registration.status == "registered"
    assert Account.objects.get().contact == rivera.ana
    assert user.check_password(SIGN_IN.password)
    assert AuditEvent.objects.filter(action="pin.redeemed", patient_id=rivera.mateo.pk, user=user).count() == 1


def test_the_other_children_of_the_sheet_need_only_their_birth_dates(sheet, rivera):
    mateo = prove(sheet["Mateo"], rivera.mateo)
    (offered,) = registration.siblings_of([mateo])
    sofia = registration.prove_sibling(sibling=offered, birth_date=rivera.sofia.birth_date, by=PARENT)
    redeem(mateo, sofia)
    assert Registration.objects.filter(status="registered").count() == 2


def test_children_of_another_sheet_are_not_offered(sheet, by, rivera):
    luis = rivera.link(rivera.luis, rivera.sofia)
    registration.issue(contact=rivera.luis, family_contact_ids=[luis.pk], by=by)
    offered = registration.siblings_of([prove(sheet["Mateo"], rivera.mateo)])
    assert [pin.registration.family_contact.contact for pin in offered] == [rivera.ana]


def end(state):
    Pin.objects.update(state=state, sealed="", ended_at=timezone.now(), end_reason="why")


REFUSALS = {
    "used": lambda pin: end("redeemed"),
    "revoked": lambda pin: end("revoked"),
    "superseded": lambda pin: end("superseded"),
    "locked": lambda pin: end("locked"),
    "expired by a second": lambda pin: Pin.objects.update(
        issued_at=timezone.now() - timedelta(days=1), expires_at=timezone.now() - timedelta(seconds=1)
    ),
    "restricted": lambda pin: FamilyContact.objects.update(level="none", restriction_reason="Court"),
    "authority gone": lambda pin: FamilyContact.objects.update(authority="none"),
    "chart inactive": lambda pin: Patient.objects.update(status="inactive"),
    "adult": lambda pin: Patient.objects.update(birth_date=date(1990, 1, 1)),
}


def test_a_birth_date_that_the_chart_has_changed_since_is_not_proven(sheet, rivera):
    """The last click checks it again, under the lock."""
    pin, births = prove(sheet["Mateo"], rivera.mateo), {}
    births[pin.pk] = rivera.mateo.birth_date
    Patient.objects.filter(pk=rivera.mateo.pk).update(birth_date=years_ago(7))
    with pytest.raises(NotRedeemable):
        registration.redeem(proven=[pin.pk], births=births, sign_in=SIGN_IN, by=PARENT)
    assert Pin.objects.get(pk=pin.pk).state == "active"


@pytest.mark.parametrize("change", REFUSALS.values(), ids=REFUSALS)
def test_a_pin_that_ended_or_is_not_allowed_proves_nothing(change, sheet, rivera):
    change(sheet["Mateo"])
    rivera.mateo.refresh_from_db()
    with pytest.raises(NotProven):
        prove(sheet["Mateo"], rivera.mateo)
    assert AuditEvent.objects.filter(action="pin.refused", address=PARENT.address).count() == 1


def test_unknown_pin_and_wrong_birth_date_prove_nothing(sheet, rivera):
    with pytest.raises(NotProven):
        prove("999999999994", rivera.mateo)
    with pytest.raises(NotProven):
        prove(sheet["Mateo"], rivera.sofia)
    verdicts = AuditEvent.objects.filter(action="pin.refused").order_by("pk").values_list("detail__verdict", flat=True)
    assert list(verdicts) == ["unknown", "wrong_birth_date"]


def test_an_expired_pin_loses_its_sealed_copy_at_the_touch(sheet, rivera):
    REFUSALS["expired by a second"](None)
    with pytest.raises(NotProven):
        prove(sheet["Mateo"], rivera.mateo)
    pin = Pin.objects.get(registration__family_contact__patient=rivera.mateo)
    assert (pin.state, pin.sealed) == ("expired", "")


def test_five_wrong_birth_dates_lock_the_pin_for_the_right_one_too(sheet, rivera):
    for _ in range(5):
        with pytest.raises(NotProven):
            prove(sheet["Mateo"], rivera.sofia)
    pin = Pin.objects.get(registration__family_contact__patient=rivera.mateo)
    assert (pin.state, pin.sealed, pin.wrong_birth_dates) == ("locked", "", 5)
    with pytest.raises(NotProven):
        prove(sheet["Mateo"], rivera.mateo)
    assert AuditEvent.objects.filter(action="pin.locked").count() == 1


def test_wrong_birth_dates_of_a_sibling_lock_its_pin(sheet, rivera):
    mateo = prove(sheet["Mateo"], rivera.mateo)
    (sofia,) = registration.siblings_of([mateo])
    for _ in range(5):
        with pytest.raises(NotProven):
            registration.prove_sibling(sibling=sofia, birth_date=date(2001, 1, 1), by=PARENT)
    sofia.refresh_from_db()
    assert sofia.state == "locked"
    assert registration.siblings_of([mateo]) == []


CHANGES = {
    "revoked": lambda: end("revoked"),
    "expired": REFUSALS["expired by a second"],
    "restricted": lambda: FamilyContact.objects.update(level="none", restriction_reason="Court"),
}


@pytest.mark.parametrize("why", ["revoked", "expired", "restricted"])
def test_everything_is_checked_again_on_the_last_click(why, sheet, rivera):
    proven = prove(sheet["Mateo"], rivera.mateo)
    change = CHANGES[why]
    change(None) if why == "expired" else change()
    with pytest.raises(NotRedeemable) as refused:
        redeem(proven)
    assert refused.value.why == ("blocked" if why == "restricted" else why)
    assert not Account.objects.exists()
    assert not User.objects.filter(email=SIGN_IN.email).exists()


def test_a_pin_cannot_be_spent_twice(sheet, rivera):
    proven = prove(sheet["Mateo"], rivera.mateo)
    user = redeem(proven)
    with pytest.raises(NotRedeemable):
        redeem(proven, sign_in=user)


def test_a_pin_that_expires_during_the_last_click_is_not_spent(sheet, rivera):
    """The account is created between the check and the spending, so the spending must check again."""
    proven = prove(sheet["Mateo"], rivera.mateo)
    with time_machine.travel(proven.expires_at - timedelta(seconds=1), tick=False) as clock:

        def expire(execute, sql, *arguments):
            if sql.startswith('INSERT INTO "portal_account"'):
                clock.shift(timedelta(seconds=2))
            return execute(sql, *arguments)

        with connection.execute_wrapper(expire), pytest.raises(NotRedeemable):
            redeem(proven)
        assert timezone.now() > proven.expires_at
    assert not Account.objects.exists()
    assert not User.objects.filter(email=SIGN_IN.email).exists()
    assert Registration.objects.get(family_contact__patient=rivera.mateo).status == "pending"
    assert not AuditEvent.objects.filter(action="pin.redeemed").exists()


def test_the_account_of_another_contact_cannot_use_the_pin_and_it_stays_unspent(sheet, by, rivera):
    luis = rivera.link(rivera.luis, rivera.mateo)
    number = registration.issue(contact=rivera.luis, family_contact_ids=[luis.pk], by=by).pins[luis.pk]
    user = redeem(prove(sheet["Mateo"], rivera.mateo))
    proven = prove(number, rivera.mateo)
    with pytest.raises(OthersAccount):
        redeem(proven, sign_in=user)
    proven.refresh_from_db()
    assert proven.state == "active"


def test_a_staff_sign_in_cannot_use_a_pin(sheet, front_desk, rivera):
    with pytest.raises(OthersAccount):
        redeem(prove(sheet["Mateo"], rivera.mateo), sign_in=front_desk)


def test_an_email_that_has_a_sign_in_is_refused_without_a_trace(sheet, front_desk, rivera):
    proven = prove(sheet["Mateo"], rivera.mateo)
    with pytest.raises(EmailNotUsable):
        redeem(proven, sign_in=registration.NewSignIn(front_desk.email.upper(), SIGN_IN.password))
    proven.refresh_from_db()
    assert proven.state == "active"
    assert not Account.objects.exists()


def test_a_guardian_who_has_an_account_adds_children_to_it(sheet, rivera):
    user = redeem(prove(sheet["Mateo"], rivera.mateo))
    sofia = prove(sheet["Sofia"], rivera.sofia)
    with pytest.raises(AlreadyHasAccount):
        redeem(sofia, sign_in=registration.NewSignIn("other@example.com", SIGN_IN.password))
    redeem(sofia, sign_in=user)
    assert Registration.objects.filter(status="registered").count() == 2
    assert Account.objects.count() == 1


def test_a_teens_own_account_may_not_use_a_parents_email(by, rivera):
    Patient.objects.filter(pk=rivera.mateo.pk).update(birth_date=years_ago(15))
    rivera.mateo.refresh_from_db()
    rivera.ana.email = "mother@example.com"
    rivera.ana.save()
    own = Contact.objects.create(given_name="Mateo", family_name="Rivera")
    self_link = FamilyContact.objects.create(patient=rivera.mateo, contact=own, role="self")
    number = registration.issue(contact=own, family_contact_ids=[self_link.pk], by=by).pins[self_link.pk]
    proven = prove(number, rivera.mateo)
    with pytest.raises(EmailNotUsable):
        redeem(proven, sign_in=registration.NewSignIn("Mother@Example.com", SIGN_IN.password))
    assert redeem(proven, sign_in=registration.NewSignIn("mateo@example.com", SIGN_IN.password))
