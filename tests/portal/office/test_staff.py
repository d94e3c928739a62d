"""Staff: the records, and the sign-ins without one."""

import pytest
from django.urls import reverse

from accounts.models import StaffRecord
from tests import people
from tests.portal import steps


@pytest.fixture
def url():
    return reverse("office:staff")


def test_staff_lists_records_and_their_sign_ins(as_administrator, front_desk, url):
    page = as_administrator.get(url)
    assert page.status_code == 200
    for words in ["Dana Ortiz", "Front desk", front_desk.email, "Morgan Lee", "Practice administrator", "Active"]:
        assert words in page.text


def test_staff_names_the_sign_ins_without_a_record(as_administrator, unlinked, family_user, url):
    page = as_administrator.get(url).text
    assert unlinked.email in page
    assert family_user.email not in page


def test_staff_marks_an_inactive_record(as_administrator, front_desk, url):
    StaffRecord.objects.filter(user=front_desk).update(is_active=False)
    assert "Inactive" in as_administrator.get(url).text


def test_staff_roles(url, db):
    assert steps.allowed_roles("get", url) == {"administrator"}


def test_staff_other_methods(as_administrator, url):
    assert steps.refused_methods(as_administrator, url) == {"post", "put", "patch", "delete"}


def test_staff_queries_do_not_grow_with_the_staff(as_administrator, url):
    with_one = steps.queries(lambda: as_administrator.get(url))
    for number in range(30):
        people.staff(f"Nurse{number} Kay", "clinician")
        people.staff_user(f"new{number}@sunnyside.example")
    assert len(as_administrator.get(url).context["staff_records"]) == 31
    assert steps.queries(lambda: as_administrator.get(url)) == with_one
