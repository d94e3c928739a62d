"""Every URL, and the one audit line it writes (R20): viewed, posted to, refused, or guessed.

A new view fails here until this file states what it records.
"""

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from audit.trail import Actor
from tests import people
from tests.pinportal.test_every_url import OPEN_TO, addresses, everything, is_ours, patterns
from tests.portal import steps

pytestmark = pytest.mark.postgres

__all__ = ["everything"]  # the fixture

# What opening the page records, and what an empty form posted to it does. None: it shows and changes nothing
# about a patient (an empty form, a redirect, a setting), or takes no such request.
SCHEDULE, CHART, WINDOW, LIST = "schedule.viewed", "patient.viewed", "registration.viewed", "patients.listed"
WORKLIST, RUN, SETTINGS = "worklist.viewed", "sheet_run.viewed", "schedule_settings.changed"
VISIT = "appointment.viewed"
LINES = {
    "home": (None, None),
    "favicon": (None, None),
    "language": (None, None),  # no change of an access, nothing of a patient
    "accounts:session": (None, None),
    "accounts:session_back": (None, None),
    "accounts:send_again": (None, None),
    "own_sign_in": (None, None),
    "no_access": (None, None),  # the administrator has access
    "accounts:second_factor": (None, None),
    "accounts:sign_out_everywhere": (None, "sessions.ended"),
    "accounts:own_pages": (None, None),
    "family_account:account": (None, None),
    "family_account:change_email": (None, None),  # asks for the password first
    "family_account:confirm_email": (None, None),  # nothing was sent
    "family_account:send_email_code": (None, None),  # no mail server
    "family_account:keep_email": (None, None),  # no code was out
    "pinportal:healthz": (None, None),
    "pinportal:readyz": (None, None),
    "patients:search": (None, None),  # nothing is looked for, nobody is shown; what a search records: below
    "patients:add": (None, None),
    "patients:chart": (CHART, None),
    "patients:edit": (CHART, CHART),
    "patients:confirm_name": (None, None),  # refused: nobody doubts this name
    "patients:family_contacts": (CHART, None),
    "patients:add_contact": (CHART, CHART),
    "patients:add_self": (CHART, "family_contact.added"),
    "patients:link_contact": (CHART, CHART),
    "patients:edit_contact": (CHART, CHART),
    "patients:inactivate_contact": (CHART, "family_contact.inactivated"),
    "appointments:schedule": (None, None),
    "appointments:choose_mode": (None, None),
    "appointments:day": (SCHEDULE, None),
    "appointments:week": (SCHEDULE, None),
    "appointments:month": (SCHEDULE, None),
    "appointments:tracking": (SCHEDULE, None),
    "appointments:add": (None, None),
    "appointments:appointment": (VISIT, None),
    "appointments:change": (None, VISIT),
    "appointments:arrive": (None, "appointment.changed"),
    "appointments:move": (None, VISIT),
    "appointments:find_patients": (None, None),
    "appointments:patient_appointments": (CHART, None),
    "appointments:summary": (CHART, None),
    "appointments:settings": (None, None),
    "appointments:add_provider": (None, None),
    "appointments:provider": (None, None),
    "appointments:add_visit_type": (None, None),
    "appointments:visit_type": (None, None),
    "appointments:remove_visit_type": (None, SETTINGS),
    "appointments:add_time_off": (None, None),
    "appointments:remove_time_off": (None, SETTINGS),
    "desk:window": (WINDOW, None),
    "desk:patient_window": (WINDOW, None),
    "desk:issue": (None, WINDOW),
    "desk:show": (None, WINDOW),
    "desk:print": (None, WINDOW),
    "desk:row_verb": (WINDOW, WINDOW),
    "desk:history": (CHART, None),
    "office:dashboard": ("dashboard.viewed", None),
    "office:locked": ("dashboard.viewed", None),
    "office:pending": ("dashboard.viewed", None),
    "office:age_outs": ("dashboard.viewed", None),
    "office:ending": ("dashboard.viewed", None),
    "office:alert_seen": (None, "alert.seen"),
    "office:dismiss_request": (None, None),  # has not asked
    "office:administration": (LIST, LIST),
    "desk:worklist": (WORKLIST, None),
    "desk:decline_family": (WORKLIST, WORKLIST),
    "desk:postpone": (WORKLIST, WORKLIST),
    "desk:ask_now": (None, None),  # was not put off
    "desk:plan_run": (None, WORKLIST),
    "desk:run": (RUN, None),
    "desk:print_run": (None, RUN),
    "office:audit": ("audit.viewed", "audit.viewed"),
    "office:export_audit": (None, "audit.exported"),
    "logo": (None, None),
    "office:settings": (None, None),
    "office:change_settings": (None, None),
    "office:change_logo": (None, None),
    "office:terms_settings": (None, None),
    "office:terms_version": (None, None),
    "office:staff": (None, None),
    "office:add_staff_record": (None, None),
    "office:staff_record": (None, None),
    "office:sign_in": (None, None),
    "office:sign_in_verb": (None, None),  # asks for the password first
    "office:invite": (None, None),
    "desk:help_to_sign_in": (None, None),  # asks for the password first
    "office:roles": (None, None),
    # The registration of a family. What is shown on the way has been proven, which is recorded.
    "signup:register": (None, None),
    "signup:register_siblings": (None, None),
    "signup:register_another": (None, None),
    "signup:register_you": (None, None),
    "signup:register_email": (None, None),
    "signup:register_terms": (None, None),
    "signup:register_account": (None, None),
    "signup:register_passkey": (None, None),
    "signup:register_start_over": (None, None),
    "signup:register_more_time": (None, None),
    "family:terms": (None, None),
    "family:accept_terms": (None, None),  # nothing waits to be accepted
    "family:children": ("children.viewed", None),
    "family:child": ("children.viewed", None),
    "family:child_history": ("children.viewed", None),
    "family:child_visit": ("children.exported", None),
    "family:child_pdf": (None, "children.exported"),
    "family:child_json": (None, "children.exported"),
    "family:leave_child": ("children.viewed", "registration.left"),
    "family:sharing": ("access.refused", "access.refused"),  # only for adults; tests/portal/family/test_sharing.py
}


def written_by(call):
    """The actions of the lines that a call writes."""
    before = set(AuditEvent.objects.values_list("pk", flat=True))
    answer = call()
    list(answer.streaming_content if answer.streaming else [])
    return [event.action for event in AuditEvent.objects.exclude(pk__in=before).order_by("pk")]


def expected(line):
    return [line] if line else []


def test_every_view_of_ours_says_what_it_records():
    assert set(LINES) == {name for name, pattern in patterns() if is_ours(pattern)}


@pytest.fixture
def insiders(administrator, by, rivera):
    """For each access rule, a client that it admits. The family has a child, because otherwise it sees nothing."""
    family = steps.registered(by, rivera.link(rivera.luis, rivera.mateo))

    def insider(rule):
        user = family if rule == "family" else administrator
        user.refresh_from_db()  # one of the pages ends all sessions
        return people.signed_in(user)

    return insider


@pytest.fixture
def by(administrator):
    return Actor(administrator, "192.0.2.10")


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_every_address_writes_its_one_line(everything, insiders, method):
    seen, wanted = {}, {}
    for name, address, rule in everything:
        if name not in LINES:
            continue
        client = insiders(rule)
        seen[name] = written_by(lambda client=client, address=address: getattr(client, method)(address))
        wanted[name] = expected(LINES[name][method == "post"])
    assert seen == wanted


@pytest.mark.parametrize("role", sorted(steps.EVERYBODY - {"anonymous"}))
def test_every_refusal_for_the_wrong_role_writes_one_line(everything, role):
    client = steps.client_of(role)
    for name, address, rule in everything:
        if name not in LINES or role in OPEN_TO[rule]:
            continue
        get = steps.outcome(client.get(address))
        method = "post" if get == "wrong method" else "get"
        written = written_by(lambda address=address, method=method: getattr(client, method)(address))
        assert (name, written) == (name, ["access.refused"])


def just_signed_in(user):
    """A client that has just confirmed its password, so pages do not ask for it again."""
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": people.PASSWORD})
    return client


@pytest.mark.parametrize("number", [999_999, 99_999_999_999_999_999_999])
def test_guessing_at_records_is_not_found_and_writes_one_line(everything, administrator, insiders, number):
    staff, family, tried = just_signed_in(administrator), insiders("family"), 0
    for name, pattern in patterns():
        verbs = {"verb": "decline", "action": "disable", "part": "sheet"}
        places = [part for part in pattern.pattern.converters if part not in verbs]
        if not is_ours(pattern) or not places:
            continue
        values = {part: verbs.get(part, number) for part in pattern.pattern.converters}
        address = reverse(name, kwargs=values)
        client = family if pattern.callback.access_rule == "family" else staff
        ask = client.post if client.get(address).status_code == 405 else client.get
        assert (name, ask(address).status_code) == (name, 404)
        written = written_by(lambda ask=ask, address=address: ask(address))
        assert (name, written) == (name, ["access.refused"])
        assert AuditEvent.objects.first().detail["why"] == "no_such_record"
        tried += 1
    assert tried > 25


@pytest.mark.parametrize(("role", "count"), [("front desk", 1), ("family", 1), ("auditor", 1), ("anonymous", 0)])
def test_a_form_without_its_token_writes_one_line_for_whoever_is_signed_in(everything, role, count):
    client = steps.client_of(role)
    client.handler.enforce_csrf_checks = True
    for name, address, _rule in addresses():
        if name in {"pinportal:healthz", "pinportal:readyz"}:  # do not use a session
            continue
        written = written_by(lambda address=address: client.post(address))
        assert (name, written) == (name, ["access.refused"] * count)


@pytest.mark.parametrize(
    ("name", "page"), [("patients:search", "search"), ("appointments:find_patients", "appointment")]
)
def test_a_list_of_names_writes_one_line_with_all_of_them(as_front_desk, rivera, name, page):
    written = written_by(lambda: as_front_desk.post(reverse(name), {"query": "rivera"}))
    assert written == ["patients.listed"]
    detail = AuditEvent.objects.get().detail
    assert detail["page"] == page
    assert {int(number) for number in detail["patients"].split()} == {child.pk for child in rivera.children}


def test_what_is_typed_into_a_search_is_not_in_the_trail(as_front_desk, rivera):
    as_front_desk.post(reverse("patients:search"), {"query": "mateo rivera"})
    assert "mateo" not in str(AuditEvent.objects.values().get()).lower()


def test_a_form_that_comes_back_with_errors_shows_the_chart_and_says_so(as_front_desk, rivera):
    address = reverse("patients:edit", args=[rivera.mateo.pk])
    assert written_by(lambda: as_front_desk.post(address, {"chart_number": ""})) == ["patient.viewed"]
