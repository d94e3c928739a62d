"""Issue, show, print and the ways out of a registration (R2 to R10)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import AuditEvent
from audit.trail import Actor
from patients.models import FamilyContact
from portal import registration
from portal.models import Pin, PinSheet, Registration
from portal.pins import sealing
from portal.refusals import NothingToPrint
from portal.sheets import sheet
from practice.models import Practice

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.postgres]


@pytest.fixture
def by(front_desk):
    return Actor(front_desk, "192.0.2.1")


@pytest.fixture
def ana_and(rivera):
    """Ana's links to Mateo and Sofia."""
    return rivera.link(rivera.ana, rivera.mateo), rivera.link(rivera.ana, rivera.sofia)


def issue(by, *links):
    return registration.issue(contact=links[0].contact, family_contact_ids=[each.pk for each in links], by=by)


def actions():
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_issue_gives_each_child_a_pin_and_makes_it_pending(by, ana_and):
    issued = issue(by, *ana_and)
    assert set(issued.pins) == set(issued.new) == {each.pk for each in ana_and}
    assert len(set(issued.pins.values())) == 2
    assert set(Registration.objects.values_list("status", flat=True)) == {"pending"}
    assert actions() == ["pin.issued", "pin.issued"]


def test_issue_twice_issues_nothing_twice(by, ana_and):
    first, again = issue(by, *ana_and), issue(by, *ana_and)
    assert again.pins == first.pins
    assert again.new == []
    assert Pin.objects.count() == 2
    assert actions() == ["pin.issued"] * 2 + ["pin.shown"] * 2


def test_a_second_active_pin_is_refused_by_the_database(by, ana_and):
    issue(by, ana_and[0])
    pin = Pin.objects.get()
    pin.pk, pin.digest = None, "0" * 64
    with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction.atomic():
        pin.save(force_insert=True)


def test_a_pin_without_seal_cannot_be_active_nor_a_spent_one_keep_it(by, ana_and):
    issue(by, ana_and[0])
    for change in ({"sealed": ""}, {"state": "redeemed", "ended_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Pin.objects.update(**change)


def test_issue_refuses_what_blocks_and_says_why(by, rivera):
    links = list(FamilyContact.objects.filter(contact=rivera.ana))
    issued = issue(by, *links)
    reasons = {FamilyContact.objects.get(pk=pk).patient.given_name: reason for pk, reason in issued.refused.items()}
    assert set(reasons) == {"Baby Boy", "Carmen"}
    assert "Baby Boy" in reasons["Baby Boy"]
    assert "19" in reasons["Carmen"]
    assert actions().count("pin.refused") == 2
    assert Registration.objects.count() == 2


def test_issue_refuses_a_contact_without_authority(by, rivera):
    elena = rivera.link(rivera.elena, rivera.mateo)
    assert "None" in issue(by, elena).refused[elena.pk]
    assert not Pin.objects.exists()


def test_issue_ignores_links_of_another_contact(by, rivera, ana_and):
    luis = rivera.link(rivera.luis, rivera.mateo)
    registration.issue(contact=rivera.ana, family_contact_ids=[luis.pk, ana_and[0].pk], by=by)
    assert Pin.objects.get().registration.family_contact == ana_and[0]


def test_each_guardian_has_a_pin_of_their_own(by, rivera, ana_and):
    anas = issue(by, ana_and[0]).pins
    luis = rivera.link(rivera.luis, rivera.mateo)
    assert issue(by, luis).pins[luis.pk] != anas[ana_and[0].pk]
    assert Pin.objects.filter(state="active").count() == 2


def test_pin_works_until_the_end_of_the_last_day_in_the_practices_time_zone(by, ana_and):
    Practice.objects.create(pk=1, name="Sunnyside", pin_lifetime_days=3)
    issue(by, ana_and[0])
    pin = Pin.objects.get()
    assert sheet.last_day(pin) == timezone.localdate() + timedelta(days=3)
    assert timezone.localtime(pin.expires_at).strftime("%H:%M:%S") == "00:00:00"


def test_an_expired_pin_is_ended_and_replaced(by, ana_and):
    first = issue(by, ana_and[0]).pins
    Pin.objects.update(issued_at=timezone.now() - timedelta(days=2), expires_at=timezone.now() - timedelta(seconds=1))
    again = issue(by, ana_and[0])
    assert again.new == [ana_and[0].pk]
    assert again.pins != first
    assert Pin.objects.order_by("pk").values_list("state", "sealed").first() == ("expired", "")


def test_show_gives_the_live_pins_and_records_each(by, ana_and):
    issued = issue(by, *ana_and)
    shown = registration.show(contact=ana_and[0].contact, family_contact_ids=[ana_and[0].pk], by=by)
    assert shown == {ana_and[0].pk: issued.pins[ana_and[0].pk]}
    assert actions().count("pin.shown") == 1


def test_print_marks_the_pins_and_remembers_the_sheet(by, ana_and):
    issue(by, *ana_and)
    document = registration.print_sheet(
        contact=ana_and[0].contact, family_contact_ids=[each.pk for each in ana_and], by=by
    )
    assert document.startswith(b"%PDF")
    assert PinSheet.objects.get().pins.count() == 2
    assert not Pin.objects.filter(printed_at=None).exists()
    assert actions().count("pin.printed") == 2


def test_print_without_a_live_pin_is_refused(by, ana_and):
    with pytest.raises(NothingToPrint):
        registration.print_sheet(contact=ana_and[0].contact, family_contact_ids=[ana_and[0].pk], by=by)


def test_if_drawing_the_sheet_fails_nothing_is_marked_printed(by, ana_and, settings, tmp_path):
    issue(by, *ana_and)
    settings.TEMPLATES = [
        {**settings.TEMPLATES[0], "DIRS": [tmp_path], "APP_DIRS": False}
    ]  # no sheet.html in that folder
    with pytest.raises(Exception, match=r"sheet\.html"):
        registration.print_sheet(contact=ana_and[0].contact, family_contact_ids=[ana_and[0].pk], by=by)
    assert not PinSheet.objects.exists()
    assert set(Pin.objects.values_list("printed_at", flat=True)) == {None}
    assert "pin.printed" not in actions()


def test_reissue_supersedes_the_old_pin(by, ana_and):
    first = issue(by, ana_and[0]).pins
    again = registration.reissue(family_contact=ana_and[0], by=by)
    assert again.pins[ana_and[0].pk] != first[ana_and[0].pk]
    assert list(Pin.objects.order_by("pk").values_list("state", flat=True)) == ["superseded", "active"]
    assert actions() == ["pin.issued", "pin.superseded", "pin.issued"]


def test_revoke_ends_the_pin_with_a_reason_and_erases_it(by, ana_and):
    issue(by, ana_and[0])
    assert registration.revoke(family_contact=ana_and[0], reason="Sheet left in the lobby", by=by)
    pin = Pin.objects.get()
    assert (pin.state, pin.sealed, pin.end_reason) == ("revoked", "", "Sheet left in the lobby")
    assert Registration.objects.get().status == "removed"
    assert not registration.revoke(family_contact=ana_and[0], reason="again", by=by)
    assert actions() == ["pin.issued", "pin.revoked"]


def test_what_was_revoked_can_be_registered_again(by, ana_and):
    issue(by, ana_and[0])
    registration.revoke(family_contact=ana_and[0], reason="lost", by=by)
    assert issue(by, ana_and[0]).new == [ana_and[0].pk]
    assert Registration.objects.get().status == "pending"


def test_decline_closes_a_pending_registration(by, ana_and):
    issue(by, ana_and[0])
    assert registration.decline(family_contact=ana_and[0], reason="No phone", by=by)
    assert Registration.objects.get().status == "declined"
    assert Pin.objects.get().state == "revoked"


def test_expire_ends_what_is_over_and_what_is_no_longer_allowed(by, rivera, ana_and):
    issue(by, *ana_and)
    issue(by, luis := rivera.link(rivera.luis, rivera.mateo))
    Pin.objects.filter(registration__family_contact=ana_and[0]).update(
        issued_at=timezone.now() - timedelta(days=2), expires_at=timezone.now() - timedelta(seconds=1)
    )
    FamilyContact.objects.filter(pk=luis.pk).update(authority="none")
    assert registration.expire(by=Actor.command("expire_pins")) == 2
    assert list(Pin.objects.order_by("pk").values_list("state", flat=True)) == ["expired", "active", "revoked"]
    assert Pin.objects.exclude(sealed="").count() == 1


def test_rotated_key_finds_and_reads_what_is_out(by, ana_and, settings):
    issued = issue(by, ana_and[0])
    settings.PIN_KEYS = ["_____v79_Pv6-fj39vX08_Lx8O_u7ezr6uno5-bl5OM=", *settings.PIN_KEYS]
    assert sealing.rotate_keys() == (1, 0)
    settings.PIN_KEYS = settings.PIN_KEYS[:1]
    shown = registration.show(contact=ana_and[0].contact, family_contact_ids=[ana_and[0].pk], by=by)
    assert shown == issued.pins
    assert Pin.objects.filter(digest__in=sealing.digests(issued.pins[ana_and[0].pk])).count() == 1
