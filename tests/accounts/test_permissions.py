"""The table of permissions is the same in the code, in the product and in the documentation."""

import re
from pathlib import Path

from django.core.management import call_command
from django.urls import reverse

from accounts.access import ROLE_PERMISSIONS, Permission
from accounts.models import StaffRecord
from tests.portal import steps

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "permissions.md"


def test_every_role_is_in_the_table():
    assert set(ROLE_PERMISSIONS) == set(StaffRecord.Role)


def test_the_document_matches_the_code(capsys):
    call_command("show_permissions")
    assert DOCUMENT.read_text() == capsys.readouterr().out


def test_templates_name_permissions_that_exist():
    templates = (path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    asked = {words for text in templates for words in re.findall(r'"([^"]+)" in permissions', text)}
    assert asked
    assert asked <= set(Permission)


def test_the_auditor_can_only_read_the_trail():
    assert ROLE_PERMISSIONS[StaffRecord.Role.AUDITOR] == {Permission.READ_AUDIT}


def test_the_viewer_can_only_view():
    assert ROLE_PERMISSIONS[StaffRecord.Role.VIEWER] == {Permission.VIEW_CHARTS}


def test_roles_shows_the_table(as_administrator):
    page = as_administrator.get(reverse("office:roles"))
    assert page.context["roles"] == ["Front desk", "Clinician", "Viewer", "Practice administrator", "Auditor"]
    table = {words: [may for _role, may in pairs] for words, pairs in page.context["rows"]}
    assert table["View charts"] == [True, True, True, True, False]
    assert table["Issue, show, print, or revoke PINs"] == [True, True, False, True, False]
    assert table["Read the audit trail"] == [False, False, False, True, True]
    assert "Change schedule settings" in page.text


def test_roles_roles(db):
    assert steps.allowed_roles("get", reverse("office:roles")) == {"administrator"}


def test_roles_other_methods(as_administrator):
    assert steps.refused_methods(as_administrator, reverse("office:roles")) == {"post", "put", "patch", "delete"}
