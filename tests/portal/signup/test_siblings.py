"""The other children of the sheet."""

from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.models import Pin
from portal.signup import proof
from portal.signup.proof import LASTS
from tests.portal import steps

URL = reverse("signup:register_siblings")
ACCOUNT = reverse("signup:register_account")
START_AGAIN = "Please start with your PIN."


@pytest.fixture
def sofias(sheet, sofia):
    return Pin.objects.get(registration__family_contact=sofia)


def birth_date(pin, born):
    prefix = f"child-{pin.pk}-birth_date"
    return {f"{prefix}_month": born.month, f"{prefix}_day": born.day, f"{prefix}_year": born.year}


def proven(client):
    return client.session.get("proven_pins", [])


def test_siblings_asks_for_the_other_child_by_birth_date(parent):
    page = parent.get(URL).text
    assert "<h2>Sofia</h2>" in page
    assert "Mateo: that is right." in page
    assert "Baby" not in page


def test_siblings_proven_lead_to_the_account(parent, sofias, rivera):
    answer = parent.post(URL, birth_date(sofias, rivera.sofia.birth_date))
    assert answer.headers["Location"] == ACCOUNT
    assert proven(parent)[-1] == sofias.pk
    assert len(proven(parent)) == 2


@pytest.mark.parametrize("empty", [{}, {"csrfmiddlewaretoken": "x"}])
def test_siblings_left_empty_are_left_for_another_day(parent, sofias, empty):
    assert parent.post(URL, empty).headers["Location"] == ACCOUNT
    assert sofias.pk not in proven(parent)


def test_siblings_wrong_birth_date_is_said_at_the_child_and_counted(parent, sofias):
    page = parent.post(URL, birth_date(sofias, date(2019, 1, 1)))
    assert page.status_code == 200
    assert "This birth date does not match." in page.text
    assert 'value="2019"' in page.text
    sofias.refresh_from_db()
    assert sofias.wrong_birth_dates == 1


def test_siblings_five_wrong_birth_dates_lock_the_pin(parent, sofias, rivera):
    for _ in range(5):
        parent.post(URL, birth_date(sofias, date(2019, 1, 1)))
    assert parent.post(URL, birth_date(sofias, rivera.sofia.birth_date)).headers["Location"] == ACCOUNT
    sofias.refresh_from_db()
    assert sofias.state == "locked"
    assert sofias.pk not in proven(parent)


@pytest.mark.parametrize("part", ["month", "day", "year"])
def test_siblings_incomplete_birth_date_is_asked_for_again(parent, sofias, rivera, part):
    sent = birth_date(sofias, rivera.sofia.birth_date)
    page = parent.post(URL, {**sent, f"child-{sofias.pk}-birth_date_{part}": ""})
    assert page.status_code == 200
    assert "Type month, day and year." in page.text
    assert sofias.pk not in proven(parent)


def test_siblings_without_a_proof_starts_with_the_pin(client, sheet):
    for page in (client.get(URL), client.post(URL)):
        assert START_AGAIN in page.text
        assert "Sofia" not in page.text


def test_siblings_an_hour_after_the_proof_starts_with_the_pin(parent):
    with time_machine.travel(timezone.now() + LASTS):
        assert START_AGAIN in parent.get(URL).text


def test_siblings_open_for_everybody(db):
    assert steps.allowed_roles("get", URL) == steps.EVERYBODY


def test_siblings_other_methods(parent):
    assert steps.refused_methods(parent, URL) == {"put", "patch", "delete"}


def test_siblings_of_another_family_or_parent_are_not_asked_about(parent, by, stranger, rivera):
    luis = rivera.link(rivera.luis, rivera.sofia)
    steps.printed(by, stranger)
    steps.printed(by, luis)
    for link in (stranger, luis):
        pin = Pin.objects.get(registration__family_contact=link)
        parent.post(URL, birth_date(pin, link.patient.birth_date))
        assert pin.pk not in proven(parent)
    assert "Nora" not in parent.get(URL).text


def test_siblings_queries_do_not_grow_with_the_children(by, rivera):
    person = rivera.luis
    small = steps.children_of(person, 2)
    large = steps.children_of(person, 6)
    counts = []
    for links in (small, large):
        steps.printed(by, *links)
        pin = Pin.objects.filter(registration__family_contact=links[0]).get()
        client = Client()
        session = client.session
        births = {str(pin.pk): proof.digest(pin)}
        session.update({"proven_pins": [pin.pk], "proven_births": births, "proven_since": timezone.now().timestamp()})
        session.save()
        client.cookies["sessionid"] = session.session_key
        assert client.get(URL).text.count("child-question") == len(links) - 1
        counts.append(steps.queries(lambda client=client: client.get(URL)))
    assert counts[0] == counts[1]


def test_a_page_forgets_a_proof_whose_birth_date_has_changed(client, by, rivera):
    number = steps.issued(by, rivera.link(rivera.luis, rivera.mateo))["Mateo"]
    steps.prove(client, number, rivera.mateo)
    page = reverse("signup:register_you")
    assert "Please start with your PIN" not in client.get(page).text
    rivera.mateo.birth_date = date(2019, 1, 1)
    rivera.mateo.save()
    assert "Please start with your PIN" in client.get(page).text
