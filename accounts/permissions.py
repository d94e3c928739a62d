"""The table of permissions as people read it: in the Practice Portal and in ``docs/permissions.md``."""

from accounts.access import ROLE_PERMISSIONS, UNLINKED_PERMISSIONS, Permission
from accounts.models import StaffRecord

ROLES = [role.label for role in StaffRecord.Role] + ["No staff record"]


def rows() -> list[tuple[str, list[bool]]]:
    """Each permission in words, and for each of ``ROLES`` whether it has it. An inactive record has none."""
    sets = [ROLE_PERMISSIONS[role] for role in StaffRecord.Role] + [UNLINKED_PERMISSIONS]
    return [
        (permission[0].upper() + permission[1:], [permission in each for each in sets]) for permission in Permission
    ]


def markdown() -> str:
    """The page of the documentation; ``manage.py show_permissions > docs/permissions.md`` writes it."""
    lines = [
        "# What each role may do",
        "",
        "Made by `manage.py show_permissions` from `accounts/access.py`, which decides it; a test compares the two. In",
        "the product it stands under Practice Portal › Staff › What each role may do. An inactive staff record or a",
        "disabled sign-in may do nothing. Everybody may change their own password, second factor and sessions.",
        "",
        f"| | {' | '.join(ROLES)} |",
        f"|---|{'---|' * len(ROLES)}",
        *(f"| {words} | {' | '.join('yes' if each else '–' for each in may)} |" for words, may in rows()),
        "",
    ]
    return "\n".join(lines)
