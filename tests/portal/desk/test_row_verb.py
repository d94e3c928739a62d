"""What can be done to one row of the window: Issue New PIN, Revoke, Decline, Remove Access."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from portal.models import Pin, Registration
from portal.pins.numbers import grouped
from tests import people
from tests.portal import steps

VERBS = {"reissue": "Issue New PIN", "revoke": "Revoke", "decline": "Decline", "remove": "Remove Access"}
every_verb = pytest.mark.parametrize("verb", VERBS)


def address(verb, row, *, opened_from=None):
    return reverse("desk:row_verb", args=[(opened_from or row).pk, row.pk, verb])


def states():
    """Registration and its PINs, newest first."""
    registration = Registration.objects.get()
    return registration.status, list(registration.pins.order_by("-pk").values_list("state", flat=True))


@every_verb
def test_row_verb_asks_before_anything_is_done(as_front_desk, verb, mateo, by):
    steps.issued(by, mateo)
    before, trail = steps.everything_but(AuditEvent), steps.trail()
    page = as_front_desk.get(address(verb, mateo))
    assert f"{VERBS[verb]}: Mateo Rivera" in page.text
    assert steps.everything_but(AuditEvent) == before
    assert steps.trail() == [*trail, ("registration.viewed", mateo.patient_id)]


@every_verb
def test_row_verb_roles(verb, mateo):
    assert steps.allowed_roles("get", address(verb, mateo)) == steps.EDITORS


def test_row_verb_post_roles(mateo):
    assert steps.allowed_roles("post", address("reissue", mateo)) == steps.EDITORS


@every_verb
def test_row_verb_other_methods(as_front_desk, verb, mateo):
    assert steps.refused_methods(as_front_desk, address(verb, mateo)) == {"put", "patch", "delete"}


@every_verb
def test_row_verb_of_another_contact_is_not_found(as_front_desk, verb, mateo, by, stranger, rivera):
    steps.issued(by, stranger)
    before, trail = steps.everything_but(AuditEvent), steps.trail()
    for row in [stranger, rivera.link(rivera.luis, rivera.mateo)]:
        url = address(verb, row, opened_from=mateo)
        assert as_front_desk.get(url).status_code == 404
        assert as_front_desk.post(url, {"reason": "why"}).status_code == 404
    assert steps.everything_but(AuditEvent) == before
    assert steps.trail() == [*trail, *[("access.refused", None)] * 4]


@every_verb
def test_row_verb_of_nobody(as_front_desk, verb, mateo, unknown):
    for number in unknown:
        for numbers in ([number, mateo.pk], [mateo.pk, number]):
            url = reverse("desk:row_verb", args=[*numbers, verb])
            assert as_front_desk.post(url, {"reason": "why"}).status_code == 404


def test_unknown_verb_is_not_found(as_front_desk, mateo):
    url = address("revoke", mateo).replace("revoke", "redeem")
    assert as_front_desk.post(url, {"reason": "why"}).status_code == 404


def test_issue_new_pin_supersedes_and_shows_the_new_one(as_front_desk, mateo, by):
    old = steps.issued(by, mateo)["Mateo"]
    page = as_front_desk.post(address("reissue", mateo)).text
    new = steps.issued(by, mateo)["Mateo"]
    assert "New PIN issued." in page
    assert grouped(new) in page
    assert grouped(old) not in page
    assert states() == ("pending", ["active", "superseded"])


def test_issue_new_pin_names_the_sheet_it_voids(as_front_desk, mateo, sheet, front_desk):
    page = as_front_desk.get(address("reissue", mateo)).text
    assert "the sheet printed for Ana Rivera" in page
    assert f"by {front_desk.email}" in page


def test_issue_new_pin_for_a_blocked_child_says_why(as_front_desk, baby):
    page = as_front_desk.post(address("reissue", baby)).text
    assert "New PIN issued." not in page
    assert not Pin.objects.exists()


def test_revoke_ends_the_pin_and_keeps_the_reason(as_front_desk, mateo, by):
    steps.issued(by, mateo)
    page = as_front_desk.post(address("revoke", mateo), {"reason": "Sheet lost"}).text
    assert "Mateo Rivera: PIN revoked." in page
    assert "Reason: Sheet lost" in page
    assert states() == ("removed", ["revoked"])
    assert steps.trail()[-1] == ("pin.revoked", mateo.patient_id)


def test_decline_is_noted_with_the_reason(as_front_desk, mateo):
    page = as_front_desk.post(address("decline", mateo), {"reason": "No e-mail"}).text
    assert "Mateo Rivera: Recorded as declined." in page
    assert states() == ("declined", [])
    assert steps.trail() == [("registration.declined", mateo.patient_id)]


def test_remove_access_ends_it_with_the_next_request(as_front_desk, mateo, by):
    parent = people.signed_in(steps.registered(by, mateo))
    page = as_front_desk.post(address("remove", mateo), {"reason": "Custody changed"}).text
    assert "Mateo Rivera: Access removed." in page
    assert states() == ("removed", ["redeemed"])
    assert "Mateo" not in parent.get(reverse("family:children")).text


@pytest.mark.parametrize("verb", ["revoke", "decline", "remove"])
@pytest.mark.parametrize("sent", [{}, {"reason": ""}, {"reason": "  "}, {"reason": "x" * 201}, {"reason": "\0"}])
def test_row_verb_without_a_proper_reason_asks_again(as_front_desk, verb, mateo, by, sent):
    steps.issued(by, mateo)
    page = as_front_desk.post(address(verb, mateo), {"csrfmiddlewaretoken": "x", **sent})
    assert page.status_code == 200
    assert "invalid-feedback" in page.text
    assert states() == ("pending", ["active"])


@pytest.mark.parametrize("verb", ["revoke", "remove"])
def test_row_verb_too_late_says_so(as_front_desk, verb, mateo):
    page = as_front_desk.post(address(verb, mateo), {"reason": "why"}).text
    assert "A colleague changed this" in page


def test_row_verb_ignores_extra_fields(as_front_desk, mateo, by):
    steps.issued(by, mateo)
    as_front_desk.post(address("decline", mateo), {"reason": "why", "status": "registered", "patient": "1"})
    assert states() == ("declined", ["revoked"])
