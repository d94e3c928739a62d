"""PIN_KEYS without the key of some PINs: only these PINs are void, and the front desk sees that."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from audit.trail import Actor
from portal import registration
from portal.desk import window
from portal.models import Pin
from portal.pins import sealing
from tests.portal import steps

pytestmark = pytest.mark.postgres

OTHER_KEY = "_____v79_Pv6-fj39vX08_Lx8O_u7ezr6uno5-bl5OM="
THIRD_KEY = "AAMGCQwPEhUYGx4hJCcqLTAzNjk8P0JFSEtOUVRXWl0="
GONE = "This PIN no longer works and cannot be shown, because its key is gone. Issue a new one."


@pytest.fixture
def by(front_desk):
    return Actor(front_desk, "192.0.2.1")


@pytest.fixture
def ana(rivera):
    """Ana's links to Mateo, who has a live PIN, and Sofia, who has none."""
    return rivera.link(rivera.ana, rivera.mateo), rivera.link(rivera.ana, rivera.sofia)


@pytest.fixture
def number(by, ana):
    return steps.printed(by, ana[0])["Mateo"]


@pytest.fixture
def lost(number, settings):
    """Mateo's PIN, after the key has gone."""
    settings.PIN_KEYS = [OTHER_KEY]
    return number


def window_of(client, link):
    return client.get(reverse("desk:window", args=[link.pk])).text


def post(client, verb, link, **data):
    return client.post(reverse(f"desk:{verb}", args=[link.pk]), data)


def test_window_says_so_in_the_row_and_offers_a_new_pin(as_front_desk, ana, lost):
    page = window_of(as_front_desk, ana[0])
    assert page.count(GONE) == 1
    assert "Issue New PIN" in page
    assert "Show the PIN of Mateo Rivera" not in page
    assert 'aria-label="Register Mateo Rivera"' not in page
    assert 'aria-label="Register Sofia Rivera"' in page


def test_register_goes_on_with_the_other_children(as_front_desk, ana, lost):
    page = post(as_front_desk, "issue", ana[0], child=[link.pk for link in ana])
    assert "1 PIN issued." in page.text
    assert GONE in page.text
    assert Pin.objects.count() == 2
    refused = AuditEvent.objects.get(action="pin.refused")
    assert (refused.patient_id, refused.detail["code"]) == (ana[0].patient_id, "key_gone")


def test_print_goes_on_with_the_other_children(as_front_desk, ana, lost):
    post(as_front_desk, "issue", ana[0], child=[ana[1].pk])
    text = steps.pdf_text(post(as_front_desk, "print", ana[0], child=[ana[1].pk]).content)
    assert ["Sofia" in text, "Mateo" in text] == [True, False]


@pytest.mark.parametrize("verb", ["show", "print"])
def test_what_is_posted_all_the_same_is_answered_in_words(as_front_desk, ana, lost, verb):
    page = post(as_front_desk, verb, ana[0], child=[ana[0].pk], only=[ana[0].pk])
    assert page.status_code == 200
    assert "can no longer be read because its key is missing. Press Issue New PIN in that child’s row." in page.text


def test_issue_new_pin_works(as_front_desk, ana, lost):
    page = as_front_desk.post(reverse("desk:row_verb", args=[ana[0].pk, ana[0].pk, "reissue"]))
    assert "New PIN issued." in page.text
    assert GONE not in page.text
    assert sealing.count_unreadable() == 0
    assert sorted(Pin.objects.values_list("state", flat=True)) == ["active", "superseded"]


def test_parent_gets_the_answer_of_any_unknown_pin(rivera, lost):
    answers = [steps.prove(Client(), number, rivera.mateo) for number in (lost, steps.UNKNOWN)]
    assert answers[0].status_code == answers[1].status_code
    text = "We cannot find a PIN that works with this birth date."
    assert [text in answer.text for answer in answers] == [True, True]
    assert (
        list(AuditEvent.objects.filter(action="pin.refused").values_list("detail__verdict", flat=True))
        == ["unknown"] * 2
    )


def test_whoever_is_registered_keeps_everything(by, rivera, ana, settings):
    user = steps.registered(by, *ana)
    settings.PIN_KEYS = [OTHER_KEY]
    client = Client()
    client.force_login(user)
    page = client.get(reverse("family:children")).text
    assert ["Mateo" in page, "Sofia" in page] == [True, True]
    assert sealing.count_unreadable() == 0


def test_patient_administration_says_how_many(as_front_desk, lost):
    page = as_front_desk.get(reverse("office:administration")).text
    assert "1 issued PIN can no longer be read" in " ".join(page.split())


def test_patient_administration_says_nothing_while_all_is_well(as_front_desk, number):
    assert "can no longer be read" not in as_front_desk.get(reverse("office:administration")).text


def test_check_warns(lost, capsys):
    call_command("check", databases=["default"])
    assert "1 live PINs cannot be read with any of PIN_KEYS" in capsys.readouterr().err


def test_the_old_key_put_back_as_the_last_makes_all_good_again(as_front_desk, rivera, ana, lost, settings):
    settings.PIN_KEYS = [OTHER_KEY, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]
    assert GONE not in window_of(as_front_desk, ana[0])
    assert registration.prove(pin=lost, birth_date=rivera.mateo.birth_date, by=steps.PARENT).is_live


def test_rotation_voids_nothing_and_the_old_key_can_go(by, rivera, ana, number, settings, capsys):
    """R7, with the command: new key in front, rotate, old key out; the sheet at home still works."""
    old = settings.PIN_KEYS
    settings.PIN_KEYS = [OTHER_KEY, *old]
    call_command("rotate_pin_keys")
    assert capsys.readouterr().out == "1 live PINs moved to the newest key.\n"
    settings.PIN_KEYS = [OTHER_KEY]
    assert window.rows_of(ana[0].contact.family_contacts.filter(pk=ana[0].pk))[0].has_live_pin
    assert registration.show(contact=ana[0].contact, family_contact_ids=[ana[0].pk], by=by) == {ana[0].pk: number}
    assert registration.prove(pin=number, birth_date=rivera.mateo.birth_date, by=steps.PARENT).is_live


def test_rotation_says_what_it_cannot_read_and_leaves_it(lost, settings):
    settings.PIN_KEYS = [THIRD_KEY, OTHER_KEY]
    before = Pin.objects.values_list().get()
    with pytest.raises(CommandError, match="1 live PINs cannot be read with any of PIN_KEYS"):
        call_command("rotate_pin_keys")
    assert Pin.objects.values_list().get() == before


def test_ended_pins_are_told_with_the_reason(as_front_desk, by, ana, number):
    registration.void_all(reason="A backup was restored", by=by)
    page = window_of(as_front_desk, ana[0])
    assert "The PIN was revoked: A backup was restored. Issue a new one." in page
    assert 'aria-label="Register Mateo Rivera"' in page
