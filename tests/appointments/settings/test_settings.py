"""Schedule Settings: the overview, and the length of a slot."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from practice.models import Practice
from tests.appointments.settings import samples
from tests.portal import steps

URL = reverse("appointments:settings")


def test_overview_shows_what_the_calendar_rests_on(as_administrator):
    vale = samples.provider(week=dict.fromkeys(range(5), samples.DAY) | {5: samples.MORNING})
    retired = samples.provider("Dr. Ann Able", week={}, is_active=False)
    kind = samples.visit_type("Well visit", 30, "teal")
    off = samples.time_off(vale)
    page = as_administrator.get(URL)
    for expected in ("Dr. Iris Vale", "Mon – Fri", "8:00 AM – 12:00 PM,", "1:00 – 5:00 PM", "9:00 AM – 12:00 PM"):
        assert expected in page.text
    for expected in ("Dr. Ann Able", "No hours set", "Inactive", "Well visit", "30 minutes", "Teal", "Vacation"):
        assert expected in page.text
    assert page.text.index("Dr. Iris Vale") < page.text.index("Dr. Ann Able")  # the active ones come first
    for name, number in (("provider", vale.pk), ("provider", retired.pk), ("visit_type", kind.pk)):
        assert f'href="{reverse(f"appointments:{name}", args=[number])}"' in page.text
    assert f'action="{reverse("appointments:remove_time_off", args=[off.pk])}"' in page.text


def test_overview_shows_no_time_off_that_is_over(as_administrator):
    samples.time_off(days_ahead=-7, reason="Long ago")
    assert "Long ago" not in as_administrator.get(URL).text


def test_where_there_is_nothing_the_next_step_is_offered(as_administrator):
    page = as_administrator.get(URL)
    for words, name in (
        ("Add the first provider", "add_provider"),
        ("Add the first visit type", "add_visit_type"),
        ("Add time off", "add_time_off"),
    ):
        assert f'<a class="btn btn-primary" href="{reverse(f"appointments:{name}")}">{words}</a>' in page.text


def test_navigation_leads_here_only_for_those_who_may(as_administrator, as_front_desk, as_clinician, as_viewer):
    link = f'<a href="{URL}" aria-current="page">'
    assert link in as_administrator.get(URL).text
    elsewhere = reverse("patients:search")
    assert f'<a href="{URL}">' in as_administrator.get(elsewhere).text
    for client in (as_front_desk, as_clinician, as_viewer):
        assert URL not in client.get(elsewhere).text


def test_grid_is_set(as_administrator, administrator):
    page = as_administrator.post(URL, {"minutes": "10"}, follow=True)
    assert page.redirect_chain == [(URL, 302)]
    assert "Saved: calendar slots are 10 minutes long." in page.text
    assert Practice.current().grid_minutes == 10
    assert page.context["form"].initial == {"minutes": 10}
    line = AuditEvent.objects.get()
    assert (line.action, line.user, line.patient_id) == ("schedule_settings.changed", administrator, None)
    assert line.detail == {"changed": "grid", "minutes": 10}


@pytest.mark.parametrize("minutes", ["", "7", "-5", "ten", "\0", "9" * 400, "1e1", "<script>"])
def test_grid_takes_nothing_else(as_administrator, minutes):
    before = steps.everything_but()
    page = as_administrator.post(URL, {"minutes": minutes})
    assert page.status_code == 200
    assert "Nothing was saved yet." in page.text
    assert "<script>\n" not in page.text
    assert steps.everything_but() == before


def test_extra_fields_are_ignored(as_administrator):
    Practice.objects.create(pk=1, name="Sunnyside Pediatrics")
    as_administrator.post(URL, {"minutes": "5", "name": "Renamed", "pin_lifetime_days": "30", "id": "2"})
    practice = Practice.objects.get()
    assert (practice.pk, practice.name, practice.pin_lifetime_days) == (1, "Sunnyside Pediatrics", 14)


def test_what_is_typed_into_the_settings_is_shown_as_text(as_administrator):
    hostile = "<img src=x onerror=alert(1)>"
    samples.provider(hostile)
    samples.visit_type(hostile)
    samples.time_off(reason=hostile)
    assert "<img" not in as_administrator.get(URL).text


@pytest.mark.parametrize("method", ["get", "post"])
def test_roles(db, method):
    assert steps.allowed_roles(method, URL) == {"administrator"}


def test_other_methods(as_administrator):
    assert steps.refused_methods(as_administrator, URL) == {"put", "patch", "delete"}


def test_queries_do_not_grow(as_administrator):
    def add(number):
        vale = samples.provider(f"Dr. {number}", week={0: samples.DAY})
        samples.visit_type(f"Type {number}")
        samples.time_off(vale)

    add(0)
    with_one = steps.queries(lambda: as_administrator.get(URL))
    for number in range(1, 31):
        add(number)
    assert steps.queries(lambda: as_administrator.get(URL)) == with_one
