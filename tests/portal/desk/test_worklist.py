"""The page of the day's unregistered families."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.access import Permission, refusal
from audit.models import AuditEvent
from patients.ages import today
from portal import family_answers
from tests import people
from tests.portal import days, steps

pytestmark = pytest.mark.postgres

URL = reverse("desk:worklist")


@pytest.fixture
def visit(rivera):
    return days.comes(rivera.mateo, at="09:15", provider=days.doctor())


def test_worklist_shows_guardian_visits_and_children(as_front_desk, visit):
    page = as_front_desk.get(URL)
    assert page.status_code == 200
    for words in ["Ana Rivera", "Mother", "(212) 555-0141", "Spanish", "9:15 AM", "Dr. Maya Feldman", "Sofia Rivera"]:
        assert words in page.text
    assert page.text.count(" checked>") == 1


def test_worklist_names_who_cannot_be_registered_and_the_way_to_fix_it(as_front_desk, visit, rivera):
    page = as_front_desk.get(URL).text
    fix = f"{reverse('patients:edit', args=[rivera.baby.pk])}?next={URL}"
    assert f'href="{fix}">Enter the given name' in page
    tomorrow = today() + timedelta(days=1)
    days.comes(rivera.mateo, day=tomorrow)
    page = as_front_desk.get(URL, {"day": tomorrow.isoformat()}).text
    assert f"?next={URL}%3Fday%3D{tomorrow}" in page


def test_worklist_of_another_day(as_front_desk, visit, oneil):
    tomorrow = today() + timedelta(days=1)
    days.comes(oneil.nora, day=tomorrow)
    page = as_front_desk.get(URL, {"day": tomorrow.isoformat()}).text
    assert "Maeve O&#x27;Neil" in page
    assert "Ana Rivera" not in page
    assert f"?day={today()}" in page


@pytest.mark.parametrize("day", ["", "x", "2026-02-30", "0001-01-01", "9999-12-31", "2026-01-01T00:00", "\x00", "٢٠٢٦"])
def test_worklist_of_a_bad_date_is_today_s(as_front_desk, visit, day):
    page = as_front_desk.get(URL, {"day": day})
    assert page.status_code == 200
    assert page.context["worklist"].day == today()


def test_worklist_when_all_are_registered_is_good_news(as_front_desk, by, visit, mateo):
    steps.registered(by, mateo)
    page = as_front_desk.get(URL).text
    assert "All registered" in page
    assert "Register and Print" not in page


def test_worklist_of_a_day_without_appointments(as_front_desk):
    assert "No appointments on this day" in as_front_desk.get(URL).text


def test_worklist_keeps_the_declined_and_postponed_in_sight(as_front_desk, by, visit, rivera, stranger):
    days.comes(stranger.patient)
    family_answers.decline_family(contact=stranger.contact, reason="No phone", by=by)
    family_answers.postpone(contact=rivera.ana, until=today() + timedelta(days=3), reason="In a hurry", by=by)
    page = as_front_desk.get(URL).text
    assert "Left out (2)" in page
    for words in ["Reason: No phone", "Reason: In a hurry", "Ask now"]:
        assert words in page


def test_worklist_says_why_to_a_viewer(as_viewer, viewer, visit):
    page = as_viewer.get(URL).text
    assert refusal(viewer, Permission.MANAGE_PINS) in page
    assert "Ana Rivera" in page
    for control in ['type="checkbox"', "Register and Print", "Decline", "next="]:
        assert control not in page


def test_worklist_names_are_text(as_front_desk, visit, rivera):
    rivera.ana.given_name = "<script>alert(1)</script>"
    rivera.ana.save()
    assert "<script>alert" not in as_front_desk.get(URL).text


def test_worklist_is_recorded_once_per_view(as_front_desk, front_desk, visit):
    as_front_desk.get(URL)
    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.detail) == ("worklist.viewed", front_desk, {"day": today().isoformat()})
    as_front_desk.get(URL, headers={"HX-Request": "true"})  # it has only refreshed itself
    assert AuditEvent.objects.count() == 1
    as_front_desk.get(URL)
    assert AuditEvent.objects.count() == 2


def test_worklist_shows_no_pin(as_front_desk, by, visit, mateo):
    (number,) = steps.issued(by, mateo).values()
    page = as_front_desk.get(URL).text
    assert "PIN issued, not printed yet" in page
    assert number[:4] not in page


def test_worklist_changes_nothing(as_front_desk, by, visit, mateo):
    steps.issued(by, mateo)
    before = steps.everything_but(AuditEvent)
    as_front_desk.get(URL)
    as_front_desk.head(URL)
    assert steps.everything_but(AuditEvent) == before


def test_worklist_roles(db):
    assert steps.allowed_roles("get", URL) == steps.VIEWERS


def test_worklist_other_methods(as_front_desk):
    assert steps.refused_methods(as_front_desk, URL) == {"post", "put", "patch", "delete"}


def test_worklist_queries_do_not_grow_with_the_families(as_front_desk, by):
    def press(mothers):
        for mother in mothers:
            steps.printed(by, *mother.family_contacts.all())

    press(days.families(1, children=2))
    as_front_desk.get(URL)
    with_one = steps.queries(lambda: as_front_desk.get(URL))
    press(days.families(29, first=1, children=2)[:5])
    (alone,) = [people.patient("100099", "Noa", "Alone", people.years_ago(3))]
    days.comes(alone)
    page = as_front_desk.get(URL)
    assert len(page.context["worklist"].families) == 30
    assert steps.queries(lambda: as_front_desk.get(URL)) == with_one
