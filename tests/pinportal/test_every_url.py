"""Every URL: who may open it, and that GET changes nothing (attacks 9 and 11).

A new view without a stated rule, or a new URL of a library, fails here until it is decided
who may open it. All of it holds for each surface: where only one is served, the other's people are
strangers and its addresses are not there.
"""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from accounts.models import StaffRecord, User
from appointments.models import Appointment, Provider, TimeOff, VisitType
from audit.models import AuditEvent
from audit.trail import Actor
from patients.ages import today
from patients.models import FamilyContact
from pinportal.views import SIGNED_OUT_ONLY
from portal.models import Alert, RedemptionFailure, SheetRun
from practice import terms
from tests.portal import steps

# URLs of libraries, and who may open them.
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
    "usersessions_list": (reverse("usersessions_list"), "signed in"),
    "mfa_index": (reverse("mfa_index"), "own sign-in"),
    "mfa_list_webauthn": (reverse("mfa_list_webauthn"), "own sign-in"),
    "mfa_authenticate": (reverse("mfa_authenticate"), "sign-in under way"),
    "mfa_reauthenticate": (reverse("mfa_reauthenticate"), "own sign-in"),
    "mfa_activate_totp": (reverse("mfa_activate_totp"), "own sign-in"),
    "mfa_deactivate_totp": (reverse("mfa_deactivate_totp"), "own sign-in"),
    "mfa_view_recovery_codes": (reverse("mfa_view_recovery_codes"), "own sign-in"),
    "mfa_generate_recovery_codes": (reverse("mfa_generate_recovery_codes"), "own sign-in"),
    "mfa_download_recovery_codes": (reverse("mfa_download_recovery_codes"), "own sign-in"),
    "mfa_add_webauthn": (reverse("mfa_add_webauthn"), "own sign-in"),
    "mfa_reauthenticate_webauthn": (reverse("mfa_reauthenticate_webauthn"), "own sign-in"),
    "mfa_remove_webauthn": (reverse("mfa_remove_webauthn", args=[1]), "own sign-in"),
    "mfa_edit_webauthn": (reverse("mfa_edit_webauthn", args=[1]), "own sign-in"),
    "mfa_login_webauthn": (reverse("mfa_login_webauthn"), "public"),
}
# Who is admitted by each rule of ``accounts.access``.
OPEN_TO = {
    "public": steps.EVERYBODY,
    "signed in": steps.EVERYBODY - {"anonymous"},
    "family": {"family"},
    "own sign-in": steps.EVERYBODY - {"anonymous"},
    "staff: own sign-in": steps.STAFF,
    "staff: view charts": steps.VIEWERS,
    "staff: edit charts": steps.EDITORS,
    "staff: issue, show, print, or revoke PINs": steps.EDITORS,
    "staff: change appointments": steps.EDITORS,
    "staff: change schedule settings": {"administrator"},
    "staff: change practice settings": {"administrator"},
    "staff: administer staff": {"administrator"},
    "staff: read the audit trail": {"administrator", "auditor"},
    "sign-in under way": set(),
}
# Tested below: they always lead to the sign-in page.
ON_THE_WAY_IN = {
    "account_login",
    "account_logout",
    "account_confirm_login_code",
    "mfa_authenticate",
    "mfa_login_webauthn",
}
# It signs the user out, so the other pages could not be tested (see tests/accounts/family/test_account.py).
LAST = {"accounts:sign_out_everywhere"}
# About something that no user here has.
NOT_YET = {"mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes"}
# About one child: other families get 404.
OF_A_CHILD = {
    "family:child",
    "family:child_history",
    "family:child_visit",
    "family:child_pdf",
    "family:child_json",
    "family:leave_child",
    "family:sharing",
}
OURS = {"pinportal", "audit", "practice", "accounts", "patients", "appointments", "portal"}
# The namespaces of the URLs. Names without one belong to the project.
NAMESPACES = {
    "pinportal",
    "accounts",
    "family_account",
    "patients",
    "appointments",
    "desk",
    "signup",
    "family",
    "office",
}
PLAIN = {"home", "logo", "favicon", "language", "own_sign_in", "no_access"}
SURFACES = ("both", "staff", "public")


@pytest.fixture(autouse=True, params=SURFACES)
def surface(request, settings):
    """What this process serves."""
    settings.SURFACE = request.param
    settings.ROOT_URLCONF = settings.ROOT_URLCONFS[request.param]
    return request.param


def is_stranger(role, surface):
    """Whether no user of this role exists on the surface."""
    return role == "anonymous" or surface == ("staff" if role == "family" else "public")


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


def addresses(urlconf=None):
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
        "user_id": StaffRecord.objects.order_by("pk").first().user_id,
        "alert_id": Alert.objects.order_by("pk").first().pk,
        "verb": "decline",
        "part": "sheet",
        "number": 1,
        "action": "disable",
    }
    for name, pattern in patterns(get_resolver(urlconf)):
        if is_ours(pattern):
            values = {part: numbers.get(part, 1) for part in pattern.pattern.converters}
            yield name, reverse(name, urlconf, kwargs=values), pattern.callback.access_rule
        else:
            yield name, *THIRD_PARTY[name]


@pytest.fixture
def everything(administrator, rivera):
    """All URLs, with records that exist."""
    SheetRun.objects.create(day=today(), planned_by=administrator)
    now, provider = timezone.now(), Provider.objects.create(name="Dr. Feldman")
    VisitType.objects.create(name="Well visit")
    Alert.objects.create(kind="redemption", started_at=now, last_at=now)
    terms.publish(texts={"en": "Our terms."}, by=Actor(administrator, ""))
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
    assert [
        name for name, pattern in patterns() if is_ours(pattern) and name.split(":")[0] not in NAMESPACES | PLAIN
    ] == []


@pytest.mark.parametrize("surface", ["staff", "public"], indirect=True)
def test_a_surface_serves_no_room_of_the_other(surface):
    absent = {
        "staff": {"signup", "family", "family_account"},
        "public": {"patients", "appointments", "desk", "office", "own_sign_in"},
    }
    assert {name.split(":")[0] for name, _pattern in patterns()} & absent[surface] == set()


def test_every_address_of_a_library_is_listed(surface):
    assert {name for name, pattern in patterns() if not is_ours(pattern)} == set(THIRD_PARTY)


def asked(client, address):
    """The status of GET, or of POST if the page accepts only that."""
    seen = steps.outcome(client.get(address))
    return steps.outcome(client.post(address)) if seen == "wrong method" else seen


@pytest.mark.parametrize("role", sorted(steps.EVERYBODY))
def test_every_address_opens_to_those_its_rule_names(everything, surface, role):
    client, expected, seen = steps.client_of(role), {}, {}
    for family in User.objects.filter(kind=User.Kind.FAMILY):  # or everything would answer with the terms
        terms.accept(user=family, terms=terms.current(), by=Actor(family, ""))
    known_as = "anonymous" if is_stranger(role, surface) else role
    shut = "sign in" if known_as == "anonymous" else "refused"
    for name, address, rule in everything:
        if name in ON_THE_WAY_IN | LAST:
            continue
        let_in = "not found" if name in NOT_YET | OF_A_CHILD else "allowed"
        expected[address] = let_in if known_as in OPEN_TO[rule] else shut
        seen[address] = asked(client, address)
    assert seen == expected


@pytest.mark.parametrize("surface", ["staff", "public"], indirect=True)
@pytest.mark.parametrize("role", sorted(steps.EVERYBODY))
def test_addresses_of_the_other_surface_are_as_unknown_as_any(everything, surface, role):
    """Neither the page, its text, the method, nor a sign-in reveals that the URL exists on the other surface."""
    served = {address for _name, address, _rule in everything}
    others = [address for _name, address, _rule in addresses("pinportal.urls") if address not in served]
    assert surface != "staff" or len(others) == 25
    assert surface != "public" or len(others) > 30
    client = steps.client_of(role)

    def answer(method, address):
        page = getattr(client, method)(address)
        words = re.sub(r"<strong>\w{8}</strong>|value=\"\w{64}\"", "", page.text)  # its number and its form's token
        return page.status_code, words, set(page.headers)

    unknown = {method: answer(method, "/no/such/page/") for method in ("get", "post", "put")}
    assert {status for status, _words, _headers in unknown.values()} == {404}
    for address in others:
        for method, expected in unknown.items():
            assert (address, answer(method, address)) == (address, expected)


@pytest.mark.parametrize("surface", ["both", "staff"], indirect=True)
def test_no_page_for_staff_opens_without_a_second_factor_where_one_is_required(everything, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    client = steps.client_of("administrator")
    before, page, seen = steps.everything_but(AuditEvent), reverse("accounts:second_factor"), {}
    for _name, address, rule in everything:
        if rule.startswith("staff: ") and rule != "staff: own sign-in":
            answers = [client.get(address), client.post(address)]
            seen[address] = {answer.headers.get("Location") for answer in answers if answer.status_code != 405}
    assert len(seen) > 40
    assert {address: places for address, places in seen.items() if places != {page}} == {}
    assert steps.everything_but(AuditEvent) == before


# Where a page can lead to or send something. A dialog's or form's own address counts too.
LEADS_TO = re.compile(r'\s(?:href|action|formaction|hx-get|hx-post|data-add|data-move)="(/[^"]*)"')


@pytest.mark.parametrize("surface", ["staff"], indirect=True)
@pytest.mark.parametrize("role", ["viewer", "auditor", "unlinked"])
def test_no_page_offers_what_its_reader_may_not_do(everything, role):
    client = steps.client_of(role)
    patient = FamilyContact.objects.order_by("pk").first().patient
    extra = [reverse("patients:search"), reverse("office:administration")]
    pages = [client.post(address, {"query": patient.family_name}) for address in extra]
    pages += [client.get(address) for _name, address, rule in everything if rule.startswith("staff: ")]
    offered = set()
    for page in pages:
        if page.headers.get("Content-Type", "").startswith("text/html") and page.status_code in {200, 403}:
            found = {html.unescape(each).partition("?")[0] for each in LEADS_TO.findall(page.text)}
            offered |= found - {page.request["PATH_INFO"]}  # to try again
    rules = {each: getattr(resolve(each).func, "access_rule", "library") for each in offered if "/static/" not in each}
    assert {each: rule for each, rule in rules.items() if role not in OPEN_TO.get(rule, {role})} == {}
    assert len(offered) > {"viewer": 40, "auditor": 8}.get(role, 2)


def test_pages_about_signing_in_open_to_strangers_only_as_far_as_they_must(client, db, surface):
    assert client.get(THIRD_PARTY["account_login"][0]).status_code == 200
    for each in ON_THE_WAY_IN - {"account_login"}:
        assert (each, client.get(THIRD_PARTY[each][0]).status_code) == (each, 302)
    known = steps.client_of("front desk" if surface == "staff" else "family")
    assert known.get(THIRD_PARTY["account_login"][0]).headers["Location"] == "/"
    assert known.get(THIRD_PARTY["account_logout"][0]).status_code == 200


every_address = pytest.mark.parametrize("surface", ["both"], indirect=True)


@every_address
@pytest.mark.parametrize("role", ["administrator", "family", "anonymous"])
def test_looking_at_every_address_changes_nothing_and_head_answers_as_get_does(everything, role):
    client = steps.client_of(role)
    before = steps.everything_but(AuditEvent)
    got = {address: client.get(address).status_code for _name, address, _rule in everything}
    assert {address: status for address, status in got.items() if status >= 500} == {}
    assert steps.everything_but(AuditEvent) == before
    assert {address: client.head(address).status_code for address in got} == got
    assert steps.everything_but(AuditEvent) == before


TAKES_NO_FORM = {"pinportal:healthz", "pinportal:readyz"}


@every_address
def test_post_without_its_token_or_from_another_origin_is_refused_everywhere(everything):
    client = steps.client_of("administrator")
    client.handler.enforce_csrf_checks = True
    client.get(reverse("account_reset_password"))
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    before = steps.everything_but(AuditEvent)
    for name, address, _rule in everything:
        expected = 405 if name in TAKES_NO_FORM else 403
        page = client.post(address, {"reason": "why", "child": "1", "pin": steps.UNKNOWN})
        assert (name, page.status_code) == (name, expected)
        words = "You are signed in" if name in SIGNED_OUT_ONLY else "This page had been open too long"
        assert name in TAKES_NO_FORM or words in page.text
        page = client.post(address, token, headers={"origin": "https://evil.example"})
        assert (name, page.status_code) == (name, expected)
    assert steps.everything_but(AuditEvent) == before


@pytest.mark.parametrize("role", ["administrator", "family", "anonymous"])
def test_post_from_any_other_origin_is_refused_whoever_asks(db, role):
    url, client = reverse("account_reset_password"), steps.client_of(role)
    client.handler.enforce_csrf_checks = True
    client.get(url)
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    before = steps.everything_but(AuditEvent)
    for origin in ("https://evil.example", "null", "http://testserver.evil.example"):
        assert (origin, client.post(url, token, headers={"origin": origin}).status_code) == (origin, 403)
    assert client.post(url).status_code == 403
    assert steps.everything_but(AuditEvent) == before
    assert client.post(url, token, headers={"origin": "http://testserver"}).status_code != 403


@pytest.mark.parametrize("surface", ["both", "public"], indirect=True)
def test_post_from_another_origin_is_refused_although_it_has_a_token(db):
    client = Client(enforce_csrf_checks=True)
    client.get(reverse("signup:register"))
    sent = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value, "pin": steps.UNKNOWN}
    born = {"birth_date_month": "1", "birth_date_day": "1", "birth_date_year": "2020"}
    url = reverse("signup:register")
    assert client.post(url, sent | born, headers={"origin": "https://evil.example"}).status_code == 403
    assert not RedemptionFailure.objects.exists()
    assert client.post(url, sent | born, headers={"origin": "http://testserver"}).status_code == 200
    assert RedemptionFailure.objects.count() == 1
