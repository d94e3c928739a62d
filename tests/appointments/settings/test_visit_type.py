"""Adding, editing and removing a visit type."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.models import VisitType
from audit.models import AuditEvent
from tests.appointments.settings import samples
from tests.portal import steps

ADD = reverse("appointments:add_visit_type")
SETTINGS = reverse("appointments:settings")


def form(**changes):
    return {"name": "Well visit", "minutes": "30", "color": "teal", **changes}


@pytest.fixture
def well(db):
    return samples.visit_type()


@pytest.fixture
def url(well):
    return reverse("appointments:visit_type", args=[well.pk])


@pytest.fixture
def remove_url(well):
    return reverse("appointments:remove_visit_type", args=[well.pk])


def stored():
    return VisitType.objects.values_list("name", "minutes", "color").get()


def test_visit_type_is_added(as_administrator, administrator):
    page = as_administrator.post(ADD, form(), follow=True)
    assert page.redirect_chain == [(SETTINGS, 302)]
    assert "Saved: Well visit, 30 minutes." in page.text
    assert stored() == ("Well visit", 30, "teal")
    line = AuditEvent.objects.get()
    assert (line.action, line.user) == ("schedule_settings.changed", administrator)
    assert line.detail == {"visit_type": VisitType.objects.get().pk, "changed": "added"}


def test_visit_type_is_changed(as_administrator, url, well):
    seen = as_administrator.get(url).context["seen"]
    as_administrator.post(url, form(minutes="20", color="rose", seen=seen))
    assert stored() == ("Well visit", 20, "rose")
    assert samples.noted() == [{"visit_type": well.pk, "changed": "minutes,color"}]


def test_every_color_has_its_word_and_its_swatch(as_administrator):
    page = as_administrator.get(ADD)
    for color in VisitType.Color:
        assert f'class="type-swatch type-{color}"' in page.text
        assert color.label in page.text


def test_adding_begins_with_usual_values_and_a_color_of_its_own(as_administrator):
    def offered():
        form = as_administrator.get(ADD).context["form"]
        return form["minutes"].value(), str(form["color"].value())

    assert offered() == (15, "teal")
    samples.visit_type("Well visit", 30, "teal")
    samples.visit_type("Sick visit", 15, "violet")
    assert offered() == (15, "blue")
    for number, color in enumerate(VisitType.Color):
        samples.visit_type(f"Type {number}", 15, color)
    assert offered() == (15, "slate")


def test_the_second_of_two_is_told_and_loses_nothing(as_administrator, url):
    seen = as_administrator.get(url).context["seen"]
    as_administrator.post(url, form(minutes="20", color="rose", seen=seen))
    page = as_administrator.post(url, form(name="Checkup", minutes="45", seen=seen))
    assert stored() == ("Well visit", 20, "rose")
    for expected in ("A colleague changed this record", "“20”", "The record now says: Rose.", 'value="Checkup"'):
        assert expected in page.text
    as_administrator.post(url, form(name="Checkup", minutes="45", seen=page.context["seen"]))
    assert stored() == ("Checkup", 45, "teal")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"name": "\0"}, "Null characters are not allowed."),
        ({"name": "sick VISIT"}, "Another visit type has this name."),
        ({"name": "Sick visit"}, "with this Name already exists."),
        ({"minutes": ""}, "This field is required."),
        ({"minutes": "4"}, "Enter at least 5 minutes."),
        ({"minutes": "481"}, "Enter at most 480 minutes (8 hours)."),
        ({"minutes": "9" * 400}, "Enter at most 480 minutes (8 hours)."),
        ({"minutes": "soon"}, "Enter a whole number."),
        ({"color": ""}, "This field is required."),
        ({"color": "pink"}, "Select a valid choice."),
        ({"color": "<script>"}, "Select a valid choice."),
    ],
)
def test_says_what_is_wrong_and_saves_nothing(as_administrator, url, changes, message):
    samples.visit_type("Sick visit")
    before = steps.everything_but()
    page = as_administrator.post(url, form(**changes))
    assert message in page.text
    assert "Nothing was saved yet." in page.text
    assert "<h1>Well visit</h1>" in page.text
    assert steps.everything_but() == before


def test_extra_fields_are_ignored(as_administrator, url):
    sick = samples.visit_type("Sick visit", 15, "amber")
    as_administrator.post(url, form(id=sick.pk, pk=sick.pk))
    sick.refresh_from_db()
    assert (sick.name, sick.minutes) == ("Sick visit", 15)


def test_visit_type_is_removed_and_appointments_keep_its_words(as_administrator, remove_url, rivera, well):
    visit = samples.appointment(rivera.mateo, timezone.now() + timedelta(days=1), visit_type="Well visit")
    page = as_administrator.post(remove_url, follow=True)
    assert page.redirect_chain == [(SETTINGS, 302)]
    assert "Removed: Well visit. Booked appointments keep this name." in page.text
    visit.refresh_from_db()
    assert (visit.visit_type, VisitType.objects.exists()) == ("Well visit", False)
    assert samples.noted() == [{"visit_type": well.pk, "changed": "removed"}]
    assert as_administrator.post(remove_url).status_code == 404  # as after a second click


@pytest.mark.parametrize("method", ["get", "post"])
def test_roles(url, method):
    assert steps.allowed_roles(method, url) == {"administrator"}


@pytest.mark.parametrize("method", ["get", "post"])
def test_roles_for_adding(db, method):
    assert steps.allowed_roles(method, ADD) == {"administrator"}


def test_roles_for_removing(remove_url):
    assert steps.allowed_roles("post", remove_url) == {"administrator"}


def test_other_methods(as_administrator, url, remove_url):
    assert steps.refused_methods(as_administrator, url) == {"put", "patch", "delete"}
    assert steps.refused_methods(as_administrator, ADD) == {"put", "patch", "delete"}
    assert steps.refused_methods(as_administrator, remove_url) == {"get", "head", "put", "patch", "delete"}


def test_nothing_of_that_number(as_administrator, unknown):
    for number in unknown:
        assert as_administrator.get(reverse("appointments:visit_type", args=[number])).status_code == 404
        assert as_administrator.post(reverse("appointments:remove_visit_type", args=[number])).status_code == 404


def test_queries_do_not_grow(as_administrator, url):
    with_one = steps.queries(lambda: as_administrator.get(url))
    for number in range(30):
        samples.visit_type(f"Type {number}")
    assert steps.queries(lambda: as_administrator.get(url)) == with_one
