"""The home page."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from tests.portal import steps

URL = reverse("home")


@pytest.mark.parametrize("role", sorted(steps.STAFF))
def test_home_leads_staff_to_their_work_or_says_why_not(db, role):
    places = {"auditor": "office:audit", "unlinked": "no_access", "inactive": "no_access"}
    client = steps.client_of(role)
    assert client.get(URL).headers["Location"] == reverse(places.get(role, "patients:search"))
    assert client.get(URL, follow=True).status_code == 200
    assert not AuditEvent.objects.filter(action="access.refused").exists()


def test_home_leads_a_family_to_its_children(as_family):
    assert as_family.get(URL).headers["Location"] == reverse("family:children")


def test_home_roles(db):
    assert steps.allowed_roles("get", URL) == steps.EVERYBODY - {"anonymous"}


def test_home_other_methods(as_front_desk):
    assert steps.refused_methods(as_front_desk, URL) == {"post", "put", "patch", "delete"}


def test_home_leaves_no_line_and_asks_little(as_front_desk):
    assert steps.queries(lambda: as_front_desk.get(URL)) == 3  # session, user, what the user may do
    assert steps.trail() == []
