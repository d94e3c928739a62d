"""Ask again later and Ask now."""

from datetime import timedelta

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from patients.ages import today
from portal import family_answers
from portal.models import Pin, Postponement
from tests.portal import days, steps


@pytest.fixture
def url(rivera):
    days.comes(rivera.mateo)
    return reverse("desk:postpone", args=[rivera.ana.pk])


@pytest.fixture
def ask_now_url(rivera):
    return reverse("desk:ask_now", args=[rivera.ana.pk])


@pytest.fixture
def postponed(by, rivera, url):
    family_answers.postpone(contact=rivera.ana, until=today() + timedelta(days=5), reason="In a hurry", by=by)


def later(number=5, **changes):
    return {"reason": "In a hurry", "until": (today() + timedelta(days=number)).isoformat(), **changes}


def test_postpone_asks_first_and_proposes_30_days(as_front_desk, url):
    page = as_front_desk.get(url, headers={"HX-Request": "true"}).text
    assert "Ask again later: Ana Rivera" in page
    assert f'value="{today() + timedelta(days=30)}"' in page
    assert "<html" not in page
    assert "<html" in as_front_desk.get(url).text


def test_postpone_takes_the_family_off_the_list_and_says_so(as_front_desk, by, front_desk, url, rivera, mateo):
    steps.issued(by, mateo)
    page = as_front_desk.post(url, later(), follow=True)
    assert f"Ana Rivera is back on the list on {today() + timedelta(days=5):%b %-d, %Y}." in page.text
    assert not page.context["worklist"].families
    kept = Postponement.objects.get()
    assert (kept.contact, kept.reason, kept.postponed_by) == (rivera.ana, "In a hurry", front_desk)
    assert Pin.objects.get().state == "active"


def test_postpone_leaves_a_line_for_each_patient(as_front_desk, url, rivera):
    as_front_desk.post(url, later())
    assert sorted(steps.trail()) == sorted(
        ("registration.postponed", child.pk) for child in (rivera.mateo, rivera.sofia, rivera.baby)
    )
    assert "hurry" not in str(list(AuditEvent.objects.values_list("detail")))


def test_postpone_in_the_dialog_closes_it(as_front_desk, url):
    answer = as_front_desk.post(url, later(), headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (204, "dialog:close")


@pytest.mark.parametrize("number", [0, -1, 731])
def test_postpone_needs_a_day_after_today_within_two_years(as_front_desk, url, number):
    page = as_front_desk.post(url, later(number), headers={"HX-Request": "true"})
    assert "Choose a day" in page.text
    assert "<html" not in page.text
    assert not Postponement.objects.exists()


@pytest.mark.parametrize("number", [1, 730])
def test_postpone_takes_the_first_and_the_last_such_day(as_front_desk, url, number):
    as_front_desk.post(url, later(number))
    assert Postponement.objects.get().until == today() + timedelta(days=number)


@pytest.mark.parametrize(
    "changes", [{"reason": ""}, {"until": ""}, {"until": "soon"}, {"until": "2026-02-30"}, {"reason": "x" * 201}]
)
def test_postpone_needs_reason_and_date(as_front_desk, url, changes):
    assert "invalid-feedback" in as_front_desk.post(url, later(**changes)).text
    assert not Postponement.objects.exists()


def test_postpone_ignores_more_fields(as_front_desk, url, stranger, rivera):
    as_front_desk.post(url, later(contact=stranger.contact_id, postponed_by=1, postponed_at="2020-01-01"))
    kept = Postponement.objects.get()
    assert kept.contact == rivera.ana
    assert kept.postponed_at.year > 2020


def test_postpone_roles(url):
    assert steps.allowed_roles("get", url) == steps.EDITORS


def test_postpone_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"put", "patch", "delete"}


def test_postpone_post_roles(url):
    for role in sorted(steps.EVERYBODY - steps.EDITORS):
        steps.client_of(role).post(url, later())
    assert not Postponement.objects.exists()


def test_postpone_of_nobody(as_front_desk, unknown):
    for name in ("desk:postpone", "desk:ask_now"):
        for number in unknown:
            assert as_front_desk.post(reverse(name, args=[number]), later()).status_code == 404


def test_postpone_by_get_changes_nothing(as_front_desk, url):
    before = steps.everything_but(AuditEvent)
    as_front_desk.get(url)
    assert steps.everything_but(AuditEvent) == before


def test_ask_now_puts_the_family_back(as_front_desk, postponed, ask_now_url, rivera):
    page = as_front_desk.post(ask_now_url, follow=True)
    assert "Ana Rivera is back on the list." in page.text
    assert [family.contact for family in page.context["worklist"].families] == [rivera.ana]
    assert ("registration.resumed", rivera.mateo.pk) in steps.trail()


def test_ask_now_twice_is_recorded_once(as_front_desk, postponed, ask_now_url):
    for _ in range(2):
        as_front_desk.post(ask_now_url)
    assert [action for action, _ in steps.trail()].count("registration.resumed") == 3


def test_ask_now_roles(ask_now_url):
    assert steps.allowed_roles("post", ask_now_url) == steps.EDITORS


def test_ask_now_other_methods(as_front_desk, ask_now_url):
    assert steps.refused_methods(as_front_desk, ask_now_url) == {"get", "head", "put", "patch", "delete"}
