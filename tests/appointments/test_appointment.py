"""The window of an appointment, opened."""

import pytest
from django.urls import reverse

from appointments.models import Appointment, Provider, VisitType
from audit.models import AuditEvent
from tests.appointments import schedules
from tests.appointments.schedules import HTMX, Status, today_at
from tests.portal import steps

pytestmark = pytest.mark.usefixtures("ten_o_clock")


@pytest.fixture
def visit(ten_o_clock, rivera, feldman, office):
    VisitType.objects.create(name="Well visit", minutes=30)
    return schedules.visit(rivera.mateo, today_at(9), feldman, location=office, duration=30, visit_type="Well visit")


@pytest.fixture
def url(visit):
    return reverse("appointments:appointment", args=[visit.pk])


def test_a_page_of_its_own(as_front_desk, url, visit, rivera):
    page = as_front_desk.get(url).text
    for words in [
        "<html",
        "Mateo Rivera",
        "Dr. Feldman",
        "Main Office",
        "Scheduled",
        "Portal Account",
        "Ana Rivera",
        "Unregistered",
        "100001",
        f'href="{reverse("patients:chart", args=[rivera.mateo.pk])}"',
        f'action="{reverse("appointments:change", args=[visit.pk])}"',
        f'href="{reverse("appointments:day")}?day=2026-11-25"',
        'id="save-appointment"',
        'id="stamp-arrival"',
        f'hx-get="{reverse("desk:patient_window", args=[rivera.mateo.pk])}"',
    ]:
        assert words in page
    assert "hx-post" not in page.split('id="appointment-window"')[1].split("</form>")[0]


def test_a_fragment_for_the_dialog(as_front_desk, url, visit):
    page = as_front_desk.get(url, headers=HTMX).text
    assert "<html" not in page
    assert f'hx-post="{reverse("appointments:change", args=[visit.pk])}"' in page
    assert 'id="save-appointment"' in page


def test_the_fields_are_the_record_s(as_front_desk, visit, feldman, office):
    found = schedules.opened(as_front_desk, visit)
    expected = {
        "day": "2026-11-25",
        "time": "09:00",
        "duration": "30",
        "visit_type": "Well visit",
        "provider": str(feldman.pk),
        "location": str(office.pk),
        "status": "scheduled",
        "arrival": "",
        "cancel_reason": "",
    }
    assert {name: found[name] for name in expected} == expected
    assert "warned" not in found


def test_only_the_steps_that_make_sense_are_offered(as_front_desk, url, visit):
    offered = dict(as_front_desk.get(url).context["form"].fields["status"].choices)
    assert list(offered) == ["scheduled", "confirmed", "arrived", "no_show", "cancelled"]


def test_inactive_providers_are_offered_only_to_their_own_visits(as_front_desk, url, feldman, raman):
    Provider.objects.update(is_active=False)
    offered = as_front_desk.get(url).context["form"].fields["provider"].queryset
    assert list(offered) == [feldman]


def test_a_type_that_is_offered_no_more_stays_the_visit_s(as_front_desk, visit):
    VisitType.objects.all().delete()
    assert schedules.opened(as_front_desk, visit)["visit_type"] == "Well visit"


def test_an_old_reason_is_told_and_not_filled_in(as_front_desk, url, visit):
    Appointment.objects.update(override_reason="Twins come together")
    page = as_front_desk.get(url, headers=HTMX).text
    assert "Booked despite a warning: Twins come together" in page
    assert "override_reason" not in schedules.fields(page)


def test_a_viewer_reads_and_cannot_save(as_viewer, url):
    page = as_viewer.get(url).text
    assert "Mateo Rivera" in page
    assert "<fieldset disabled>" in page
    assert ("save-appointment" in page, "stamp-arrival" in page) == (False, False)


def test_names_are_text_not_markup(as_front_desk, url, visit, rivera, feldman):
    evil = "<script>alert(1)</script>"
    rivera.mateo.given_name = feldman.name = evil
    for each in (rivera.mateo, feldman):
        each.save()
    Appointment.objects.update(status=Status.CANCELLED, cancel_reason=evil, override_reason=evil, visit_type=evil)
    page = as_front_desk.get(url).text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 5


def test_the_trail(as_front_desk, front_desk, url, visit):
    as_front_desk.get(url)
    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.patient_id) == ("appointment.viewed", front_desk, visit.patient_id)
    assert event.detail == {"appointment": visit.pk}


def test_roles(url):
    assert steps.allowed_roles("get", url) == steps.VIEWERS


def test_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"post", "put", "patch", "delete"}


def test_unknown(as_front_desk, unknown):
    for number in unknown:
        assert as_front_desk.get(reverse("appointments:appointment", args=[number])).status_code == 404
    assert [action for action, _patient in steps.trail()] == ["access.refused"] * len(unknown)


def test_queries_do_not_grow_with_the_visits(as_front_desk, url, feldman):
    counts = {}
    for count in (1, 50, 200):
        schedules.visits(count - max(counts, default=0), today_at(9), feldman)
        counts[count] = steps.queries(lambda: as_front_desk.get(url))
    assert len(set(counts.values())) == 1, counts
