"""The dashboard of the Practice Portal and its lists."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit import chains
from audit.models import AuditEvent
from patients.ages import today
from patients.models import FamilyContact, Patient
from portal import registration
from portal.models import Alert, Pin, Registration
from portal.office import dashboard
from portal.pins import alerts
from practice.models import Practice
from tests import people
from tests.portal import days, steps

pytestmark = pytest.mark.postgres

URL = reverse("office:dashboard")
LISTS = [reverse(f"office:{name}") for name in ("locked", "pending", "age_outs", "ending")]


@pytest.fixture
def attack(db):
    """An attacker has tried 1,240 PINs from 31 addresses."""
    chains.write(
        [
            AuditEvent(action="pin.refused", address=f"203.0.113.{each % 31}", detail={"verdict": "unknown"})
            for each in range(1240)
        ]
    )
    first, last = AuditEvent.objects.order_by("at").first(), AuditEvent.objects.order_by("at").last()
    return Alert.objects.create(kind="redemption", started_at=first.at, last_at=last.at)


def lock(number):
    for day in range(1, 6):
        with pytest.raises(registration.NotProven):
            registration.prove(pin=number, birth_date=date(2001, 1, day), by=steps.PARENT)


def soon_adult(child, *, in_days):
    """Set the birth date so that the patient turns 18 in this many days."""
    born = today() + timedelta(days=in_days)
    Patient.objects.filter(pk=child.pk).update(birth_date=born.replace(year=born.year - 18))


# --- What it says --------------------------------------------------------------------------------


def test_dashboard_when_there_is_nothing_to_do(as_front_desk):
    page = as_front_desk.get(URL)
    assert page.status_code == 200
    assert "Nothing to do" in page.text
    assert AuditEvent.objects.get().action == "dashboard.viewed"


def test_dashboard_counts_the_families_of_today(as_front_desk, rivera, oneil):
    days.comes(rivera.mateo)
    days.comes(oneil.nora)
    days.comes(people.patient("100099", "Noa", "Alone", people.years_ago(3)))
    page = as_front_desk.get(URL).text
    assert "<b>2</b> families to register today<small>1 more cannot be registered yet</small>" in page
    assert f'href="{reverse("desk:worklist")}"' in page


def test_dashboard_shows_locked_pins_with_the_family_and_the_way_to_a_new_one(as_front_desk, by, mateo, sofia):
    lock(steps.issued(by, mateo)["Mateo"])
    steps.issued(by, sofia)
    page = as_front_desk.get(URL)
    assert [row.family_contact for row in page.context["dashboard"].locked.rows] == [mateo]
    for words in ["Mateo Rivera", "Ana Rivera", "Mother", "five wrong birth dates", "Issue a new PIN"]:
        assert words in page.text
    assert f'href="{reverse("desk:window", args=[mateo.pk])}"' in page.text


def test_dashboard_locked_pin_is_over_with_a_new_one(as_front_desk, by, mateo):
    for _ in range(3):
        lock(registration.reissue(family_contact=mateo, by=by).pins[mateo.pk])
    assert as_front_desk.get(URL).context["dashboard"].locked.count == 1
    steps.issued(by, mateo)
    assert as_front_desk.get(URL).context["dashboard"].locked.count == 0


def test_dashboard_shows_who_has_been_pending_for_more_than_a_week(as_front_desk, by, mateo, sofia, stranger):
    steps.registered(by, stranger)
    steps.issued(by, mateo)
    with time_machine.travel(timezone.now() + timedelta(days=7), tick=False):
        lock(steps.issued(by, sofia)["Sofia"])
        client = people.signed_in(by.user)
        assert client.get(URL).context["dashboard"].pending.count == 1
    with time_machine.travel(timezone.now() + timedelta(days=6)):
        assert people.signed_in(by.user).get(URL).context["dashboard"].pending.count == 0
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        page = people.signed_in(by.user).get(URL)
        assert [row.family_contact for row in page.context["dashboard"].pending.rows] == [mateo]
        assert "The PIN has expired. Issue a new one." in page.text


@pytest.mark.parametrize(("in_days", "listed"), [(0, False), (1, True), (60, True), (61, False)])
def test_dashboard_shows_who_turns_18_within_60_days(as_front_desk, by, mateo, rivera, in_days, listed):
    steps.registered(by, mateo)
    soon_adult(rivera.mateo, in_days=in_days)
    page = as_front_desk.get(URL)
    assert [row.patient for row in page.context["dashboard"].age_outs.rows] == [rivera.mateo] * listed
    if listed:
        birthday = today() + timedelta(days=in_days)
        assert f"Turns 18 on {birthday:%b} {birthday.day}, {birthday.year}" in page.text
        assert "Ana Rivera" in page.text


def test_dashboard_age_outs_need_a_registered_or_pending_guardian(as_front_desk, by, mateo, rivera):
    soon_adult(rivera.mateo, in_days=30)
    count = lambda: as_front_desk.get(URL).context["dashboard"].age_outs.count  # noqa: E731
    assert count() == 0
    steps.issued(by, mateo)
    assert count() == 1
    FamilyContact.objects.filter(pk=mateo.pk).update(role="self")
    assert count() == 0
    steps.issued(by, rivera.link(rivera.luis, rivera.mateo))
    assert count() == 1
    registration.decline(family_contact=rivera.link(rivera.luis, rivera.mateo), reason="No", by=by)
    assert count() == 0
    FamilyContact.objects.filter(pk=mateo.pk).update(role="mother")
    assert count() == 1
    Patient.objects.filter(pk=rivera.mateo.pk).update(status="inactive")
    assert count() == 0


def test_dashboard_age_outs_follow_the_practice_s_adult_age(as_front_desk, by, mateo, rivera):
    steps.registered(by, mateo)
    soon_adult(rivera.mateo, in_days=30)
    Practice.objects.create(pk=1, adult_age=21)
    assert as_front_desk.get(URL).context["dashboard"].age_outs.count == 0


def test_dashboard_patients_born_on_29_february_turn_18_on_1_march(by, mateo, rivera):
    Patient.objects.filter(pk=rivera.mateo.pk).update(birth_date=date(2012, 2, 29))
    steps.issued(by, mateo)
    for at, birthdays in [
        (datetime(2029, 12, 30, 17, tzinfo=UTC), []),
        (datetime(2029, 12, 31, 17, tzinfo=UTC), [date(2030, 3, 1)]),
        (datetime(2030, 2, 28, 17, tzinfo=UTC), [date(2030, 3, 1)]),
        (datetime(2030, 3, 1, 17, tzinfo=UTC), []),
    ]:
        with time_machine.travel(at, tick=False):
            found = dashboard.listed(dashboard.Part.AGE_OUTS, end=5)
            assert [row.birthday for row in found.rows] == birthdays, at


# --- Alerts --------------------------------------------------------------------------------------


def test_dashboard_describes_an_attack(as_front_desk, attack):
    page = as_front_desk.get(URL).text
    since = f"{timezone.localtime(attack.started_at):%-I:%M %p}"
    assert f"1,240 wrong PINs from 31 addresses since {since}. None succeeded." in page
    for words in ["PINs are being guessed", "they can register without Wi-Fi", "I have seen this"]:
        assert words in page


@pytest.mark.parametrize("name", ["desk:worklist", "office:administration", "patients:search", "office:dashboard"])
def test_alerts_are_in_the_navigation_of_every_page(as_front_desk, attack, name):
    address = reverse(name)
    assert "1 alert</span>" in as_front_desk.get(address).text
    seen = as_front_desk.post(reverse("office:alert_seen", args=[attack.pk]))
    assert seen.headers["Location"] == URL
    assert "alert</span>" not in as_front_desk.get(address).text


def test_navigation_counts_alerts_in_good_english(as_front_desk, attack):
    Alert.objects.create(kind="sign_in", started_at=attack.started_at, last_at=attack.last_at)
    assert "2 alerts</span>" in as_front_desk.get(URL).text


def test_dashboard_says_who_has_seen_an_ongoing_alert(as_front_desk, attack):
    as_front_desk.post(reverse("office:alert_seen", args=[attack.pk]))
    page = as_front_desk.get(URL).text
    assert "Seen by Dana Ortiz" in page
    assert "Still ongoing." in page
    assert "I have seen this" not in page


def test_dashboard_offers_a_viewer_no_button(as_viewer, attack):
    page = as_viewer.get(URL).text
    assert "1,240 wrong PINs" in page
    assert "I have seen this" not in page


def test_navigation_costs_one_query_for_its_alerts(as_front_desk, attack):
    with CaptureQueriesContext(connection) as captured:
        as_front_desk.get(reverse("patients:search"))
    assert len([each for each in captured if "portal_alert" in each["sql"]]) == 1


# --- Who, how, how much --------------------------------------------------------------------------


@pytest.mark.parametrize("url", [URL, *LISTS])
def test_dashboard_roles(db, url):
    assert steps.allowed_roles("get", url) == steps.VIEWERS


@pytest.mark.parametrize("url", [URL, *LISTS])
def test_dashboard_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"post", "put", "patch", "delete"}


def test_dashboard_changes_nothing(as_front_desk, by, mateo, attack):
    steps.issued(by, mateo)
    before = steps.everything_but(AuditEvent)
    for url in [URL, *LISTS]:
        as_front_desk.get(url)
    assert steps.everything_but(AuditEvent) == before


def test_dashboard_shows_no_pin_and_names_are_text(as_front_desk, by, mateo, rivera):
    rivera.mateo.given_name = "<script>alert(1)</script>"
    rivera.mateo.save()
    (number,) = steps.issued(by, mateo).values()
    Registration.objects.update(changed_at=timezone.now() - timedelta(days=8))
    page = as_front_desk.get(URL).text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert number[:4] not in page


def everyone_waits(by, count):
    """Make this many families of each kind."""
    mothers = days.families(count, first=Pin.objects.count(), children=3)
    for mother in mothers:
        locked, pending, soon = mother.family_contacts.order_by("pk")
        FamilyContact.objects.filter(pk=pending.pk).update(basis_until=today())
        lock(steps.issued(by, locked)[locked.patient.given_name])
        steps.issued(by, pending)
        steps.issued(by, soon)
        soon_adult(soon.patient, in_days=20)
        Registration.objects.filter(family_contact=pending).update(changed_at=timezone.now() - timedelta(days=8))


def test_dashboard_queries_do_not_grow_with_what_waits_and_rows_are_few(as_front_desk, by, attack, monkeypatch):
    monkeypatch.setattr(alerts, "PINS_PER_DAY", 10**6)
    everyone_waits(by, 1)
    as_front_desk.get(URL)
    with_one = {url: steps.queries(lambda url=url: as_front_desk.get(url)) for url in [URL, *LISTS]}
    everyone_waits(by, 7)
    shown = as_front_desk.get(URL).context["dashboard"]
    for part in (shown.locked, shown.pending, shown.age_outs, shown.ending):
        assert (part.count, len(part.rows)) == (8, dashboard.FIRST)
    assert {url: steps.queries(lambda url=url: as_front_desk.get(url)) for url in [URL, *LISTS]} == with_one


@pytest.mark.parametrize("url", LISTS)
def test_dashboard_lists_show_all_by_pages(as_front_desk, by, url, monkeypatch):
    monkeypatch.setattr("portal.office.views.dashboard.PAGE_SIZE", 6)
    everyone_waits(by, 8)
    assert f'href="{url}"' in as_front_desk.get(URL).text
    first, second = as_front_desk.get(url), as_front_desk.get(url, {"page": "2"})
    assert "Page 1 of 2" in first.text
    rows = [row.patient.pk for page in (first, second) for row in page.context["listed"].rows]
    assert len(rows) == len(set(rows)) == 8
    for page in ("x", "99", "-1", "0", "\x00", "9" * 500):
        assert as_front_desk.get(url, {"page": page}).status_code == 200
    assert AuditEvent.objects.filter(action="dashboard.viewed", detail__has_key="part").count() == 8


@pytest.mark.parametrize("url", LISTS)
def test_dashboard_lists_of_nobody(as_front_desk, url):
    assert "This list is empty" in as_front_desk.get(url).text
