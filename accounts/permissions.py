"""The table of permissions for the Practice Portal and ``docs/permissions.md``."""

from accounts.access import ROLE_PERMISSIONS, Permission
from accounts.models import StaffRecord

ROLES = [role.label for role in StaffRecord.Role]


def rows() -> list[tuple[str, list[bool]]]:
    """Each permission, and for each of ``ROLES`` whether it has the permission."""
    return [
        (permission[0].upper() + permission[1:], [permission in ROLE_PERMISSIONS[role] for role in StaffRecord.Role])
        for permission in Permission
    ]


def markdown() -> str:
    """The documentation page. ``manage.py show_permissions > docs/permissions.md`` writes it."""
    lines = [
        "# What each role may do",
        "",
        "`manage.py show_permissions` writes this page from `accounts/access.py`; a test compares the two. The same",
        "table is in the product under Practice Portal › Staff › What each role may do. A sign-in without a staff",
        "record, with an inactive one, or disabled has no access. Everyone can change their own password, second",
        "factor and sessions.",
        "",
        f"| | {' | '.join(ROLES)} |",
        f"|---|{'---|' * len(ROLES)}",
        *(f"| {words} | {' | '.join('yes' if each else '–' for each in may)} |" for words, may in rows()),
        "",
    ]
    return "\n".join(lines)
