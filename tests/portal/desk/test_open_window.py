"""Opening the Portal Registration window."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from accounts.access import Permission, refusal
from audit.models import AuditEvent
from patients.models import Patient
from portal.pins.numbers import grouped
from tests import people
from tests.portal import steps


@pytest.fixture
def url(window_url):
    return window_url


def test_window_shows_guardian_children_and_buttons(as_front_desk, url):
    page = as_front_desk.get(url)
    assert page.status_code == 200
    for words in ["Ana Rivera", "(212) 555-0141", "Spanish", "Mateo Rivera", "Sofia Rivera", "Register", "Print"]:
        assert words in page.text
    assert page.text.count("checked") == 2


def test_window_roles(url):
    assert steps.allowed_roles("get", url) == steps.VIEWERS


def test_window_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"post", "put", "patch", "delete"}


def test_window_of_nobody(as_front_desk, unknown):
    for number in unknown:
        assert as_front_desk.get(reverse("desk:window", args=[number])).status_code == 404
    assert [action for action, _patient in steps.trail()] == ["access.refused"] * len(unknown)


def test_window_leaves_one_line(as_front_desk, front_desk, url, mateo):
    as_front_desk.get(url)
    event = AuditEvent.objects.get()
    assert (event.action, event.patient_id, event.user) == ("registration.viewed", mateo.patient_id, front_desk)


def test_window_shows_no_other_family(as_front_desk, url, stranger):
    page = as_front_desk.get(url).text
    assert "Neil" not in page
    assert "Nora" not in page


def test_window_opened_again_shows_no_pin(as_front_desk, url, sheet):
    page = as_front_desk.get(url).text
    assert page.count("PIN hidden") == 2
    for number in sheet.values():
        assert number not in page
        assert grouped(number) not in page


def test_window_in_the_dialog_is_a_fragment(as_front_desk, url):
    page = as_front_desk.get(url, headers={"HX-Request": "true"}).text
    assert "Mateo Rivera" in page
    assert "<html" not in page


def test_window_says_why_to_a_viewer(as_viewer, viewer, url):
    page = as_viewer.get(url)
    assert page.status_code == 200
    assert escape(refusal(viewer, Permission.MANAGE_PINS)) in page.text
    for control in ["> Register", "> Print", 'type="checkbox"', "row-verb", ">Show<", "next="]:
        assert control not in page.text


def test_window_says_why_a_newborn_s_row_is_blocked(as_front_desk, url, rivera):
    page = as_front_desk.get(url).text
    fix = f"{reverse('patients:edit', args=[rivera.baby.pk])}?next={url}"
    assert f'<a class="row-fix" href="{fix}">Enter the given name</a>' in page
    row = next(row for row in as_front_desk.get(url).context["window"].rows if row.patient == rivera.baby)
    assert row.block.code == "placeholder_name"
    assert escape(row.block.reason) in page


def test_window_says_why_an_adult_s_row_is_blocked(as_front_desk, url):
    assert "Carmen Rivera is 19. From age 18, only the patient can register" in as_front_desk.get(url).text


def test_window_of_a_contact_without_authority_offers_nothing(as_front_desk, rivera):
    elena = rivera.link(rivera.elena, rivera.mateo)
    page = as_front_desk.get(reverse("desk:window", args=[elena.pk])).text
    assert "authority for Mateo Rivera is None. It must be Joint or Exclusive." in page
    assert 'type="checkbox"' not in page


def test_window_of_a_restricted_contact_names_the_paper(as_front_desk, oneil):
    sean = oneil.link(oneil.sean, oneil.nora)
    page = as_front_desk.get(reverse("desk:window", args=[sean.pk])).text
    assert "Court order: no access to records (FC-2024-0117)." in page
    assert 'type="checkbox"' not in page


def test_window_names_are_text_not_markup(as_front_desk, url, rivera):
    Patient.objects.filter(pk=rivera.mateo.pk).update(given_name="<script>alert(1)</script>")
    assert "<script>alert" not in as_front_desk.get(url).text


def test_window_queries_do_not_grow_with_the_children(as_front_desk, by):
    person = people.contact("Kay", "Moore")
    (first,) = steps.children_of(person, 1)
    steps.issued(by, first)
    url = reverse("desk:window", args=[first.pk])
    with_one = steps.queries(lambda: as_front_desk.get(url))
    for link in steps.children_of(person, 5):
        steps.issued(by, link)
    assert as_front_desk.get(url).text.count("PIN hidden") == 6
    assert steps.queries(lambda: as_front_desk.get(url)) == with_one
