"""The Portal tab of a chart."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from tests.portal import steps


@pytest.fixture
def url(mateo):
    return reverse("desk:history", args=[mateo.patient_id])


def test_history_shows_how_each_pin_ended(as_front_desk, url, mateo, by, front_desk):
    steps.issued(by, mateo)
    as_front_desk.post(reverse("desk:row_verb", args=[mateo.pk, mateo.pk, "reissue"]))
    as_front_desk.post(reverse("desk:row_verb", args=[mateo.pk, mateo.pk, "revoke"]), {"reason": "Sheet lost"})
    page = as_front_desk.get(url)
    assert page.status_code == 200
    for words in ["Ana Rivera", "Superseded", "Revoked", f"by {front_desk.email}: Sheet lost", "Not printed"]:
        assert words in page.text


def test_history_without_registrations_offers_the_contacts(as_front_desk, url, window_url):
    page = as_front_desk.get(url).text
    assert "No PINs for Mateo Rivera yet." in page
    assert f'href="{window_url}"' in page


def test_history_shows_no_pin(as_front_desk, url, sheet):
    assert sheet["Mateo"][:4] not in as_front_desk.get(url).text


def test_history_roles(url):
    assert steps.allowed_roles("get", url) == steps.VIEWERS


def test_history_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"post", "put", "patch", "delete"}


def test_history_of_nobody(as_front_desk, unknown):
    for number in unknown:
        assert as_front_desk.get(reverse("desk:history", args=[number])).status_code == 404
    assert [action for action, _patient in steps.trail()] == ["access.refused"] * len(unknown)


def test_history_leaves_one_line(as_front_desk, url, mateo):
    as_front_desk.get(url)
    event = AuditEvent.objects.get()
    assert (event.action, event.patient_id, event.detail) == ("patient.viewed", mateo.patient_id, {"tab": "portal"})


def test_history_shows_no_other_family_and_no_sibling(as_front_desk, by, url, stranger, sofia):
    steps.issued(by, stranger)
    steps.issued(by, sofia)
    page = as_front_desk.get(url)
    assert list(page.context["registrations"]) == []
    assert "Nora" not in page.text


def test_history_queries_do_not_grow_with_pins_and_contacts(as_front_desk, by, url, mateo, rivera):
    steps.issued(by, mateo)
    with_one = steps.queries(lambda: as_front_desk.get(url))
    for _ in range(5):
        as_front_desk.post(reverse("desk:row_verb", args=[mateo.pk, mateo.pk, "reissue"]))
    steps.issued(by, rivera.link(rivera.luis, rivera.mateo))
    assert as_front_desk.get(url).text.count("Superseded") == 5
    assert steps.queries(lambda: as_front_desk.get(url)) == with_one
