"""Showing one PIN again."""

import pytest
from django.urls import reverse

from portal.pins.numbers import grouped
from tests.portal import steps


@pytest.fixture
def url(mateo):
    return reverse("desk:show", args=[mateo.pk])


def show(client, url, link):
    return client.post(url, {"only": link.pk})


def test_show_one_pin_and_no_other(as_front_desk, url, mateo, sheet):
    page = show(as_front_desk, url, mateo)
    assert page.status_code == 200
    assert grouped(sheet["Mateo"]) in page.text
    assert grouped(sheet["Sofia"]) not in page.text


def test_show_leaves_one_line(as_front_desk, url, mateo, sheet):
    before = len(steps.trail())
    show(as_front_desk, url, mateo)
    assert steps.trail()[before:] == [("pin.shown", mateo.patient_id)]


def test_show_roles(url):
    assert steps.allowed_roles("post", url) == steps.EDITORS


def test_show_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"get", "head", "put", "patch", "delete"}


def test_show_from_nobody(as_front_desk, unknown):
    for number in unknown:
        assert as_front_desk.post(reverse("desk:show", args=[number])).status_code == 404


def test_show_not_the_pin_of_another_family(as_front_desk, by, url, stranger):
    number = steps.issued(by, stranger)["Nora"]
    before = steps.trail()
    assert grouped(number) not in show(as_front_desk, url, stranger).text
    assert [action for action, _patient in steps.trail()[len(before) :]] == ["registration.viewed"]


def test_show_not_the_pin_of_the_other_parent(as_front_desk, by, url, rivera):
    luis = rivera.link(rivera.luis, rivera.mateo)
    number = steps.issued(by, luis)["Mateo"]
    assert grouped(number) not in show(as_front_desk, url, luis).text


def test_show_nothing_without_a_live_pin(as_front_desk, url, mateo):
    assert "<output>" not in show(as_front_desk, url, mateo).text
    assert steps.trail() == [("registration.viewed", mateo.patient_id)]
