"""From the ticked families to the preview of a run."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from patients.ages import today
from portal import family_answers
from portal.desk import runs
from portal.models import Pin, SheetRun
from tests.portal import days, steps

URL = reverse("desk:plan_run")


@pytest.fixture
def families(rivera, stranger):
    """The Riveras at ten, the O'Neils at nine."""
    days.comes(rivera.mateo, at="10:00")
    days.comes(stranger.patient, at="09:00")
    return [rivera.ana, stranger.contact]


def press(client, *contacts, **more):
    return client.post(URL, {"family": [contact.pk for contact in contacts], "day": today().isoformat(), **more})


def test_plan_run_leads_to_the_preview_in_the_order_of_appointments(as_front_desk, front_desk, families, rivera):
    answer = press(as_front_desk, *families)
    run = SheetRun.objects.get()
    assert answer.headers["Location"] == reverse("desk:run", args=[run.pk])
    assert (run.planned_by, run.day, run.started_at) == (front_desk, today(), None)
    planned = list(run.families.all())
    assert [family.contact.name for family in planned] == ["Maeve O'Neil", "Ana Rivera"]
    children = {link.patient for link in planned[1].family_contacts.all()}
    assert children == set(rivera.children)


def test_plan_run_issues_nothing_and_leaves_one_line(as_front_desk, families):
    press(as_front_desk, *families)
    assert not Pin.objects.exists()
    event = AuditEvent.objects.get()
    assert (event.action, event.detail) == ("sheet_run.planned", {"run": SheetRun.objects.get().pk, "families": 2})


def test_plan_run_takes_only_the_ticked(as_front_desk, families):
    press(as_front_desk, families[0])
    assert [family.contact for family in SheetRun.objects.get().families.all()] == [families[0]]


def test_plan_run_of_nothing_says_so(as_front_desk, families):
    page = press(as_front_desk)
    assert "Tick the families to register first." in page.text
    assert " checked>" not in page.text
    assert not SheetRun.objects.exists()


def test_plan_run_of_too_many_names_the_limit_and_loses_no_tick(as_front_desk, db):
    mothers = days.families(runs.MAX_FAMILIES + 2)
    page = press(as_front_desk, *mothers[1:])
    assert f"one run takes at most {runs.MAX_FAMILIES}" in page.text
    assert page.text.count(" checked>") == runs.MAX_FAMILIES + 1
    assert not SheetRun.objects.exists()
    assert press(as_front_desk, *mothers[2:]).status_code == 302


def test_plan_run_ignores_families_who_are_not_on_the_list(as_front_desk, by, families, rivera, stranger):
    family_answers.decline_family(contact=stranger.contact, reason="No phone", by=by)
    page = as_front_desk.post(
        URL, {"family": [stranger.contact_id, rivera.ana.pk, rivera.elena.pk, 999_999]}, follow=True
    )
    assert [family.contact for family in SheetRun.objects.get().families.all()] == [rivera.ana]
    assert "3 families have left the list" in page.text


@pytest.mark.parametrize("value", ["x", "-1", "1e3", "99999999999999999999", "١", "\x00", "1 OR 1=1", ""])
def test_plan_run_ignores_invalid_numbers(as_front_desk, families, value):
    page = as_front_desk.post(URL, {"family": value, "day": value})
    assert page.status_code == 200
    assert not SheetRun.objects.exists()


def test_plan_run_ignores_more_fields(as_front_desk, front_desk, administrator, families):
    press(as_front_desk, *families, planned_by=administrator.pk, started_at="2020-01-01", position=9, drawn=9)
    run = SheetRun.objects.get()
    assert (run.planned_by, run.started_at, run.drawn) == (front_desk, None, 0)


def test_plan_run_again_replaces_the_plan(as_front_desk, families):
    for contact in families:
        press(as_front_desk, contact)
    assert [family.contact for family in SheetRun.objects.get().families.all()] == [families[1]]


def test_plan_run_roles(families):
    assert steps.allowed_roles("post", URL) == steps.EDITORS


def test_plan_run_other_methods(as_front_desk):
    assert steps.refused_methods(as_front_desk, URL) == {"get", "head", "put", "patch", "delete"}
