"""Patient Administration."""

import pytest
from django.urls import reverse

from tests import people
from tests.portal import steps

pytestmark = pytest.mark.postgres


@pytest.fixture
def url():
    return reverse("office:administration")


def found(page):
    return sorted(patient.given_name for patient in page.context["page"])


def test_administration_lists_everybody_with_status(as_front_desk, url, rivera, mateo, by):
    steps.issued(by, mateo)
    page = as_front_desk.get(url)
    assert page.status_code == 200
    assert found(page) == ["Baby Boy", "Carmen", "Mateo", "Sofia"]
    assert "4 patients" in page.text
    assert page.context["counts"] == {"unregistered": 3, "pending": 1, "registered": 0, "declined": 0, "removed": 0}


@pytest.mark.parametrize(
    ("sent", "names"),
    [
        ({"status": "pending"}, ["Sofia"]),
        ({"status": "registered"}, ["Mateo"]),
        ({"status": "unregistered"}, ["Baby Boy", "Carmen"]),
        ({"status": "declined"}, []),
        ({"query": "rivera mat"}, ["Mateo"]),
        ({"query": "100002", "status": "pending"}, ["Sofia"]),
        ({"query": "100002", "status": "registered"}, []),
    ],
)
def test_administration_filters(as_front_desk, url, by, mateo, sofia, sent, names):
    steps.registered(by, mateo)
    steps.issued(by, sofia)
    page = as_front_desk.post(url, sent)
    assert found(page) == names


def test_administration_status_is_the_furthest_of_any_guardian(as_front_desk, url, by, mateo, rivera):
    steps.registered(by, mateo)
    steps.issued(by, rivera.link(rivera.luis, rivera.mateo))
    assert found(as_front_desk.post(url, {"status": "pending"})) == []
    assert found(as_front_desk.post(url, {"status": "registered"})) == ["Mateo"]


@pytest.mark.parametrize(
    "sent",
    [
        {"status": "robot"},
        {"page": "-1"},
        {"page": "9" * 5000},
        {"query": "\0"},
        {"query": "%_\\"},
        {"query": "x" * 101},
    ],
)
def test_administration_survives_hostile_input(as_front_desk, url, rivera, sent):
    assert as_front_desk.post(url, sent).status_code == 200


def test_administration_turns_pages(as_front_desk, url):
    for number in range(51):
        people.patient(f"7{number:05}", "Kim", "Moore", people.years_ago(4))
    assert len(as_front_desk.get(url).context["page"]) == 50
    last = as_front_desk.post(url, {"page": "2"})
    assert len(last.context["page"]) == 1
    assert "Page 2 of 2" in last.text


def test_administration_roles(db, url):
    assert steps.allowed_roles("get", url) == steps.VIEWERS


def test_administration_filter_roles(db, url):
    assert steps.allowed_roles("post", url) == steps.VIEWERS


def test_administration_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"put", "patch", "delete"}


def test_administration_ignores_filters_in_the_address(as_front_desk, url, rivera):
    """Names in addresses would end up in logs, so the page ignores them."""
    assert len(found(as_front_desk.get(url, {"query": "Mateo", "status": "pending"}))) == 4


def test_administration_queries_do_not_grow_with_the_patients(as_front_desk, by, url):
    person = people.contact("Kay", "Moore")
    steps.issued(by, *steps.children_of(person, 1))
    with_one = steps.queries(lambda: as_front_desk.get(url))
    for link in steps.children_of(person, 29):
        steps.issued(by, link)
    assert len(found(as_front_desk.get(url))) == 30
    assert steps.queries(lambda: as_front_desk.get(url)) == with_one
