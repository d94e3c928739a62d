"""Every address there is: who may open it, and that looking changes nothing (attacks 9 and 11).

A new view of ours without a stated rule, or a new address of a library, fails here until it is decided
who may open it.
"""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from appointments.models import Appointment, Provider, TimeOff, VisitType
from patients.ages import today
from patients.models import FamilyContact
from portal.models import Alert, RedemptionFailure, SheetRun
from practice.models import AuditEvent, StaffRecord
from tests.portal import steps

# Addresses of libraries, and to whom they open.
THIRD_PARTY = {
    "account_login": (reverse("account_login"), "public"),
    "account_signup": (reverse("account_signup"), "public"),
    "account_inactive": (reverse("account_inactive"), "public"),
    "account_email_verification_sent": (reverse("account_email_verification_sent"), "public"),
    "account_confirm_email": (reverse("account_confirm_email", args=["MQ:1:x"]), "public"),
    "account_reset_password": (reverse("account_reset_password"), "public"),
    "account_reset_password_done": (reverse("account_reset_password_done"), "public"),
    "account_reset_password_from_key": (reverse("account_reset_password_from_key", args=["1", "x"]), "public"),
    "account_reset_password_from_key_done": (reverse("account_reset_password_from_key_done"), "public"),
    "account_confirm_login_code": (reverse("account_confirm_login_code"), "sign-in under way"),
    "account_logout": (reverse("account_logout"), "public"),
    "account_email": (reverse("account_email"), "signed in"),
    "account_reauthenticate": (reverse("account_reauthenticate"), "signed in"),
    "account_change_password": (reverse("account_change_password"), "signed in"),
    "account_set_password": (reverse("account_set_password"), "signed in"),
    "set_language": (reverse("set_language"), "public"),
}
# Who is let in under each rule that ``practice.access`` can state.
OPEN_TO = {
    "public": steps.EVERYBODY,
    "signed in": steps.EVERYBODY - {"anonymous"},
    "family": {"family"},
    "staff: view charts": steps.STAFF,
    "staff: edit charts": steps.LINKED,
    "staff: issue, show, print and revoke PINs": steps.LINKED,
    "staff: change appointments": steps.LINKED,
    "staff: change the settings of the schedule": {"administrator"},
    "staff: administer staff": {"administrator"},
    "sign-in under way": set(),
}
OURS = ("practice", "patients", "appointments", "portal")


def patterns(resolver=None, namespace=""):
    """Every address pattern with its full name."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each, f"{namespace}{each.namespace}:" if each.namespace else namespace)
        else:
            assert isinstance(each, URLPattern)
            yield f"{namespace}{each.name}", each


def is_ours(pattern):
    return pattern.callback.__module__.split(".")[0] in OURS


def addresses():
    """(name, address, rule) of every page, with numbers that exist."""
    link = FamilyContact.objects.order_by("pk").first()
    numbers = {
        "patient_id": link.patient_id,
        "family_contact_id": link.pk,
        "row_id": link.pk,
        "contact_id": link.contact_id,
        "staff_record_id": StaffRecord.objects.order_by("pk").first().pk,
        "run_id": SheetRun.objects.order_by("pk").first().pk,
        "provider_id": Provider.objects.order_by("pk").first().pk,
        "visit_type_id": VisitType.objects.order_by("pk").first().pk,
        "time_off_id": TimeOff.objects.order_by("pk").first().pk,
        "appointment_id": Appointment.objects.order_by("pk").first().pk,
        "alert_id": Alert.objects.order_by("pk").first().pk,
        "verb": "decline",
    }
    for name, pattern in patterns():
        if is_ours(pattern):
            values = {part: numbers.get(part, 1) for part in pattern.pattern.converters}
            yield name, reverse(name, kwargs=values), pattern.callback.access_rule
        else:
            yield name, *THIRD_PARTY[name]


@pytest.fixture
def everything(administrator, rivera):
    """All addresses; the records they speak of exist."""
    SheetRun.objects.create(day=today(), planned_by=administrator)
    now, provider = timezone.now(), Provider.objects.create(name="Dr. Feldman")
    VisitType.objects.create(name="Well visit")
    Alert.objects.create(kind="redemption", started_at=now, last_at=now)
    TimeOff.objects.create(provider=provider, starts=now, ends=now + timedelta(days=1), reason="Vacation")
    Appointment.objects.create(patient=rivera.mateo, provider=provider, start=now)
    return list(addresses())


def test_every_view_of_ours_states_its_rule():
    unstated = [
        name for name, pattern in patterns() if is_ours(pattern) and not hasattr(pattern.callback, "access_rule")
    ]
    assert unstated == []


def test_every_rule_stated_is_one_we_know():
    rules = {pattern.callback.access_rule for _, pattern in patterns() if is_ours(pattern)}
    assert rules - set(OPEN_TO) == set()


def test_every_view_of_ours_has_a_namespace():
    assert [name for name, pattern in patterns() if is_ours(pattern) and name.split(":")[0] not in OURS] == []


def test_every_address_of_a_library_is_listed():
    assert {name for name, pattern in patterns() if not is_ours(pattern)} == set(THIRD_PARTY)


def asked(client, address):
    """What GET comes to, or POST where that is all the page takes."""
    seen = steps.outcome(client.get(address))
    return steps.outcome(client.post(address)) if seen == "wrong method" else seen


@pytest.mark.parametrize("role", sorted(steps.EVERYBODY))
def test_every_address_opens_to_those_its_rule_names(everything, role):
    client, expected, seen = steps.client_of(role), {}, {}
    shut = "sign in" if role == "anonymous" else "refused"
    for name, address, rule in everything:
        if name in {"account_logout", "account_confirm_login_code", "account_login"}:
            continue  # told below: they lead to the sign-in page whoever asks
        expected[address] = "allowed" if role in OPEN_TO[rule] else shut
        seen[address] = asked(client, address)
    assert seen == expected


def test_pages_about_signing_in_open_to_strangers_only_as_far_as_they_must(client, as_family):
    assert client.get(THIRD_PARTY["account_login"][0]).status_code == 200
    for each in ("account_logout", "account_confirm_login_code"):
        assert client.get(THIRD_PARTY[each][0]).status_code == 302
    assert as_family.get(THIRD_PARTY["account_login"][0]).headers["Location"] == "/"
    assert as_family.get(THIRD_PARTY["account_logout"][0]).status_code == 200


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("role", ["administrator", "family", "anonymous"])
def test_looking_at_every_address_changes_nothing(everything, role, method):
    client = steps.client_of(role)
    before = steps.everything_but(AuditEvent)
    for name, address, _rule in everything:
        assert getattr(client, method)(address).status_code < 500, name
    assert steps.everything_but(AuditEvent) == before


def test_head_answers_as_get_does(everything, as_administrator):
    for _name, address, _rule in everything:
        assert as_administrator.head(address).status_code == as_administrator.get(address).status_code


@pytest.mark.parametrize("role", ["administrator", "family", "anonymous"])
def test_post_without_its_token_is_refused_everywhere(everything, role):
    client = steps.client_of(role)
    client.handler.enforce_csrf_checks = True
    before = steps.everything_but()
    for name, address, _rule in everything:
        page = client.post(address, {"reason": "why", "child": "1", "pin": steps.UNKNOWN})
        assert (name, page.status_code) == (name, 403)
        assert "This page had been open too long" in page.text
    assert steps.everything_but() == before


@pytest.mark.parametrize("role", ["administrator", "family", "anonymous"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example"])
def test_post_from_another_origin_is_refused_everywhere(everything, role, origin):
    client = steps.client_of(role)
    client.handler.enforce_csrf_checks = True
    client.get(reverse("account_reset_password"))
    token = client.cookies["csrftoken"].value
    before = steps.everything_but()
    for name, address, _rule in everything:
        page = client.post(address, {"csrfmiddlewaretoken": token}, headers={"origin": origin})
        assert (name, page.status_code) == (name, 403)
    assert steps.everything_but() == before


def test_post_from_another_origin_is_refused_although_it_has_a_token(db):
    client = Client(enforce_csrf_checks=True)
    client.get(reverse("portal:register"))
    sent = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value, "pin": steps.UNKNOWN}
    born = {"birth_date_month": "1", "birth_date_day": "1", "birth_date_year": "2020"}
    url = reverse("portal:register")
    assert client.post(url, sent | born, headers={"origin": "https://evil.example"}).status_code == 403
    assert not RedemptionFailure.objects.exists()
    assert client.post(url, sent | born, headers={"origin": "http://testserver"}).status_code == 200
    assert RedemptionFailure.objects.count() == 1
