"""Opening the registration window from where only the patient is known."""

import pytest
from django.urls import reverse

from patients.models import FamilyContact
from tests import people
from tests.portal import steps


@pytest.fixture
def url(rivera):
    return reverse("desk:patient_window", args=[rivera.mateo.pk])


@pytest.fixture
def alone(db):
    """A patient without any contact."""
    return people.patient("100099", "Noa", "Alone", people.years_ago(3))


def test_patient_window_opens_for_the_primary_contact(as_front_desk, url, window_url):
    page = as_front_desk.get(url)
    assert page.context["window"].contact.name == "Ana Rivera"
    assert f'hx-get="{window_url}" hx-trigger="refresh"' in page.text


def test_patient_window_skips_contacts_who_may_not_register(as_front_desk, url, mateo, rivera):
    FamilyContact.objects.filter(pk=mateo.pk).update(authority="none")
    window = as_front_desk.get(url).context["window"]
    assert window.contact == rivera.luis
    assert {other.contact for other in window.other_contacts} == {rivera.ana, rivera.luis, rivera.elena}


def test_patient_window_skips_former_contacts(as_front_desk, url, mateo, rivera):
    FamilyContact.objects.filter(pk=mateo.pk).update(is_active=False)
    assert as_front_desk.get(url).context["window"].contact == rivera.luis


def test_patient_window_shows_the_reason_where_nobody_may(as_front_desk, rivera):
    page = as_front_desk.get(reverse("desk:patient_window", args=[rivera.carmen.pk]))
    assert page.context["window"].contact == rivera.ana
    assert "as Self" in page.text


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_patient_window_without_contacts_offers_to_add_one(as_front_desk, alone, headers):
    url = reverse("desk:patient_window", args=[alone.pk])
    page = as_front_desk.get(url, headers=headers).text
    assert "Noa Alone has no contacts yet." in page
    assert f'href="{reverse("patients:add_contact", args=[alone.pk])}?next={url}"' in page
    assert ("<html" in page) is not headers
    assert steps.trail() == [("registration.viewed", alone.pk)]


def test_patient_window_without_contacts_offers_nothing_to_a_viewer(as_viewer, alone):
    page = as_viewer.get(reverse("desk:patient_window", args=[alone.pk])).text
    assert "has no contacts yet" in page
    assert "Add contact" not in page


def test_patient_window_leaves_one_line(as_front_desk, url, rivera):
    as_front_desk.get(url)
    assert steps.trail() == [("registration.viewed", rivera.mateo.pk)]


def test_patient_window_roles(url):
    assert steps.allowed_roles("get", url) == steps.VIEWERS


def test_patient_window_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"post", "put", "patch", "delete"}


def test_patient_window_of_nobody(as_front_desk, unknown):
    for number in unknown:
        assert as_front_desk.get(reverse("desk:patient_window", args=[number])).status_code == 404
    assert [action for action, _patient in steps.trail()] == ["access.refused"] * len(unknown)


def test_patient_window_queries_do_not_grow(as_front_desk, db):
    mother = people.contact("Kay", "Moore")
    (first,) = steps.children_of(mother, 1)
    url = reverse("desk:patient_window", args=[first.patient_id])
    with_one = steps.queries(lambda: as_front_desk.get(url))
    steps.children_of(mother, 5)
    for number in range(5):
        people.link(people.contact("Aunt", str(number)), first.patient, sort_order=2 + number)
    assert steps.queries(lambda: as_front_desk.get(url)) == with_one
