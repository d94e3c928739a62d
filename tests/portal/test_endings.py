"""Ended is ended: what the chart forbids ends at once, and never comes back by itself (R19)."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditChain, AuditEvent
from audit.trail import Actor
from patients import charts, family
from patients.consequences import EndsAccess
from patients.models import FamilyContact, Patient
from portal import endings, registration
from portal.family_accounts import NewSignIn
from portal.models import Pin, Registration
from portal.refusals import NotProven, NotRedeemable
from portal.status import for_registration
from tests import people
from tests.at_once import at_once
from tests.portal import steps

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.postgres]


@pytest.fixture
def by(front_desk):
    return Actor(front_desk, "192.0.2.1")


@pytest.fixture
def ana_mateo(rivera):
    return rivera.link(rivera.ana, rivera.mateo)


def change(link, *, by, **fields):
    for name, value in fields.items():
        setattr(link, name, value)
    return family.change_contact(by=by, family_contact=link, fields=fields)


def set_status(patient, status, *, by):
    patient.status = status
    return charts.change(by=by, patient=patient, fields=["status"])


ENDS = {
    "removed": lambda link, by: family.inactivate(by=by, family_contact=link),
    "restricted": lambda link, by: change(link, by=by, level="none", restriction_reason="Court order"),
    "no authority": lambda link, by: change(link, by=by, authority="none"),
    "basis over": lambda link, by: change(link, by=by, basis_until=timezone.localdate() - timedelta(1)),
    "inactive patient": lambda link, by: set_status(link.patient, "inactive", by=by),
    "death": lambda link, by: set_status(link.patient, "deceased", by=by),
}
BACK = {
    "removed": lambda link, by: family.add_contact(by=by, contact=link.contact, family_contact=again(link)),
    "restricted": lambda link, by: change(link, by=by, level="full", restriction_reason=""),
    "no authority": lambda link, by: change(link, by=by, authority="joint"),
    "basis over": lambda link, by: change(link, by=by, basis_until=None),
    "inactive patient": lambda link, by: set_status(link.patient, "active", by=by),
    "death": lambda link, by: set_status(link.patient, "active", by=by),
}


def again(link):
    return FamilyContact(patient=link.patient, role="mother", authority="joint", sort_order=1)


def fresh(link):
    return FamilyContact.objects.select_related("contact", "patient").get(pk=link.pk)


@pytest.mark.parametrize("how", ENDS)
def test_access_ends_with_one_row_and_comes_back_unregistered(how, by, ana_mateo):
    steps.registered(by, ana_mateo, email="ana@mail.example")
    said = ENDS[how](fresh(ana_mateo), by)
    assert said.ended == "Access of Ana Rivera to Mateo Rivera ended."
    assert AuditEvent.objects.filter(action="registration.ended", patient_id=ana_mateo.patient_id).count() == 1
    BACK[how](fresh(ana_mateo), by)
    found = Registration.objects.get(family_contact=ana_mateo)
    assert (found.status, found.registered_at) == ("ended", None)
    assert for_registration(found).label == "Unregistered"
    given = registration.issue(contact=ana_mateo.contact, family_contact_ids=[ana_mateo.pk], by=by)
    assert given.new == [ana_mateo.pk]


@pytest.mark.parametrize("how", ENDS)
def test_an_old_sheet_never_works_again(how, by, ana_mateo):
    number = steps.printed(by, ana_mateo)["Mateo"]
    said = ENDS[how](fresh(ana_mateo), by)
    assert (said.ends, said.ended) == ("1 PIN stops working.", "1 PIN stopped working.")
    assert AuditEvent.objects.filter(action="pin.revoked").count() == 1
    BACK[how](fresh(ana_mateo), by)
    with pytest.raises(NotProven):
        registration.prove(pin=number, birth_date=ana_mateo.patient.birth_date, by=steps.PARENT)


def test_what_time_has_ended_does_not_come_back_with_a_change(by, rivera, ana_mateo):
    """An adult's consent after the birthday does not bring back the access of before."""
    steps.registered(by, ana_mateo, email="ana@mail.example")
    Patient.objects.filter(pk=rivera.mateo.pk).update(birth_date=people.years_ago(18))
    change(fresh(ana_mateo), by=by, basis="consent")
    assert Registration.objects.get(family_contact=ana_mateo).status == "ended"


def test_a_command_ends_what_time_has_ended(by, ana_mateo):
    steps.registered(by, ana_mateo, email="ana@mail.example")
    change(fresh(ana_mateo), by=by, basis="foster", basis_document="F-1", basis_until=timezone.localdate())
    assert endings.sweep(by=by) == 0
    with time_machine.travel(timezone.localtime().replace(hour=0, minute=0) + timedelta(1), tick=False):
        assert registration.expire(by=Actor.command("expire_pins")) == 1
        assert registration.expire(by=Actor.command("expire_pins")) == 0
    row = AuditEvent.objects.get(action="registration.ended")
    assert row.detail["code"] == "ended"


def test_gaps_in_the_chart_suspend_and_do_not_end(by, rivera, ana_mateo):
    steps.registered(by, ana_mateo, email="ana@mail.example")
    rivera.mateo.given_name = ""
    assert not charts.change(by=by, patient=rivera.mateo, fields=["given_name"])
    assert Registration.objects.get(family_contact=ana_mateo).status == "registered"


def test_other_guardians_and_children_stay(by, rivera, ana_mateo):
    others = [rivera.link(rivera.ana, rivera.sofia), rivera.link(rivera.luis, rivera.mateo)]
    steps.registered(by, ana_mateo, others[0], email="ana@mail.example")
    steps.registered(by, others[1], email="luis@mail.example")
    ENDS["restricted"](fresh(ana_mateo), by)
    assert Registration.objects.filter(family_contact__in=others, status="registered").count() == 2


@pytest.mark.parametrize("how", ["removed", "restricted", "no authority"])
def test_a_gap_in_the_chart_hides_no_end(how, by, rivera, ana_mateo):
    steps.registered(by, ana_mateo, email="ana@mail.example")
    rivera.mateo.birth_date, born = None, rivera.mateo.birth_date
    charts.change(by=by, patient=rivera.mateo, fields=["birth_date"])
    assert ENDS[how](fresh(ana_mateo), by).accesses == ("Ana Rivera to Mateo Rivera",)
    BACK[how](fresh(ana_mateo), by)
    rivera.mateo.birth_date = born
    charts.change(by=by, patient=rivera.mateo, fields=["birth_date"])
    assert Registration.objects.get(family_contact=ana_mateo).status == "ended"


def test_adding_a_former_contact_again_brings_back_nothing_that_was_left_open(by, ana_mateo):
    """As after a race or from an older version: an inactive link with an open registration."""
    steps.registered(by, ana_mateo, email="ana@mail.example")
    FamilyContact.objects.filter(pk=ana_mateo.pk).update(is_active=False)
    BACK["removed"](fresh(ana_mateo), by)
    assert Registration.objects.get(family_contact=ana_mateo).status == "ended"


def test_a_restriction_outlives_removing_and_adding(by, rivera, ana_mateo):
    ENDS["restricted"](fresh(ana_mateo), by)
    ENDS["removed"](fresh(ana_mateo), by)
    BACK["removed"](fresh(ana_mateo), by)
    link = fresh(ana_mateo)
    assert (link.is_active, link.level, link.restriction_reason) == (True, "none", "Court order")


def test_the_desk_is_told_what_time_had_ended_before(by, ana_mateo):
    steps.registered(by, ana_mateo, email="ana@mail.example")
    FamilyContact.objects.filter(pk=ana_mateo.pk).update(basis_until=timezone.localdate() - timedelta(1))
    said = change(fresh(ana_mateo), by=by, basis_until=timezone.localdate() + timedelta(90))
    assert said.ended == "Access of Ana Rivera to Mateo Rivera ended."


def test_what_a_colleague_has_just_ended_is_not_removed_once_more(by, ana_mateo):
    steps.registered(by, ana_mateo, email="ana@mail.example")
    ENDS["restricted"](fresh(ana_mateo), by)
    assert not registration.remove(family_contact=ana_mateo, reason="Moved away", by=by)


def test_a_restricted_guardian_does_not_read_the_child_s_current_name(by, rivera, ana_mateo):
    user = steps.registered(by, ana_mateo, rivera.link(rivera.ana, rivera.sofia), email="ana@mail.example")
    ENDS["restricted"](fresh(ana_mateo), by)
    page = people.signed_in(user).get(reverse("family:children")).text
    assert "Sofia" in page
    assert "Mateo" not in page


# --- Asked before, told after --------------------------------------------------------------------


def test_the_desk_is_asked_before_and_told_after(as_front_desk, by, rivera, ana_mateo):
    steps.printed(by, ana_mateo)
    steps.registered(by, rivera.link(rivera.luis, rivera.mateo), email="luis@mail.example")
    address = reverse("patients:edit", args=[rivera.mateo.pk])
    form = {name: value or "" for name, value in as_front_desk.get(address).context["form"].initial.items()}
    before = steps.everything_but(AuditEvent, AuditChain)
    page = as_front_desk.post(address, form | {"status": "transferred"})
    words = "Access of Luis Rivera to Mateo Rivera ends. 1 PIN stops working."
    assert words in page.text
    assert "Save and end access" in page.text
    assert steps.everything_but(AuditEvent, AuditChain) == before
    done = as_front_desk.post(address, form | {"status": "transferred", "ends": words}, follow=True)
    assert "Access of Luis Rivera to Mateo Rivera ended. 1 PIN stopped working." in done.text
    assert Patient.objects.get(pk=rivera.mateo.pk).status == "transferred"


def test_a_confirmation_counts_for_what_was_shown(by, rivera, ana_mateo):
    steps.registered(by, ana_mateo, email="ana@mail.example")
    link = fresh(ana_mateo)
    link.authority = "none"
    with pytest.raises(EndsAccess):
        family.change_contact(by=by, family_contact=link, fields=["authority"], confirmed="1 PIN stops working.")
    assert fresh(ana_mateo).authority == "joint"


# --- At once -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("transactional_db")
def test_ending_and_redeeming_at_once_leave_no_access(by, ana_mateo):
    numbers = steps.issued(by, ana_mateo)
    proven = registration.prove(pin=numbers["Mateo"], birth_date=ana_mateo.patient.birth_date, by=steps.PARENT)
    done = at_once(
        partial(ENDS["restricted"], fresh(ana_mateo), by),
        partial(registration.redeem, proven=[proven.pk], sign_in=NewSignIn("ana@mail.example", steps.PASSWORD), by=by),
    )
    assert [each for each in done if isinstance(each, Exception) and not isinstance(each, NotRedeemable)] == []
    assert Registration.objects.get(family_contact=ana_mateo).status == "ended"
    assert not Pin.objects.filter(state="active").exists()
