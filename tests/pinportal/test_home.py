"""The home page."""

import pytest
from django.urls import reverse

from tests.portal import steps

URL = reverse("home")


@pytest.mark.parametrize("role", ["front desk", "clinician", "administrator", "unlinked", "inactive"])
def test_home_leads_staff_to_the_patients(db, role):
    assert steps.client_of(role).get(URL).headers["Location"] == reverse("patients:search")


def test_home_leads_a_family_to_its_children(as_family):
    assert as_family.get(URL).headers["Location"] == reverse("family:children")


def test_home_roles(db):
    assert steps.allowed_roles("get", URL) == steps.EVERYBODY - {"anonymous"}


def test_home_other_methods(as_front_desk):
    assert steps.refused_methods(as_front_desk, URL) == {"post", "put", "patch", "delete"}


def test_home_leaves_no_line_and_asks_little(as_front_desk):
    assert steps.queries(lambda: as_front_desk.get(URL)) == 3  # session, user, what the user may do
    assert steps.trail() == []
