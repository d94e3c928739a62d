"""Another PIN of the same guardian, and several at once."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from portal.models import Pin, RedemptionFailure
from tests.portal import steps

pytestmark = pytest.mark.postgres

URL, START = reverse("signup:register_another"), reverse("signup:register")


def names(client):
    chosen = Pin.objects.filter(pk__in=client.session.get("proven_pins", []))
    return sorted(pin.registration.family_contact.patient.given_name for pin in chosen)


def test_another_pin_of_the_same_guardian_is_added(parent, by, rivera):
    (link,) = steps.children_of(rivera.ana, 1)
    number = steps.issued(by, link)["Kim"]
    assert "What you have so far stays." in parent.get(URL).text
    assert parent.post(URL, steps.typed(number, link.patient.birth_date)).status_code == 302
    assert names(parent) == ["Kim", "Mateo"]
    assert "ana@mail.example" in parent.get(reverse("signup:register_account")).text


@pytest.mark.parametrize("kind", ["wrong", "mistyped", "another guardian's"])
def test_another_that_does_not_work_loses_nothing(parent, by, sheet, stranger, kind):
    theirs = steps.issued(by, stranger)["Nora"]
    typed, words = {
        "wrong": (steps.typed(sheet["Sofia"], date(2019, 1, 1)), "We cannot find a PIN"),
        "mistyped": (steps.typed("1234", date(2019, 1, 1)), "There is a typing mistake"),
        "another guardian's": (steps.typed(theirs, stranger.patient.birth_date), "This PIN was made for another"),
    }[kind]
    page = parent.post(URL, typed)
    assert (page.status_code, words in page.text) == (200, True)
    assert names(parent) == ["Mateo"]


def test_another_without_a_proof_starts_with_the_pin(db):
    assert "Please start with your PIN." in Client().get(URL).text


def test_another_open_for_everybody(db):
    assert steps.allowed_roles("get", URL) == steps.EVERYBODY


def test_another_other_methods(parent):
    assert steps.refused_methods(parent, URL) == {"put", "patch", "delete"}


# --- All PINs of a scanned sheet -----------------------------------------------------------------


def scanned(client, first, *more, born):
    return client.post(START, steps.typed(first, born, more=",".join(more)))


def wrong_birth_dates():
    return dict(Pin.objects.values_list("registration__family_contact__patient__given_name", "wrong_birth_dates"))


def test_scanned_pins_take_the_birth_date_of_any_child(client, sheet, rivera):
    answer = scanned(client, sheet["Mateo"], sheet["Sofia"], born=rivera.sofia.birth_date)
    assert answer.headers["Location"] == reverse("signup:register_siblings")
    assert names(client) == ["Sofia"]
    assert wrong_birth_dates() == {"Mateo": 0, "Sofia": 0}
    assert not RedemptionFailure.objects.exists()
    assert AuditEvent.objects.filter(action__startswith="pin.proven").count() == 1
    assert not AuditEvent.objects.filter(action="pin.refused").exists()


def test_a_pasted_address_is_the_whole_sheet(client, sheet, rivera):
    address = f"http://portal.example/register/#{sheet['Mateo']},{sheet['Sofia']}"
    assert client.post(START, steps.typed(address, rivera.sofia.birth_date)).status_code == 302
    assert names(client) == ["Sofia"]


def test_a_birth_date_of_none_of_them_counts_against_each(client, sheet):
    page = scanned(client, sheet["Mateo"], sheet["Sofia"], born=date(2001, 1, 1))
    assert "Type the birth date of one of the children on the sheet." in page.text
    assert wrong_birth_dates() == {"Mateo": 1, "Sofia": 1}
    assert RedemptionFailure.objects.count() == 2
    for _ in range(4):
        scanned(client, sheet["Mateo"], sheet["Sofia"], born=date(2001, 1, 1))
    assert set(Pin.objects.values_list("state", flat=True)) == {"locked"}


def test_a_right_pair_is_no_cover_for_guessing_at_others(client, sheet, by, stranger, rivera):
    """Otherwise somebody with one sheet could try any number of other PINs without being counted."""
    theirs = steps.issued(by, stranger)["Nora"]
    answer = scanned(client, sheet["Mateo"], theirs, steps.UNKNOWN, born=rivera.mateo.birth_date)
    assert answer.status_code == 302
    assert names(client) == ["Mateo"]
    assert wrong_birth_dates() == {"Mateo": 0, "Sofia": 0, "Nora": 1}
    assert RedemptionFailure.objects.count() == 2
    verdicts = AuditEvent.objects.filter(action="pin.refused").values_list("detail__verdict", flat=True)
    assert sorted(verdicts) == ["unknown", "wrong_birth_date"]


def test_a_right_pair_of_another_family_beside_it_proves_only_the_first(client, sheet, by, stranger, rivera):
    stranger.patient.birth_date = rivera.mateo.birth_date
    stranger.patient.save()
    theirs = steps.issued(by, stranger)["Nora"]
    scanned(client, sheet["Mateo"], theirs, born=rivera.mateo.birth_date)
    assert names(client) == ["Mateo"]
    assert AuditEvent.objects.get(action="pin.refused").detail["verdict"] == "other_guardian"


def test_too_many_at_once_charge_none(client, sheet, rivera):
    for number in steps.guesses(19):
        steps.prove(client, number, rivera.mateo)
    before = RedemptionFailure.objects.count()
    assert scanned(client, sheet["Mateo"], sheet["Sofia"], born=rivera.mateo.birth_date).status_code == 429
    assert RedemptionFailure.objects.count() == before
    assert steps.prove(client, sheet["Mateo"], rivera.mateo).status_code == 302


def test_who_comes_back_is_led_on(parent):
    page = parent.get(START).text
    assert "Welcome back" in page
    assert f'href="{reverse("signup:register_account")}"' in page
