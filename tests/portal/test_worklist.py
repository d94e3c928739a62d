"""The families of a day: how they are grouped, in which order, and who is left out (issue 3)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from appointments.models import Appointment
from audit.trail import Actor
from patients.ages import today
from patients.models import FamilyContact, Patient
from portal import family_answers, registration, worklist
from portal.models import Pin, Postponement, Registration
from tests import people
from tests.portal import days, steps

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.postgres]


@pytest.fixture
def by(front_desk):
    return Actor(front_desk, "192.0.2.1")


def names(families):
    return [family.contact.name for family in families]


def the_family(day=None):
    (family,) = worklist.read(day or today()).families
    return family


def child_of(family, name):
    return next(child for child in family.children if child.row.patient.given_name == name)


def test_a_family_is_one_guardian_with_all_children(rivera):
    days.comes(rivera.sofia, at="10:00")
    days.comes(rivera.mateo, at="11:00")
    family = the_family()
    assert family.contact == rivera.ana
    assert [visit.patient for visit in family.visits] == [rivera.sofia, rivera.mateo]
    assert {child.row.patient for child in family.children} == set(rivera.children)
    assert [child.is_here for child in family.children] == [True, True, False, False]
    assert child_of(family, "Baby Boy").row.block.code == "placeholder_name"


def test_families_stand_in_the_order_of_their_first_appointment(rivera, oneil):
    days.comes(oneil.nora, at="09:30")
    days.comes(rivera.mateo, at="10:00")
    days.comes(rivera.sofia, at="09:00")
    assert names(worklist.read(today()).families) == ["Ana Rivera", "Maeve O'Neil"]


def test_the_guardian_is_the_first_who_may_register(rivera, oneil):
    FamilyContact.objects.filter(contact=rivera.ana).update(authority="none")
    FamilyContact.objects.filter(contact=oneil.sean).update(sort_order=1)
    FamilyContact.objects.filter(contact=oneil.maeve).update(sort_order=2)
    days.comes(rivera.mateo)
    days.comes(oneil.nora, at="09:30")
    assert names(worklist.read(today()).families) == ["Luis Rivera", "Maeve O'Neil"]


def test_an_adult_is_a_family_of_their_own(rivera):
    own = people.contact("Carmen", "Rivera")
    people.link(own, rivera.carmen, role="self", authority="none", sort_order=9)
    days.comes(rivera.carmen)
    days.comes(rivera.mateo, at="10:00")
    assert [family.contact for family in worklist.read(today()).families] == [own, rivera.ana]


def test_where_nobody_can_be_registered_the_family_stands_apart(rivera):
    days.comes(rivera.carmen)
    FamilyContact.objects.exclude(patient=rivera.carmen).update(is_active=False)
    found = worklist.read(today())
    assert (names(found.families), names(found.blocked)) == ([], ["Ana Rivera"])
    assert "as Self" in found.blocked[0].children[0].row.passed_over


def test_whoever_has_no_contact_is_named_once(db):
    child = people.patient("100099", "Noa", "Alone", people.years_ago(3))
    first = days.comes(child, at="09:00")
    days.comes(child, at="10:00")
    found = worklist.read(today())
    assert found.without_contact == [first]
    assert not found.is_empty


@pytest.mark.parametrize(("status", "is_listed"), [("cancelled", False), ("no_show", False), ("checked_out", True)])
def test_who_does_not_come_is_not_listed(rivera, status, is_listed):
    days.comes(rivera.mateo, status=status)
    assert bool(worklist.read(today()).families) is is_listed


class TestStatus:
    def test_registered_leaves_the_list_whoever_of_the_parents_it_is(self, by, rivera):
        days.comes(rivera.mateo)
        steps.registered(by, rivera.link(rivera.luis, rivera.mateo))
        found = worklist.read(today())
        assert found.is_empty
        assert not found.declined

    def test_a_sibling_at_home_does_not_keep_a_registered_child_on_the_list(self, by, rivera):
        days.comes(rivera.mateo)
        steps.registered(by, rivera.link(rivera.ana, rivera.mateo))
        assert worklist.read(today()).is_empty

    def test_a_sibling_who_comes_too_does(self, by, rivera):
        days.comes(rivera.mateo)
        days.comes(rivera.sofia, at="09:15")
        steps.registered(by, rivera.link(rivera.ana, rivera.mateo))
        family = the_family()
        assert child_of(family, "Mateo").row.passed_over == "Already registered."
        assert family.is_proposed

    def test_a_pin_that_is_not_printed_is_proposed(self, by, rivera):
        days.comes(rivera.mateo)
        steps.issued(by, rivera.link(rivera.ana, rivera.mateo), rivera.link(rivera.ana, rivera.sofia))
        family = the_family()
        assert child_of(family, "Mateo").pin_words == "PIN issued, not printed yet"
        assert family.is_proposed

    def test_a_printed_sheet_is_not(self, by, rivera):
        days.comes(rivera.mateo)
        steps.printed(by, rivera.link(rivera.ana, rivera.mateo), rivera.link(rivera.ana, rivera.sofia))
        family, last = the_family(), timezone.localdate() + timedelta(days=14)
        words = child_of(family, "Mateo").pin_words
        assert words.startswith(f"Sheet printed {today():%b %-d}, valid until {last:%b %-d}")
        assert family.can_choose
        assert not family.is_proposed

    def test_nor_is_one_that_the_other_parent_has(self, by, rivera):
        days.comes(rivera.mateo)
        steps.printed(by, rivera.link(rivera.luis, rivera.mateo), rivera.link(rivera.luis, rivera.sofia))
        family = the_family()
        assert family.contact == rivera.ana
        assert child_of(family, "Mateo").pin_words.startswith("Luis Rivera: Sheet printed")
        assert not family.is_proposed

    def test_an_expired_pin_needs_a_new_sheet(self, by, rivera):
        days.comes(rivera.mateo)
        steps.printed(by, rivera.link(rivera.ana, rivera.mateo), rivera.link(rivera.ana, rivera.sofia))
        past = timezone.now() - timedelta(days=1)
        Pin.objects.update(issued_at=past - timedelta(days=1), expires_at=past)
        assert child_of(the_family(), "Mateo").pin_words == "The PIN has expired. Issue a new one."
        assert the_family().is_proposed

    def test_a_removed_registration_stands_apart_until_somebody_opens_the_window(self, by, oneil):
        days.comes(oneil.nora)
        link = oneil.link(oneil.maeve, oneil.nora)
        steps.issued(by, link)
        registration.revoke(family_contact=link, reason="Sheet left in the lobby", by=by)
        FamilyContact.objects.filter(patient=oneil.liam).update(is_active=False)
        (family,) = worklist.read(today()).blocked
        assert family.children[0].row.passed_over == "Removed: Sheet left in the lobby"


class TestLeftOut:
    def test_declined_with_the_reason(self, by, rivera):
        days.comes(rivera.mateo)
        family_answers.decline_family(contact=rivera.ana, reason="No phone", by=by)
        found = worklist.read(today())
        assert found.is_empty
        assert [(family.contact, family.reasons) for family in found.declined] == [(rivera.ana, "No phone")]

    def test_declined_for_one_child_only_leaves_the_other_on_the_list(self, by, rivera):
        days.comes(rivera.mateo)
        days.comes(rivera.sofia, at="10:00")
        registration.decline(family_contact=rivera.link(rivera.ana, rivera.mateo), reason="Teenager", by=by)
        assert child_of(the_family(), "Mateo").row.passed_over == "Declined: Teenager"

    def test_postponed_until_that_day(self, by, rivera):
        until = today() + timedelta(days=7)
        for day in (today(), until - timedelta(days=1), until):
            days.comes(rivera.mateo, day=day)
        family_answers.postpone(contact=rivera.ana, until=until, reason="Wants to think", by=by)
        for day in (today(), until - timedelta(days=1)):
            assert names(worklist.read(day).postponed) == ["Ana Rivera"]
            assert worklist.read(day).is_empty
        assert names(worklist.read(until).families) == ["Ana Rivera"]
        family_answers.ask_now(contact=rivera.ana, by=by)
        assert names(worklist.read(today()).families) == ["Ana Rivera"]


class TestRules:
    def test_decline_family_is_one_decision_for_all_open_children(self, by, rivera):
        steps.issued(by, rivera.link(rivera.ana, rivera.mateo))
        declined = family_answers.decline_family(contact=rivera.ana, reason="No phone", by=by)
        # The newborn too, who only lacks a name. Not Carmen, who is an adult and decides herself.
        assert {link.patient for link in declined} == {rivera.mateo, rivera.sofia, rivera.baby}
        assert set(Registration.objects.values_list("status", flat=True)) == {"declined"}
        assert Pin.objects.get().state == "revoked"
        assert [action for action, _ in steps.trail()].count("registration.declined") == 3

    def test_decline_family_leaves_a_registered_child(self, by, rivera):
        steps.registered(by, rivera.link(rivera.ana, rivera.mateo))
        family_answers.decline_family(contact=rivera.ana, reason="Enough", by=by)
        assert Registration.objects.get(family_contact__patient=rivera.mateo).status == "registered"

    def test_who_has_no_say_declines_nothing(self, by, rivera):
        assert family_answers.decline_family(contact=rivera.elena, reason="no", by=by) == []
        assert not family_answers.postpone(contact=rivera.elena, until=today(), reason="no", by=by)
        assert steps.trail() == []

    def test_postpone_again_changes_the_day(self, by, rivera):
        for days_ahead in (7, 9):
            until = today() + timedelta(days=days_ahead)
            assert family_answers.postpone(contact=rivera.ana, until=until, reason="later", by=by)
        assert Postponement.objects.get().until == until
        assert len(steps.trail()) == 2 * 3
        assert set(steps.trail()) == {
            ("registration.postponed", each.pk) for each in (rivera.mateo, rivera.sofia, rivera.baby)
        }


def test_midnight_is_the_practices_not_utc(rivera, oneil):
    Appointment.objects.create(patient=rivera.mateo, start=datetime(2027, 6, 16, 3, 59, tzinfo=UTC))  # 23:59 here
    Appointment.objects.create(patient=oneil.nora, start=datetime(2027, 6, 16, 4, 0, tzinfo=UTC))  # 0:00 here
    with time_machine.travel(datetime(2027, 6, 16, 3, 59, 59, tzinfo=UTC), tick=False):
        assert today() == date(2027, 6, 15)
        assert names(worklist.read(today()).families) == ["Ana Rivera"]
    with time_machine.travel(datetime(2027, 6, 16, 4, 0, 1, tzinfo=UTC), tick=False):
        assert names(worklist.read(today()).families) == ["Maeve O'Neil"]


@pytest.mark.parametrize("day", [date(2027, 3, 14), date(2027, 11, 7)])
def test_days_of_23_and_25_hours_are_whole(rivera, oneil, day):
    days.comes(rivera.mateo, at="00:00", day=day)
    days.comes(oneil.nora, at="23:59", day=day)
    days.comes(people.patient("100098", "Zoe", "Next", None), at="00:00", day=day + timedelta(days=1))
    with time_machine.travel(datetime(day.year, day.month, day.day, 17, 0, tzinfo=UTC), tick=False):
        found = worklist.read(day)
    assert names(found.families) == ["Ana Rivera", "Maeve O'Neil"]
    assert found.expected == 2


def test_an_inactive_chart_is_named_and_not_chosen(rivera):
    Patient.objects.filter(pk=rivera.sofia.pk).update(status="inactive")
    days.comes(rivera.mateo)
    assert child_of(the_family(), "Sofia").row.passed_over == "The chart is inactive, not active."
