"""**Help to sign in**: a link for a registered guardian, made at the desk and shown once."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from audit.trail import Actor
from patients.models import FamilyContact
from tests import people
from tests.accounts.factors import codes
from tests.portal import steps

NEW_PASSWORD = "Eight cats sleep in the sun"


@pytest.fixture
def link(rivera):
    return rivera.link(rivera.luis, rivera.sofia)


@pytest.fixture
def parent(link, front_desk):
    return steps.registered(Actor(front_desk, "192.0.2.10"), link)


@pytest.fixture
def url(link):
    return reverse("desk:help_to_sign_in", args=[link.pk])


@pytest.fixture
def desk(front_desk):
    return by_password(front_desk, people.PASSWORD)


def by_password(user, password):
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": password})
    return client


def followed(page):
    """The form to which the link on the page leads."""
    address = re.search(r'value="https://portal.sunnyside.example(/[^"]+)"', page.text)[1]
    client = Client()
    return client, client.get(address)


def test_the_link_works_once_and_signs_the_guardian_out_elsewhere(desk, parent, url, link):
    elsewhere = people.signed_in(parent)
    assert "checked who is asking" in desk.get(url).text
    page = desk.post(url, {"checked": "on"})
    assert page.headers["Cache-Control"].count("no-store")
    assert 'src="data:image/svg+xml' in page.text
    event = AuditEvent.objects.first()
    assert (event.action, event.patient_id, event.detail) == (
        "password.link_made",
        link.patient_id,
        {"account": parent.pk},
    )
    client, form = followed(page)
    assert elsewhere.get(reverse("family:children")).status_code == 200
    client.post(form.headers["Location"], {"password1": NEW_PASSWORD, "action": ""})
    assert steps.outcome(elsewhere.get(reverse("family:children"))) == "sign in"
    assert by_password(parent, NEW_PASSWORD).get(reverse("family:children")).status_code == 200
    assert "does not work any more" in followed(page)[1].text


def test_a_newer_link_voids_the_one_before(desk, parent, url):
    first, second = (desk.post(url, {"checked": "on"}) for _ in range(2))
    assert "does not work any more" in followed(first)[1].text
    assert followed(second)[1].status_code == 302
    assert by_password(parent, steps.PASSWORD).get(reverse("family:children")).status_code == 200


def test_a_lost_phone_is_removed_and_the_reason_is_recorded(desk, parent, url):
    codes.app_of(parent)
    session = people.signed_in(parent)
    assert "Remove the second step" in desk.get(url).text
    desk.post(url, {"checked": "on", "lost": "phone"})
    assert not Authenticator.objects.filter(user=parent).exists()
    assert steps.outcome(session.get(reverse("family:children"))) == "sign in"
    reset = AuditEvent.objects.get(action="second_factor.reset")
    assert (reset.detail["account"], reset.detail["why"], reset.detail["factors"]) == (parent.pk, "phone", 1)


@pytest.mark.parametrize("sent", [{}, {"checked": "on", "lost": "everything"}])
def test_no_link_without_a_check_or_with_an_unknown_reason(desk, parent, url, sent):
    codes.app_of(parent)
    page = desk.post(url, sent)
    assert "No link was made yet" in page.text
    assert not AuditEvent.objects.filter(action="password.link_made").exists()
    assert Authenticator.objects.filter(user=parent).exists()


@pytest.mark.parametrize("change", [{"level": "none", "restriction_reason": "Court order"}, {"is_active": False}])
def test_a_guardian_without_access_gets_no_link_but_a_reason(desk, parent, url, link, change):
    FamilyContact.objects.filter(pk=link.pk).update(**change)
    page = desk.post(url, {"checked": "on"})
    assert page.status_code == 409
    assert 'name="checked"' not in page.text


def test_a_guardian_who_is_not_registered_gets_no_link(desk, rivera):
    url = reverse("desk:help_to_sign_in", args=[rivera.link(rivera.ana, rivera.sofia).pk])
    assert "is not registered" in desk.get(url).text
    assert desk.post(url, {"checked": "on"}).status_code == 409


def test_roles_methods_and_missing_records(desk, parent, url, link):
    assert steps.allowed_roles("get", url) == steps.EDITORS
    assert steps.refused_methods(desk, url) == {"put", "patch", "delete"}
    assert desk.get(reverse("desk:help_to_sign_in", args=[999_999])).status_code == 404
    for name in ("desk:history", "patients:family_contacts"):
        assert (
            url
            in desk.get(reverse(name, args=[link.patient_id, link.pk][: 1 + (name == "patients:family_contacts")])).text
        )


def test_the_password_is_asked_for_again(as_front_desk, parent, url):
    assert as_front_desk.get(url).headers["Location"].startswith(reverse("account_reauthenticate"))
