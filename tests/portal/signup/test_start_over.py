"""Start over: for the next person who uses this phone."""

from django.urls import reverse

from portal.models import Pin
from tests.portal import steps

URL = reverse("signup:register_start_over")


def test_start_over_forgets_the_proof_and_spends_nothing(client, sheet, rivera):
    steps.prove(client, sheet["Mateo"], rivera.mateo)
    assert client.post(URL).headers["Location"] == reverse("signup:register")
    assert "proven_pins" not in client.session
    assert "Ana" not in client.get(reverse("signup:register_account")).text
    assert Pin.objects.filter(state="active").count() == 2


def test_start_over_with_nothing_proven_leads_to_the_start(client, db):
    assert client.post(URL).headers["Location"] == reverse("signup:register")


def test_start_over_open_for_everybody(db):
    assert steps.allowed_roles("post", URL) == steps.EVERYBODY


def test_start_over_other_methods(client, db):
    assert steps.refused_methods(client, URL) == {"get", "head", "put", "patch", "delete"}
