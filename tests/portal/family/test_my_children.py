"""My Children: what a family sees."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from patients.models import FamilyContact, Patient
from portal.models import Pin
from tests import people
from tests.portal import steps

URL = reverse("family:children")
NEW_YORK = ZoneInfo("America/New_York")
NO_ACCESS = "You cannot see this child at the moment. Please call the practice."
ADULT = "Your child is an adult now, so your access has ended."
LIMITED = "Limited access"


@pytest.fixture
def ana(by, mateo, sofia):
    """Ana's browser; Mateo is registered, Sofia is not."""
    return people.signed_in(steps.registered(by, mateo))


def test_my_children_shows_the_registered_child(ana):
    page = ana.get(URL)
    assert page.status_code == 200
    assert "Mateo Rivera" in page.text
    assert "Born on" in page.text
    assert "Sofia" not in page.text


def test_my_children_shows_a_pending_child_without_its_data(ana, by, sofia):
    steps.issued(by, sofia)
    page = ana.get(URL).text
    assert "To finish, use the PIN on your sheet." in page
    assert page.count("Born on") == 1


def test_my_children_of_a_new_account_offers_to_add_one(as_family):
    assert "No child is in your account yet." in as_family.get(URL).text


def test_my_children_leaves_one_line_per_child(ana, by, mateo, sofia):
    steps.issued(by, sofia)
    ana.get(URL)
    lines = AuditEvent.objects.filter(action="children.viewed").order_by("patient_id").values_list("patient_id")
    assert sorted(lines) == [(mateo.patient_id,), (sofia.patient_id,)]


def test_my_children_shows_no_other_family_nor_the_other_parent_s_pins(ana, by, stranger, rivera):
    steps.registered(by, stranger, email="maeve@mail.example")
    steps.issued(by, rivera.link(rivera.luis, rivera.sofia))
    page = ana.get(URL).text
    assert "Nora" not in page
    assert "Sofia" not in page


def test_my_children_roles(db):
    assert steps.allowed_roles("get", URL) == {"family"}


def test_my_children_other_methods(as_family):
    assert steps.refused_methods(as_family, URL) == {"post", "put", "patch", "delete"}


CUSTODY = {
    "restricted": lambda link: FamilyContact.objects.update(level="none", restriction_reason="Court"),
    "authority none": lambda link: FamilyContact.objects.update(authority="none"),
    "contact inactive": lambda link: FamilyContact.objects.update(is_active=False),
    "chart inactive": lambda link: Patient.objects.update(status="inactive"),
}


@pytest.mark.parametrize("change", CUSTODY.values(), ids=CUSTODY)
def test_my_children_loses_access_with_the_next_request(ana, mateo, change):
    change(mateo)
    page = ana.get(URL).text
    assert NO_ACCESS in page
    assert "Born on" not in page
    assert "Court" not in page


def test_my_children_loses_access_when_the_desk_restricts_the_contact(ana, as_front_desk, mateo):
    url = reverse("patients:inactivate_contact", args=[mateo.pk])
    as_front_desk.post(url)
    assert "Born on" not in ana.get(URL).text


@pytest.mark.parametrize(("years", "limited"), [(11, False), (12, True), (17, True)])
def test_my_children_is_limited_for_a_teen(ana, rivera, years, limited):
    Patient.objects.filter(pk=rivera.mateo.pk).update(birth_date=people.years_ago(years))
    assert (LIMITED in ana.get(URL).text) == limited


@pytest.mark.parametrize(
    ("born", "birthday"),
    [
        (date(2010, 3, 20), datetime(2028, 3, 20, tzinfo=NEW_YORK)),
        (date(2012, 2, 29), datetime(2030, 3, 1, tzinfo=NEW_YORK)),
        (date(2010, 3, 13), datetime(2028, 3, 13, tzinfo=NEW_YORK)),  # the day after the clocks change
    ],
)
def test_my_children_access_ends_at_midnight_of_the_18th_birthday(front_desk, rivera, born, birthday):
    by = steps.Actor(front_desk, "192.0.2.1")
    Patient.objects.filter(pk__in=[rivera.mateo.pk, rivera.sofia.pk]).update(birth_date=born)
    links = [rivera.link(rivera.ana, child) for child in (rivera.mateo, rivera.sofia)]
    for link in links:
        link.patient.refresh_from_db()
    with time_machine.travel(birthday - timedelta(seconds=1), tick=False):
        client = people.signed_in(steps.registered(by, links[0]))
        number = steps.issued(by, links[1])["Sofia"]
        before = client.get(URL).text
        assert (LIMITED in before, ADULT in before, before.count("Born on")) == (True, False, 1)
        assert steps.prove(Client(), number, links[1].patient).status_code == 302
    with time_machine.travel(birthday, tick=False):
        after = client.get(URL).text
        assert (LIMITED in after, ADULT in after, after.count("Born on")) == (False, True, 0)
        assert steps.prove(Client(), number, links[1].patient).status_code == 200
    assert Pin.objects.get(registration__family_contact=links[1]).state == "revoked"


def test_my_children_queries_do_not_grow_with_the_children(by):
    person = people.contact("Kay", "Moore")
    client = people.signed_in(steps.registered(by, *steps.children_of(person, 1)))
    with_one = steps.queries(lambda: client.get(URL))
    for link in steps.children_of(person, 5):
        steps.issued(by, link)
    assert client.get(URL).text.count("child-head") == 6
    assert steps.queries(lambda: client.get(URL)) == with_one
