"""The page of a run: preview, progress, result."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from audit.trail import Actor
from patients.ages import today
from portal import worklist
from portal.desk import runs
from portal.models import Pin, SheetRun
from tests import people
from tests.portal import days, steps

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def run(by, rivera, stranger):
    """A run of the Riveras and the O'Neils, not started."""
    days.comes(rivera.mateo, at="09:00")
    days.comes(stranger.patient, at="10:00")
    return runs.plan(day=today(), families=worklist.read(today()).families, by=by)


@pytest.fixture
def url(run):
    return reverse("desk:run", args=[run.pk])


def began(run, *, seconds_ago, done=1, drawn=0):
    """A run that is running or was interrupted."""
    then = timezone.now() - timedelta(seconds=seconds_ago)
    SheetRun.objects.filter(pk=run.pk).update(started_at=then, touched_at=then, drawn=drawn)
    run.families.filter(position__lte=done).update(done_at=then)


def test_run_shows_a_preview(as_front_desk, by, run, url, mateo):
    steps.issued(by, mateo)
    page = " ".join(as_front_desk.get(url).text.split())
    for words in [
        "3 PINs will be issued",
        "1 child already has a PIN",
        "2 sheets</b> for 2 families",
        "2 children are left out",
        "Nothing has been issued yet",
        "Carmen Rivera is 19",
        "Enter the given name",
        "Back to the list",
    ]:
        assert words in page
    assert "autofocus" in page
    assert 'target="_blank"' in page


def test_run_shows_its_progress_and_keeps_refreshing(as_front_desk, run, url):
    began(run, seconds_ago=1)
    page = as_front_desk.get(url, headers=FRAGMENT).text
    assert "<html" not in page
    assert "load delay:800ms" in page
    assert "1 of 2 families" in page
    assert '<progress value="1" max="2"' in page
    assert 'id="print-run"' not in page


def test_run_then_shows_the_drawing(as_front_desk, by, run, url):
    for family in run.families.all():
        steps.issued(by, *family.family_contacts.filter(patient__given_name__in=["Mateo", "Nora"]))
    began(run, seconds_ago=1, done=2, drawn=1)
    page = as_front_desk.get(url, headers=FRAGMENT).text
    assert "Drawing sheets" in page
    assert '<progress value="1" max="2"' in page


def test_run_without_a_heartbeat_is_interrupted_and_can_be_continued(as_front_desk, run, url):
    began(run, seconds_ago=runs.ABANDONED_AFTER.total_seconds() + 1)
    page = as_front_desk.get(url).text
    assert "Interrupted: 1 of 2 families" in page
    assert "Continue" in page
    assert "load delay" not in page
    listed = as_front_desk.get(reverse("desk:worklist")).text
    assert "Interrupted:" in listed
    assert f'href="{url}"' in listed


def test_run_can_be_continued_by_a_colleague(as_clinician, run, url):
    began(run, seconds_ago=runs.ABANDONED_AFTER.total_seconds() + 1)
    assert "Continue" in as_clinician.get(url).text


def test_run_says_what_was_printed_and_offers_it_again(as_front_desk, by, run, url):
    runs.carry_out(run=run, by=by)
    page = as_front_desk.get(url).text
    assert f"2 sheets printed at {timezone.localtime(timezone.now()):%-I:%M %p}" in " ".join(page.split())
    assert "Print again" in page
    assert "Interrupted" not in as_front_desk.get(reverse("desk:worklist")).text
    fragment = as_front_desk.get(url, headers=FRAGMENT).text
    assert 'id="run-announcement" hx-swap-oob="innerHTML"' in fragment


def test_run_shows_no_pin(as_front_desk, by, run, url):
    runs.carry_out(run=run, by=by)
    page = as_front_desk.get(url).text
    for pin in Pin.objects.all():
        assert pin.digest not in page
        assert pin.sealed not in page


def test_run_is_recorded_once_per_view(as_front_desk, run, url):
    before = AuditEvent.objects.count()
    as_front_desk.get(url)
    for _ in range(3):
        as_front_desk.get(url, headers=FRAGMENT)
    event = AuditEvent.objects.first()
    assert AuditEvent.objects.count() == before + 1
    assert (event.action, event.detail) == ("sheet_run.viewed", {"run": run.pk})


def test_run_by_get_changes_nothing(as_front_desk, run, url):
    before = steps.everything_but(AuditEvent)
    as_front_desk.get(url)
    as_front_desk.head(url)
    assert steps.everything_but(AuditEvent) == before


def test_run_roles(url):
    assert steps.allowed_roles("get", url) == steps.EDITORS


def test_run_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"post", "put", "patch", "delete"}


def test_run_of_nobody(as_front_desk, unknown):
    for number in unknown:
        assert as_front_desk.get(reverse("desk:run", args=[number])).status_code == 404


def test_run_queries_do_not_grow_with_the_families(as_front_desk, by, db):
    def page_of(user, count, first):
        days.families(count, first=first, children=2)
        run = runs.plan(day=today(), families=worklist.read(today()).families, by=Actor(user, ""))
        return reverse("desk:run", args=[run.pk])

    one = page_of(by.user, 1, 0)
    as_front_desk.get(one)
    with_one = steps.queries(lambda: as_front_desk.get(one))
    thirty = page_of(people.staff("Kim", "front_desk"), 29, 1)
    assert steps.queries(lambda: as_front_desk.get(thirty)) == with_one
