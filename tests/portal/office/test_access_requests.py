"""Requests for access on the dashboard, and **Dismiss**."""

import pytest
from django.urls import reverse

from accounts import access_requests
from accounts.models import AccessRequest, StaffRecord, User
from audit.models import AuditEvent
from audit.trail import Actor
from tests import people
from tests.portal import steps

pytestmark = pytest.mark.postgres

DASHBOARD = reverse("office:dashboard")


@pytest.fixture
def asked(unlinked):
    access_requests.ask(by=Actor(unlinked, "192.0.2.1"))
    return unlinked


@pytest.fixture
def url(asked):
    return reverse("office:dismiss_request", args=[asked.pk])


def test_dashboard_shows_an_administrator_who_asks_and_when(as_administrator, asked, front_desk):
    StaffRecord.objects.filter(user=front_desk).update(is_active=False)
    access_requests.ask(by=Actor(front_desk, "192.0.2.1"))
    page = as_administrator.get(DASHBOARD)
    assert [each.user for each in page.context["dashboard"].requests] == [asked, front_desk]
    for words in [
        asked.email,
        "No staff record",
        f'href="{reverse("office:add_staff_record")}?user={asked.pk}"',
        "Dana Ortiz’s staff record is inactive",
        f'href="{reverse("office:staff_record", args=[front_desk.staff_record.pk])}"',
    ]:
        assert words in page.text
    assert "Nothing to do" not in page.text


def test_dashboard_shows_nobody_else_who_asks(as_front_desk, as_viewer, asked):
    for client in (as_front_desk, as_viewer):
        assert asked.email not in client.get(DASHBOARD).text


def test_dashboard_leaves_out_a_disabled_sign_in(as_administrator, asked):
    User.objects.filter(pk=asked.pk).update(is_active=False)
    assert "Nothing to do" in as_administrator.get(DASHBOARD).text


def test_dashboard_asks_the_same_number_of_queries_for_more_requests(as_administrator, asked):
    with_one = steps.queries(lambda: as_administrator.get(DASHBOARD))
    for number in range(5):
        AccessRequest.objects.create(user=people.staff_user(f"new{number}@sunnyside.example"))
    assert steps.queries(lambda: as_administrator.get(DASHBOARD)) == with_one


def test_add_staff_record_has_the_sign_in_that_asks(as_administrator, asked):
    add = reverse("office:add_staff_record")
    assert f'<option value="{asked.pk}" selected>' in as_administrator.get(add, {"user": asked.pk}).text
    for nonsense in ("x", "9" * 30, "\0"):
        assert as_administrator.get(add, {"user": nonsense}).status_code == 200


def test_dismiss_removes_the_request_with_one_line_and_the_user_may_ask_again(as_administrator, asked, url):
    page = as_administrator.post(url, follow=True)
    assert page.redirect_chain == [(DASHBOARD, 302)]
    assert f"Request dismissed. {asked.email} still has no access." in page.text
    as_administrator.post(url)
    assert not AccessRequest.objects.exists()
    (line,) = AuditEvent.objects.filter(action="staff_access.dismissed")
    assert line.detail == {"account": asked.pk}
    assert access_requests.ask(by=Actor(asked, "192.0.2.1"))


def test_dismiss_roles(url):
    assert steps.allowed_roles("post", url) == {"administrator"}


def test_dismiss_other_methods(as_administrator, url):
    assert steps.refused_methods(as_administrator, url) == {"get", "head", "put", "patch", "delete"}


def test_dismiss_of_a_family_or_of_nobody(as_administrator, family_user):
    for number in (family_user.pk, 999_999):
        assert as_administrator.post(reverse("office:dismiss_request", args=[number])).status_code == 404
