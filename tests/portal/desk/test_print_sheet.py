"""Pressing Print."""

import pytest
from django.urls import reverse

from portal.models import Pin, PinSheet
from portal.pins.numbers import grouped
from tests.portal import steps

NOTHING = "Nothing to print"


@pytest.fixture
def url(mateo):
    return reverse("desk:print", args=[mateo.pk])


@pytest.fixture
def numbers(by, mateo, sofia):
    return steps.issued(by, mateo, sofia)


def press(client, url, *links):
    return client.post(url, {"child": [link.pk for link in links]})


def test_print_answers_with_the_sheet(as_front_desk, url, mateo, sofia, numbers):
    answer = press(as_front_desk, url, mateo, sofia)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store, private"
    text = steps.pdf_text(answer.content)
    for words in ["Ana Rivera", "Mateo R.", "Sofia R.", *map(grouped, numbers.values())]:
        assert words in text


def test_print_prints_only_the_ticked(as_front_desk, url, sofia, numbers):
    text = steps.pdf_text(press(as_front_desk, url, sofia).content)
    assert grouped(numbers["Sofia"]) in text
    assert grouped(numbers["Mateo"]) not in text


def test_print_marks_the_pins_and_leaves_a_line_for_each(as_front_desk, url, mateo, sofia, numbers):
    before = len(steps.trail())
    press(as_front_desk, url, mateo, sofia)
    assert steps.trail()[before:] == [("pin.printed", mateo.patient_id), ("pin.printed", sofia.patient_id)]
    assert PinSheet.objects.get().pins.count() == Pin.objects.exclude(printed_at=None).count() == 2


def test_print_roles(url):
    assert steps.allowed_roles("post", url) == steps.EDITORS


def test_print_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"get", "head", "put", "patch", "delete"}


def test_print_from_nobody(as_front_desk, unknown):
    for number in unknown:
        assert as_front_desk.post(reverse("desk:print", args=[number])).status_code == 404


def test_print_nothing_of_another_family(as_front_desk, by, url, stranger):
    steps.issued(by, stranger)
    assert NOTHING in press(as_front_desk, url, stranger).text
    assert not PinSheet.objects.exists()


def test_print_nothing_without_a_live_pin(as_front_desk, url, mateo):
    assert NOTHING in press(as_front_desk, url, mateo).text
    assert not PinSheet.objects.exists()


def test_print_carries_the_configured_address_not_the_request_s(as_front_desk, url, mateo, numbers):
    forged = {"host": "localhost", "x-forwarded-host": "evil.example"}
    text = steps.pdf_text(as_front_desk.post(url, {"child": mateo.pk}, headers=forged).content)
    assert "portal.sunnyside.example/register/" in text
    assert "localhost" not in text
    assert "evil" not in text
