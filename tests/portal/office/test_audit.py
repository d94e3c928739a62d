"""The **Audit** page, and its export as CSV."""

import csv
import io
from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from audit.models import AuditEvent
from audit.trail import Action, Actor, listed, record
from patients.models import Patient
from tests import people
from tests.portal import steps

pytestmark = pytest.mark.postgres

EXPORT = reverse("office:export_audit")


@pytest.fixture
def url():
    return reverse("office:audit")


@pytest.fixture
def lines(front_desk, rivera):
    """Four rows: a chart, a refusal, a list, and a command."""
    desk = Actor(front_desk, "198.51.100.7")
    record(actor=desk, action=Action.PATIENT_VIEWED, patient_id=rivera.mateo.pk, tab="basic_info")
    record(actor=desk, action=Action.ACCESS_REFUSED, view="office:staff", why="not_allowed")
    record(actor=Actor(None, "203.0.113.9"), action=Action.PATIENTS_LISTED, patients=listed([rivera.sofia.pk]))
    record(actor=Actor.command("load_demo"), action=Action.USER_ADDED, account=7)


def shown(page):
    return [entry.event.action for entry in page.context["entries"]]


def rows_of(page):
    return list(csv.DictReader(io.StringIO(page.getvalue().decode())))


def test_the_trail_is_shown_newest_first_in_words(as_auditor, url, lines):
    page = as_auditor.get(url)
    assert shown(page) == ["user.added", "patients.listed", "access.refused", "patient.viewed"]
    for words in ["Dana Ortiz", "dana@sunnyside.example", "Viewed a chart", "tab basic info", "198.51.100.7"]:
        assert words in page.text
    assert "manage.py load_demo" in page.text


def test_reading_the_trail_is_recorded_with_the_filters_but_not_what_was_typed(as_auditor, auditor, url, lines):
    as_auditor.post(url, {"who": "Dana Ortiz", "patient": "100001"})
    event = AuditEvent.objects.first()
    assert (event.action, event.user, event.detail) == ("audit.viewed", auditor, {"filters": ["who", "patient"]})


@pytest.mark.parametrize(
    ("sent", "actions"),
    [
        ({"who": "dana"}, ["access.refused", "patient.viewed"]),
        ({"who": "DANA@sunny"}, ["access.refused", "patient.viewed"]),
        ({"who": "nobody"}, []),
        ({"action": "patient.viewed"}, ["patient.viewed"]),
        ({"action": "refused"}, ["access.refused"]),
        ({"action": "charts"}, ["patients.listed", "patient.viewed"]),
        ({"patient": "100001"}, ["patient.viewed"]),
        ({"patient": "100002"}, ["patients.listed"]),
        ({"patient": "999999"}, []),
        ({"patient": "9" * 30}, []),
        ({"patient": "\u0661"}, []),
        ({"address": "198.51."}, ["access.refused", "patient.viewed"]),
        ({"address": "manage.py"}, ["user.added"]),
        ({"address": "%"}, []),
        ({"who": "dana", "action": "charts", "patient": "100001", "address": "198"}, ["patient.viewed"]),
        ({"since": "2000-01-01", "until": "2001-01-01"}, []),
        ({"since": "2000-01-01"}, ["user.added", "patients.listed", "access.refused", "patient.viewed"]),
    ],
)
def test_the_trail_is_filtered(as_auditor, url, lines, sent, actions):
    assert shown(as_auditor.post(url, sent)) == actions


def test_days_are_in_the_practice_s_time_zone(as_auditor, url, front_desk):
    """Two in the morning of the 2nd in UTC is the evening of the 1st in New York."""
    with time_machine.travel(datetime(2026, 7, 2, 2, 0, tzinfo=UTC)):
        record(actor=Actor(front_desk, ""), action=Action.SIGNED_IN)
    on_the_first = {"since": "2026-07-01", "until": "2026-07-01"}
    page = as_auditor.post(url, on_the_first)
    assert shown(page) == ["sign_in.succeeded"]
    assert "Jul 1, 2026" in page.text
    assert "22:00:00" in page.text
    assert shown(as_auditor.post(url, {"since": "2026-07-02", "until": "2026-07-02"})) == []


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"since": "2026-07-02", "until": "2026-07-01"}, "Choose a day on or after the first day."),
        ({"since": "0001-01-01"}, "Choose a day from 2000 through 2199."),
        ({"until": "9999-12-31"}, "Choose a day from 2000 through 2199."),
        ({"since": "yesterday"}, "Enter a valid date."),
        ({"action": "robot"}, "Select a valid choice."),
        ({"who": "x" * 101}, "at most 100 characters"),
        ({"who": "\0"}, "Null characters are not allowed."),
        ({"before": "-1"}, "greater than or equal to 1"),
    ],
)
def test_invalid_filters_are_explained_and_kept(as_auditor, url, lines, sent, message):
    page = as_auditor.post(url, sent)
    assert (page.status_code, shown(page)) == (200, [])
    assert message in page.text
    answer = as_auditor.post(EXPORT, sent)
    assert (answer.status_code, answer.streaming) == (200, False)
    assert message in answer.text


def test_no_matches_offers_to_show_everything(as_auditor, url, lines):
    assert "No matching rows" in as_auditor.post(url, {"who": "nobody"}).text


def test_older_lines_follow_below_and_none_is_shown_twice(as_auditor, url, front_desk):
    for number in range(120):
        record(actor=Actor(front_desk, ""), action=Action.PATIENT_VIEWED, patient_id=number)
    seen, before = [], {}
    while True:
        page = as_auditor.post(url, {"action": "patient.viewed", **before})
        seen += [entry.event.patient_id for entry in page.context["entries"]]
        if not page.context["older"]:
            break
        before = {"before": page.context["older"]}
    assert seen == list(range(119, -1, -1))
    assert "Newest" in page.text


def test_a_chart_is_a_link_only_for_users_who_may_open_it(as_auditor, as_administrator, url, lines, rivera):
    link = reverse("patients:chart", args=[rivera.mateo.pk])
    page = as_auditor.get(url).text
    assert "100001" in page
    assert link not in page
    assert link in as_administrator.get(url).text


def test_no_patient_s_name_is_shown(as_auditor, url, lines, rivera):
    text = as_auditor.get(url).text + as_auditor.post(EXPORT).getvalue().decode()
    assert "100002" in text
    for child in rivera.children:
        assert child.given_name not in text


def test_rows_about_a_sign_in_show_its_e_mail(as_auditor, url, administrator, front_desk):
    by = Actor(administrator, "198.51.100.7")
    record(actor=by, action=Action.USER_DISABLED, account=front_desk.pk, sessions=2)
    record(actor=by, action=Action.USER_DISABLED, account=10**9)  # gone since
    gone, disabled = as_auditor.get(url).context["entries"][:2]
    assert disabled.details == f"sign-in {front_desk.email} · sessions 2"
    assert gone.details == "sign-in 1000000000"


def test_an_auditor_starts_at_the_trail_and_sees_nothing_else_in_the_navigation(as_auditor, url):
    page = as_auditor.get("/", follow=True)
    assert page.request["PATH_INFO"] == url
    for name in [
        "patients:search",
        "appointments:schedule",
        "desk:worklist",
        "office:administration",
        "office:staff",
    ]:
        assert f'href="{reverse(name)}"' not in page.text
        assert f'action="{reverse(name)}"' not in page.text


def test_only_users_who_may_read_the_trail_have_it_in_the_navigation(as_front_desk, as_administrator, url):
    assert f'href="{url}"' not in as_front_desk.get(reverse("patients:search")).text
    assert f'href="{url}"' in as_administrator.get(reverse("patients:search")).text


@pytest.mark.parametrize("method", ["get", "post"])
def test_audit_roles(db, url, method):
    assert steps.allowed_roles(method, url) == {"auditor", "administrator"}


def test_export_roles(db):
    assert steps.allowed_roles("post", EXPORT) == {"auditor", "administrator"}


def test_other_methods(as_auditor, url):
    assert steps.refused_methods(as_auditor, url) == {"put", "patch", "delete"}
    assert steps.refused_methods(as_auditor, EXPORT) == {"get", "head", "put", "patch", "delete"}


def test_queries_do_not_grow_with_the_lines(as_auditor, url, front_desk):
    counts = {}
    for count in (2, 50):
        for number in range(count):
            desk = people.staff_user(f"desk{count}-{number}@sunnyside.example")
            child = people.patient(f"5{count:02}{number:03}", "Kim", "Moore", None)
            record(actor=Actor(desk, ""), action=Action.PATIENT_VIEWED, patient_id=child.pk)
        counts[count] = steps.queries(lambda: as_auditor.get(url))
    assert len(set(counts.values())) == 1, counts


# --- Export --------------------------------------------------------------------------------------


def test_export_has_the_filtered_lines_with_utc_and_local_time(as_auditor, auditor, lines, rivera):
    page = as_auditor.post(EXPORT, {"who": "dana"})
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert page.headers["Content-Disposition"].startswith('attachment; filename="audit-trail-')
    assert "no-store" in page.headers["Cache-Control"]
    refused, viewed = rows_of(page)
    assert (refused["action"], viewed["action"]) == ("access.refused", "patient.viewed")
    assert (viewed["who"], viewed["chart_number"]) == ("Dana Ortiz <dana@sunnyside.example>", "100001")
    assert viewed["patient"] == str(rivera.mateo.pk)
    assert viewed["when_utc"].endswith("+00:00")
    event = AuditEvent.objects.get(action="audit.exported")
    assert (event.user, event.detail) == (auditor, {"format": "csv", "filters": ["who"]})


def test_export_of_more_than_one_chunk_has_every_row_once(as_auditor, monkeypatch, front_desk):
    monkeypatch.setattr("audit.reading.CHUNK", 7)
    for number in range(30):
        record(actor=Actor(front_desk, ""), action=Action.PATIENT_VIEWED, patient_id=number)
    assert [row["patient"] for row in rows_of(as_auditor.post(EXPORT))] == [*map(str, range(29, 0, -1)), ""]


@pytest.mark.parametrize("evil", ['=HYPERLINK("http://127.0.0.1:9/","x")', "+1", "-1", "@SUM(A1)", '"'])
def test_export_of_formulas_is_neutralized_and_read_back(as_auditor, rivera, front_desk, evil):
    """Attack 15: a chart number or an address may come from outside."""
    Patient.objects.filter(pk=rivera.mateo.pk).update(chart_number=evil)
    record(actor=Actor(front_desk, evil[:45]), action=Action.PATIENT_VIEWED, patient_id=rivera.mateo.pk)
    (row,) = list(csv.DictReader(io.StringIO(as_auditor.post(EXPORT).getvalue().decode(), newline="")))
    for name in ("chart_number", "address"):
        assert not row[name].startswith(("=", "+", "-", "@", "\t", "\r"))
        assert row[name].removeprefix("'") == evil[: 45 if name == "address" else None]


# --- In the browser ------------------------------------------------------------------------------


@pytest.mark.usefixtures("transactional_db")
def test_audit_in_the_browser(context, live_server, auditor, lines):
    from tests.accessibility import axe  # noqa: PLC0415  # only here: it starts a browser's tool

    page = people.page_of(auditor, context, live_server)
    page.goto(live_server.url)
    axe(page)
    page.get_by_label("What").select_option("Refusals")
    page.get_by_label("Who").fill("dana")
    page.keyboard.press("Enter")
    page.get_by_text("Show everything").wait_for()
    assert page.locator("tbody tr").count() == 1
    assert page.get_by_label("Who").input_value() == "dana"
    axe(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    page.get_by_label("Patient").fill("nobody")
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_text("No matching rows").wait_for()
    axe(page)
