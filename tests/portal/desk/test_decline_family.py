"""Decline for a whole family."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from portal.models import Pin, Registration
from tests.portal import days, steps


@pytest.fixture
def url(rivera):
    days.comes(rivera.mateo)
    return reverse("desk:decline_family", args=[rivera.ana.pk])


def test_decline_family_asks_first(as_front_desk, url):
    for headers in ({}, {"HX-Request": "true"}):
        page = as_front_desk.get(url, headers=headers).text
        assert "Decline: Ana Rivera" in page
        assert "Sofia Rivera" in page
        assert "Carmen" not in page
        assert ("<html" in page) is not headers


def test_decline_family_notes_it_and_says_so(as_front_desk, by, url, mateo):
    steps.issued(by, mateo)
    page = as_front_desk.post(url, {"reason": "No phone"}, follow=True)
    assert page.redirect_chain == [(reverse("desk:worklist"), 302)]
    assert "declined for Mateo Rivera, Sofia Rivera, Baby Boy Rivera" in page.text
    assert set(Registration.objects.values_list("status", "reason")) == {("declined", "No phone")}
    assert Pin.objects.get().state == "revoked"
    assert not page.context["worklist"].families


def test_decline_family_in_the_dialog_closes_it(as_front_desk, url):
    answer = as_front_desk.post(url, {"reason": "No phone"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (204, "dialog:close")


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_decline_family_needs_a_reason(as_front_desk, url, reason):
    page = as_front_desk.post(url, {"reason": reason})
    assert "invalid-feedback" in page.text
    assert not Registration.objects.exists()


def test_decline_family_leads_back_to_its_day(as_front_desk, url):
    answer = as_front_desk.post(f"{url}?day=2027-01-05", {"reason": "No phone"})
    assert answer.headers["Location"] == reverse("desk:worklist") + "?day=2027-01-05"


def test_decline_family_ignores_more_fields(as_front_desk, url, stranger):
    sent = {"reason": "No phone", "status": "registered", "contact_id": stranger.contact_id, "child": stranger.pk}
    as_front_desk.post(url, sent)
    assert not Registration.objects.filter(family_contact__contact=stranger.contact).exists()


def test_decline_family_where_nobody_is_left_says_so(as_front_desk, rivera):
    url = reverse("desk:decline_family", args=[rivera.elena.pk])
    page = as_front_desk.post(url, {"reason": "No"}, follow=True)
    assert "Nothing changed" in page.text
    assert not Registration.objects.exists()


def test_decline_family_roles(url):
    assert steps.allowed_roles("get", url) == steps.EDITORS


def test_decline_family_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"put", "patch", "delete"}


def test_decline_family_post_roles(url):
    for role in sorted(steps.EVERYBODY - steps.EDITORS):
        steps.client_of(role).post(url, {"reason": "No phone"})
    assert not Registration.objects.exists()


def test_decline_family_of_nobody(as_front_desk, unknown):
    for number in unknown:
        assert as_front_desk.post(reverse("desk:decline_family", args=[number])).status_code == 404


def test_decline_family_by_get_changes_nothing(as_front_desk, url):
    before = steps.everything_but(AuditEvent)
    as_front_desk.get(url)
    assert steps.everything_but(AuditEvent) == before
