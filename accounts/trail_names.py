"""What the audit trail seals of sign-ins and staff records: see ``audit.names``."""

from accounts.models import StaffRecord, User
from audit.names import SIGN_IN, STAFF_RECORD, USER, Name, Source, register
from audit.trail import Action

ADDED = (Action.USER_ADDED, "")
SWITCHED = ((Action.USER_DISABLED, ""), (Action.USER_ENABLED, ""))
STATE = "CASE WHEN is_active THEN 'active' ELSE 'inactive' END"  # SQLite and PostgreSQL differ in true and false


def _staff(words: str, sql: str, field: str) -> Name:
    return Name(words, sql, [ADDED, (Action.STAFF_RECORD_CHANGED, field)])


register(
    Source(
        kind=USER,
        title="Sign-in",
        model=User,
        names={
            "email": Name("e-mail", "email", [ADDED, (Action.EMAIL_CHANGED, "")]),
            "state": Name("state", STATE, [ADDED, *SWITCHED]),
        },
    )
)
register(
    Source(
        kind=STAFF_RECORD,
        title="Staff record",
        model=StaffRecord,
        names={
            "name": _staff("name", "name", "name"),
            "role": _staff("role", "role", "role"),
            "state": _staff("state", STATE, "is_active"),
            SIGN_IN: _staff("linked sign-in", "user_id", "user"),
        },
        of_user="user_id",
    )
)
