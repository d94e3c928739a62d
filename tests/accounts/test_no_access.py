"""A staff sign-in without an active staff record: it reads why, asks an administrator, and nothing else (R1)."""

import pytest
from django.urls import reverse

from accounts import access_requests, staff
from accounts.models import AccessRequest, StaffRecord, User
from audit.models import AuditEvent
from audit.trail import Actor
from tests import people
from tests.at_once import at_once
from tests.portal import steps

pytestmark = pytest.mark.postgres

URL = reverse("no_access")


@pytest.mark.parametrize("role", ["unlinked", "inactive"])
def test_no_access_says_why_and_who_can_help_on_every_page(db, administrator, rivera, role):
    client = steps.client_of(role)
    why = {"unlinked": "is not linked to a staff record", "inactive": "Your staff record “Inactive” is inactive."}[role]
    for address in ["/patients/", "/schedule/", reverse("patients:chart", args=[rivera.mateo.pk])]:
        page = client.get(address)
        assert page.status_code == 403
        for words in [why, "Morgan Lee", "Ask an administrator", "Your sign-in", "Sign out", f'href="{address}"']:
            assert words in page.text
        assert "Rivera" not in page.text
        assert 'role="search"' not in page.text
    assert client.get(URL).status_code == 200
    assert client.get(reverse("own_sign_in")).status_code == 200


def test_no_access_names_only_administrators_who_can_sign_in(as_unlinked, administrator):
    people.staff("Ina Active", "administrator")
    people.staff("Dis Abled", "administrator")
    StaffRecord.objects.filter(name="Ina Active").update(is_active=False)
    User.objects.filter(staff_record__name="Dis Abled").update(is_active=False)
    assert as_unlinked.get(URL).context["administrators"] == ["Morgan Lee"]


def test_no_access_without_an_administrator_says_who_can_add_one(as_unlinked):
    page = as_unlinked.get(URL).text
    assert "Ask your server administrator to add one." in page
    assert "Ask an administrator</button>" not in page


def test_asking_is_kept_once_with_one_line(as_unlinked, unlinked, administrator):
    for _press in range(3):
        assert as_unlinked.post(URL).headers["Location"] == URL
    request = AccessRequest.objects.get()
    line = AuditEvent.objects.get()
    assert (request.user, line.action, line.user, line.detail) == (unlinked, "staff_access.asked", unlinked, {})
    page = as_unlinked.get(URL).text
    assert "You asked on" in page
    assert "Ask an administrator</button>" not in page


def test_asking_needs_no_access(as_front_desk, as_viewer, family_user):
    for client in (as_front_desk, as_viewer):
        assert client.get(URL).headers["Location"] == "/"
        assert client.post(URL).headers["Location"] == "/"
    assert not access_requests.ask(by=Actor(family_user, "192.0.2.1"))
    assert not AccessRequest.objects.exists()


def test_no_access_roles(db):
    assert steps.allowed_roles("get", URL) == steps.STAFF


def test_no_access_other_methods(as_unlinked):
    assert steps.refused_methods(as_unlinked, URL) == {"put", "patch", "delete"}


def test_no_access_asks_for_the_second_factor_first(as_unlinked, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    for ask in (as_unlinked.get, as_unlinked.post):
        assert ask(URL).headers["Location"] == reverse("accounts:second_factor")
    assert not AccessRequest.objects.exists()


def test_the_same_session_works_once_the_sign_in_is_linked(as_unlinked, as_administrator, unlinked, front_desk):
    as_unlinked.post(URL)
    link = {"name": "Noa Newcomer", "role": "front_desk", "is_active": "on", "user": unlinked.pk}
    as_administrator.post(reverse("office:add_staff_record"), link)
    assert not AccessRequest.objects.exists()
    assert as_unlinked.get("/patients/").status_code == 200


def test_the_same_session_works_once_the_record_is_active_again(as_front_desk, as_administrator, front_desk):
    record = front_desk.staff_record
    StaffRecord.objects.update(is_active=False)
    StaffRecord.objects.filter(role="administrator").update(is_active=True)
    as_front_desk.post(URL)
    assert AccessRequest.objects.filter(user=front_desk).exists()
    kept = {"name": record.name, "role": record.role, "user": front_desk.pk}
    url = reverse("office:staff_record", args=[record.pk])
    as_administrator.post(url, kept)  # still inactive
    assert AccessRequest.objects.filter(user=front_desk).exists()
    as_administrator.post(url, kept | {"is_active": "on"})
    assert not AccessRequest.objects.exists()
    assert as_front_desk.get("/patients/").status_code == 200


@pytest.mark.usefixtures("transactional_db")
def test_asking_at_the_same_moment_is_kept_once(unlinked):
    by = Actor(unlinked, "192.0.2.1")
    assert sorted(at_once(*[lambda: access_requests.ask(by=by)] * 5)) == [False] * 4 + [True]
    assert AuditEvent.objects.filter(action="staff_access.asked").count() == 1


@pytest.mark.usefixtures("transactional_db")
def test_a_sign_in_asks_while_two_administrators_link_it(unlinked, administrator):
    def link(name):
        record = StaffRecord(name=name, role="front_desk", user=unlinked)
        return staff.save_record(staff_record=record, changed=["user"], agreed=None, by=Actor(administrator, "a"))

    ask = lambda: access_requests.ask(by=Actor(unlinked, "192.0.2.1"))  # noqa: E731
    results = at_once(ask, lambda: link("Noa"), ask, lambda: link("Kim"), ask)
    assert [each for each in results if isinstance(each, Exception) and not isinstance(each, staff.ChangeRefused)] == []
    assert StaffRecord.objects.filter(user=unlinked).count() == 1
    assert not AccessRequest.objects.exists()
