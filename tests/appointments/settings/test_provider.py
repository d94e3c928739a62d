"""Adding and editing a provider with the hours of a week."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.models import Provider, WorkingHours
from appointments.settings import changes
from audit.models import AuditEvent
from tests.appointments.settings import samples
from tests.portal import steps

ADD = reverse("appointments:add_provider")
SETTINGS = reverse("appointments:settings")


def form(**changes):
    return {"name": "Dr. Iris Vale", "is_active": "on", "monday": "8-12, 1-5", **changes}


@pytest.fixture
def vale(db):
    return samples.provider()


@pytest.fixture
def url(vale):
    return reverse("appointments:provider", args=[vale.pk])


def test_provider_is_added(as_administrator, administrator):
    page = as_administrator.post(ADD, form(saturday="9 to noon"), follow=True)
    assert page.redirect_chain == [(SETTINGS, 302)]
    assert "Saved: Dr. Iris Vale, Mon 8:00 AM – 12:00 PM, 1:00 – 5:00 PM; Sat 9:00 AM – 12:00 PM." in page.text
    added = Provider.objects.get()
    assert (added.name, added.is_active) == ("Dr. Iris Vale", True)
    assert samples.rows(added) == [(0, time(8), time(12)), (0, time(13), time(17)), (5, time(9), time(12))]
    line = AuditEvent.objects.get()
    assert (line.action, line.user) == ("schedule_settings.changed", administrator)
    assert line.detail == {"provider": added.pk, "changed": "added,hours"}


def test_hours_are_shown_in_one_form_and_saving_that_changes_nothing(as_administrator, url, vale):
    page = as_administrator.get(url)
    shown = {name: page.context["form"][name].value() for name in ("monday", "tuesday")}
    assert shown == {"monday": "8:00 AM – 12:00 PM, 1:00 – 5:00 PM", "tuesday": ""}
    assert 'value="8:00 AM – 12:00 PM, 1:00 – 5:00 PM"' in page.text
    before = steps.everything_but()
    as_administrator.post(url, form(seen=page.context["seen"], **shown))
    assert steps.everything_but() == before


def test_provider_is_changed(as_administrator, url, vale):
    seen = as_administrator.get(url).context["seen"]
    as_administrator.post(url, form(name="Dr. Iris Kim", monday="", friday="8-5", seen=seen))
    vale.refresh_from_db()
    assert vale.name == "Dr. Iris Kim"
    assert samples.rows(vale) == [(4, time(8), time(17))]
    assert samples.noted() == [{"provider": vale.pk, "changed": "name,hours"}]


def test_whoever_makes_a_provider_inactive_is_told_what_is_booked(as_administrator, url, vale, rivera):
    tomorrow = timezone.now() + timedelta(days=1)
    samples.appointment(rivera.mateo, tomorrow, whose=vale)
    page = as_administrator.post(url, form(is_active=""), follow=True)
    assert "Saved: Dr. Iris Vale is inactive. Move 1 appointment to other providers." in page.text


def test_the_second_of_two_is_told_and_loses_nothing(as_administrator, url, vale):
    seen = as_administrator.get(url).context["seen"]
    as_administrator.post(url, form(tuesday="9-12", seen=seen))
    before = steps.everything_but()
    page = as_administrator.post(url, form(name="Dr. Iris Kim", tuesday="10-2", seen=seen))
    assert steps.everything_but() == before
    assert "A colleague changed this record after you opened it." in page.text
    assert "The record now says: “9:00 AM – 12:00 PM”." in page.text
    assert "The record now says: “Dr. Iris Vale”." in page.text
    assert 'value="10-2"' in page.text
    assert "Monday: The record now says" not in page.text  # written in another way, but the same
    assert "<h1>Dr. Iris Vale</h1>" in page.text
    as_administrator.post(url, form(tuesday="10-2", seen=page.context["seen"]))
    assert (1, time(10), time(14)) in samples.rows(vale)


def test_what_was_seen_includes_the_hours(vale):
    before = changes.fingerprint_of_provider(vale)
    WorkingHours.objects.filter(starts=time(8)).update(starts=time(9))
    assert changes.fingerprint_of_provider(vale) != before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"name": "\0"}, "Null characters are not allowed."),
        ({"monday": "8-25"}, "“25” is not a time of day."),
        ({"monday": "5 pm - 8 am"}, "“5 pm - 8 am” ends before it starts."),
        ({"monday": "8-12, 11-3"}, "8:00 AM – 12:00 PM and 11:00 AM – 3:00 PM overlap."),
        ({"sunday": "\0"}, "Null characters are not allowed."),
        ({"sunday": "8-12," * 100}, "at most 200 characters"),
        ({"sunday": "<script>alert(1)</script>"}, "&lt;script&gt;"),
    ],
)
def test_says_what_is_wrong_and_keeps_what_was_typed(as_administrator, url, changes, message):
    before = steps.everything_but()
    page = as_administrator.post(url, form(thursday="9 until 3", **{"name": "Dr. Iris Kim", **changes}))
    assert message in page.text
    assert 'value="9 until 3"' in page.text
    assert "<script>alert" not in page.text
    assert "<h1>Dr. Iris Vale</h1>" in page.text
    assert steps.everything_but() == before


def test_extra_fields_are_ignored(as_administrator, url, vale):
    other = samples.provider("Dr. Otto Reyes")
    as_administrator.post(url, form(id=other.pk, pk=other.pk, working_hours="", weekday="6", week="{}"))
    other.refresh_from_db()
    assert (other.name, len(samples.rows(other)), len(samples.rows(vale))) == ("Dr. Otto Reyes", 2, 2)


@pytest.mark.parametrize("method", ["get", "post"])
def test_roles(url, method):
    assert steps.allowed_roles(method, url) == {"administrator"}


@pytest.mark.parametrize("method", ["get", "post"])
def test_roles_for_adding(db, method):
    assert steps.allowed_roles(method, ADD) == {"administrator"}


def test_other_methods(as_administrator, url):
    assert steps.refused_methods(as_administrator, url) == {"put", "patch", "delete"}
    assert steps.refused_methods(as_administrator, ADD) == {"put", "patch", "delete"}


def test_nobody_of_that_number(as_administrator, unknown):
    for number in unknown:
        url = reverse("appointments:provider", args=[number])
        assert (as_administrator.get(url).status_code, as_administrator.post(url, form()).status_code) == (404, 404)


def test_queries_do_not_grow(as_administrator, url, vale):
    with_few = steps.queries(lambda: as_administrator.get(url))
    for number in range(30):
        samples.provider(f"Dr. {number}")
        WorkingHours.objects.create(provider=vale, weekday=6, starts=time(8, number), ends=time(8, number + 1))
    assert steps.queries(lambda: as_administrator.get(url)) == with_few
