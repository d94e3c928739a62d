"""Patients for a new appointment, while somebody types."""

import pytest
from django.urls import reverse

from patients.models import Patient
from tests import people
from tests.appointments.schedules import NONSENSE
from tests.portal import steps

URL = reverse("appointments:find_patients")


def find(client, query):
    return client.post(URL, {"query": query}, headers={"HX-Request": "true"})


def test_who_is_found(as_front_desk, rivera, oneil):
    page = find(as_front_desk, "riv mat").text
    assert f'name="choose" value="{rivera.mateo.pk}"' in page
    for words in ["<mark>Mat</mark>eo", "<mark>Riv</mark>era", "8 years", "100001"]:
        assert words in page
    assert page.count("<button") == 1
    assert "<html" not in page


def test_six_at_most(as_front_desk, rivera):
    for number in range(10):
        people.patient(f"7{number}", f"Kid{number}", "Rivera", None)
    assert find(as_front_desk, "rivera").text.count("<button") == 6


def test_an_inactive_chart_says_so(as_front_desk, rivera):
    Patient.objects.filter(pk=rivera.mateo.pk).update(status=Patient.Status.INACTIVE)
    assert '<span class="tag">Inactive</span>' in find(as_front_desk, "mateo").text
    assert '<span class="tag">' not in find(as_front_desk, "sofia").text


def test_nobody(as_front_desk, rivera):
    page = find(as_front_desk, "zzz").text
    assert "No patients found." in page
    assert f'href="{reverse("patients:add")}"' in page


@pytest.mark.parametrize("query", ["", "   "])
def test_nothing_typed_finds_nobody_and_says_nothing(as_front_desk, rivera, query):
    assert find(as_front_desk, query).text.strip() == ""


def test_names_are_text_not_markup(as_front_desk, rivera):
    rivera.mateo.given_name = "<script>alert(1)</script>"
    rivera.mateo.save()
    page = find(as_front_desk, "100001").text
    assert ("<script>alert" in page, "&lt;script&gt;alert(1)" in page) == (False, True)


def test_nonsense(as_front_desk, rivera):
    for query in [
        *NONSENSE,
        "%",
        "_",
        "\\",
        "x" * 10_000,
        "<b>",
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    ]:
        assert (query[:20], find(as_front_desk, query).status_code) == (query[:20], 200)
    assert as_front_desk.post(URL).status_code == 200


def test_roles(db):
    assert steps.allowed_roles("post", URL) == steps.EDITORS


def test_other_methods(as_front_desk):
    assert steps.refused_methods(as_front_desk, URL) == {"get", "head", "put", "patch", "delete"}


def test_queries_do_not_grow_with_the_patients(as_front_desk, rivera):
    counts = set()
    for count in (1, 6, 40):
        for number in range(Patient.objects.count(), count + 4):
            people.patient(f"7{number}", f"Kid{number}", "Moore", None)
        counts.add(steps.queries(lambda: find(as_front_desk, "moore")))
    assert len(counts) == 1
