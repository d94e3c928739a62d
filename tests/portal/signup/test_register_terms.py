"""The practice's terms while registering, in the account, to read, and after a new version."""

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from portal.models import Account
from practice import terms
from practice.models import TermsAcceptance
from tests import people
from tests.portal import steps

URL = reverse("signup:register_terms")
ACCOUNT, CHILDREN = reverse("signup:register_account"), reverse("family:children")
ACCEPT, READ = reverse("family:accept_terms"), reverse("family:terms")
SIGN_IN = {"email": "ana@mail.example", "password": steps.PASSWORD}


@pytest.fixture
def published(by):
    return terms.publish(texts={"en": "Be kind.\n\nBe on time.", "es": "Sea amable."}, by=by)


def test_terms_come_before_the_password_and_are_accepted_with_the_account(published, parent):
    assert parent.get(ACCOUNT).headers["Location"] == URL
    page = parent.get(URL).text
    assert "<p>Be kind.</p>" in page
    assert "Step 4 of 5" in page
    assert parent.post(URL, {"version": "1"}).headers["Location"] == ACCOUNT
    assert not TermsAcceptance.objects.exists()
    assert parent.post(ACCOUNT, SIGN_IN).headers["Location"] == CHILDREN
    accepted = TermsAcceptance.objects.get()
    assert (accepted.user, accepted.terms, accepted.language) == (Account.objects.get().user, published, "en")
    assert AuditEvent.objects.filter(action="terms.accepted", user=accepted.user).count() == 1


def test_terms_are_not_accepted_by_posting_something_else(published, parent):
    for sent in ({}, {"version": "0"}, {"version": "2"}):
        assert parent.post(URL, sent).status_code == 200
    assert parent.post(ACCOUNT, SIGN_IN).headers["Location"] == URL
    assert not Account.objects.exists()


def test_terms_published_meanwhile_are_shown_and_nothing_is_spent(published, parent, by):
    parent.post(URL, {"version": "1"})
    terms.publish(texts={"en": "Be kind and on time."}, by=by)
    assert parent.post(ACCOUNT, SIGN_IN).headers["Location"] == URL
    assert "This is the newest version." in parent.get(URL).text
    assert not Account.objects.exists()
    parent.post(URL, {"version": "2"})
    assert parent.post(ACCOUNT, SIGN_IN).headers["Location"] == CHILDREN


def test_without_terms_nothing_is_asked(parent):
    assert parent.get(URL).headers["Location"] == ACCOUNT
    assert "Step 4 of 4" in parent.get(ACCOUNT).text


def test_terms_in_spanish(published):
    assert "Sea amable." in Client(headers={"accept-language": "es"}).get(READ).text


def test_anybody_can_read_the_terms(published):
    assert "Version 1" in Client().get(READ).text
    assert steps.allowed_roles("get", READ) == steps.EVERYBODY


def test_a_practice_without_terms_says_so(client, db):
    assert "has no terms" in client.get(READ).text


def test_read_other_methods(client, db):
    assert steps.refused_methods(client, READ) == {"post", "put", "patch", "delete"}


@pytest.fixture
def family(by, mateo):
    return people.signed_in(steps.registered(by, mateo))


def test_a_family_meets_newer_terms_before_any_page_of_theirs(family, by):
    assert family.get(CHILDREN).status_code == 200
    assert family.get(ACCEPT).headers["Location"] == "/"
    terms.publish(texts={"en": "Be kind."}, by=by)
    before = AuditEvent.objects.count()
    assert family.get(CHILDREN).headers["Location"] == ACCEPT
    assert "The practice has changed its terms." in family.get(ACCEPT).text
    assert family.post(ACCEPT, {"version": "7"}).status_code == 200
    assert AuditEvent.objects.count() == before
    assert family.post(ACCEPT, {"version": "1"}).headers["Location"] == "/"
    assert AuditEvent.objects.latest("pk").action == "terms.accepted"
    assert family.get(CHILDREN).status_code == 200


def test_accept_is_for_families(db):
    assert steps.allowed_roles("get", ACCEPT) == {"family"}


def test_accept_other_methods(family):
    assert steps.refused_methods(family, ACCEPT) == {"put", "patch", "delete"}


def test_terms_open_for_everybody(db):
    assert steps.allowed_roles("get", URL) == steps.EVERYBODY


def test_terms_other_methods(parent):
    assert steps.refused_methods(parent, URL) == {"put", "patch", "delete"}
