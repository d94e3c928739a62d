"""The patient's summary beside the form, with the current **Portal Account** status."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from tests import people
from tests.portal import steps


def url_of(patient):
    return reverse("appointments:summary", args=[patient.pk])


@pytest.fixture
def url(rivera):
    return url_of(rivera.mateo)


def test_who_it_is_and_who_decides(as_front_desk, url):
    page = as_front_desk.get(url).text
    for words in [
        "Mateo Rivera",
        "8 years",
        "100001",
        "Male",
        "Ana Rivera",
        "Mother, Joint",
        "Elena Rivera",
        "Unregistered",
    ]:
        assert words in page
    assert "<html" not in page
    assert f'hx-get="{url}"' in page


def test_portal_account_is_as_it_stands_now(as_front_desk, by, rivera, url):
    before = as_front_desk.get(url).text
    steps.issued(by, rivera.link(rivera.ana, rivera.mateo))
    after = as_front_desk.get(url).text
    assert (before.count("Pending Registration"), after.count("Pending Registration")) == (0, 1)
    steps.registered(by, rivera.link(rivera.luis, rivera.mateo))
    assert as_front_desk.get(url).text.count("Registered</span>") == 1


def test_a_restriction_is_told(as_front_desk, oneil):
    page = as_front_desk.get(url_of(oneil.nora)).text
    assert page.count("Restricted") == 1


def test_no_contacts(as_front_desk, db):
    patient = people.patient("1", "Kim", "Moore", None)
    assert "No family contacts yet." in as_front_desk.get(url_of(patient)).text


def test_names_are_text_not_markup(as_front_desk, rivera, url):
    rivera.ana.given_name = rivera.mateo.given_name = "<script>alert(1)</script>"
    for each in (rivera.ana, rivera.mateo):
        each.save()
    page = as_front_desk.get(url).text
    assert ("<script>alert" in page, page.count("&lt;script&gt;alert(1)") >= 2) == (False, True)


def test_the_trail(as_front_desk, front_desk, rivera, url):
    as_front_desk.get(url)
    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.patient_id) == ("patient.viewed", front_desk, rivera.mateo.pk)
    assert event.detail == {"tab": "appointment"}


def test_it_sets_no_cookie(as_front_desk, url):
    """The page requests it when the registration window closes."""
    assert not as_front_desk.get(url).cookies


def test_roles(url):
    assert steps.allowed_roles("get", url) == steps.VIEWERS


def test_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"post", "put", "patch", "delete"}


def test_unknown(as_front_desk, unknown):
    for number in unknown:
        assert as_front_desk.get(reverse("appointments:summary", args=[number])).status_code == 404
    assert [action for action, _patient in steps.trail()] == ["access.refused"] * len(unknown)


def test_queries_do_not_grow_with_the_contacts(as_front_desk, rivera, url):
    counts = set()
    for count in (0, 10, 40):
        for number in range(count):
            people.link(people.contact(f"Aunt{count}{number}", "Rivera"), rivera.mateo)
        counts.add(steps.queries(lambda: as_front_desk.get(url)))
    assert len(counts) == 1
