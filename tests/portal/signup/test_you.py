"""Who you are: confirming the guardian's name."""

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from portal.models import Pin
from practice.models import Practice
from tests.portal import steps

URL = reverse("signup:register_you")


def test_you_asks_for_the_guardian_on_the_sheet(proven):
    page = proven.get(URL).text
    assert "Are you Ana Rivera?" in page
    assert "Step 2 of 4" in page
    assert "Mateo" in page
    assert "Sofia" not in page


def test_yes_leads_to_the_email(proven):
    assert steps.confirm(proven).headers["Location"] == reverse("signup:register_email")


def test_no_uses_nothing_up_is_recorded_and_leads_to_the_phone(proven, rivera):
    Practice.objects.create(pk=1, phone="(614) 555-0100")
    before = AuditEvent.objects.count()
    page = proven.post(URL, {"is_guardian": "no"})
    assert "Nothing was used up" in page.text
    assert 'href="tel:6145550100"' in page.text
    assert AuditEvent.objects.count() == before + 1
    line = AuditEvent.objects.latest("pk")
    assert (line.action, line.patient_id) == ("registration.not_the_guardian", rivera.mateo.pk)
    assert "proven_pins" not in proven.session
    assert Pin.objects.filter(state="active").count() == 2
    assert "Ana" not in proven.get(URL).text


@pytest.mark.parametrize("page", ["email", "terms", "account"])
def test_nothing_goes_on_before_the_name_is_confirmed(proven, page):
    address = reverse(f"signup:register_{page}")
    for answer in (proven.get(address), proven.post(address, {"email": "a@mail.example", "password": steps.PASSWORD})):
        assert answer.headers["Location"] == URL


def test_you_without_a_proof_starts_with_the_pin(db):
    client = Client()
    for page in (client.get(URL), client.post(URL, {"is_guardian": "yes"})):
        assert "Please start with your PIN." in page.text


def test_you_open_for_everybody(db):
    assert steps.allowed_roles("get", URL) == steps.EVERYBODY


def test_you_other_methods(proven):
    assert steps.refused_methods(proven, URL) == {"put", "patch", "delete"}


def test_you_queries_do_not_grow_with_the_children(proven, sheet, rivera):
    with_one = steps.queries(lambda: proven.get(URL))
    steps.prove(proven, sheet["Sofia"], rivera.sofia)
    assert steps.queries(lambda: proven.get(URL)) == with_one
