"""The audit trail in plain words, for the people who read it."""

from collections.abc import Mapping
from typing import Any

from audit.trail import Action

# What staff read for each action. A test fails if an action has no entry.
WORDS: Mapping[str, str] = {
    Action.SIGNED_IN: "Signed in",
    Action.SIGN_IN_FAILED: "Sign-in failed",
    Action.SIGN_IN_LOCKED: "Sign-in locked after wrong attempts",
    Action.SIGNED_OUT: "Signed out",
    Action.SESSION_ENDED: "Session timed out",
    Action.SESSIONS_ENDED: "Ended sessions",
    Action.ACCESS_REFUSED: "Access refused",
    Action.STAFF_RECORD_CHANGED: "Changed a staff record",
    Action.STAFF_ACCESS_ASKED: "Asked an administrator for access",
    Action.STAFF_ACCESS_DISMISSED: "Dismissed a request for access",
    Action.USER_ADDED: "Added a sign-in",
    Action.USER_DISABLED: "Disabled a sign-in",
    Action.USER_ENABLED: "Enabled a sign-in",
    Action.USER_UNLOCKED: "Unlocked a sign-in",
    Action.PASSWORD_LINK_MADE: "Created a password link",
    Action.PASSWORD_CHANGED: "Changed a password",
    Action.PASSWORD_RESET: "Set a new password with a link",
    Action.SECOND_FACTOR_ADDED: "Added a second factor",
    Action.SECOND_FACTOR_REMOVED: "Removed a second factor",
    Action.SECOND_FACTOR_RESET: "Reset a second factor",
    Action.RECOVERY_CODES_MADE: "Created recovery codes",
    Action.RECOVERY_CODES_SHOWN: "Viewed recovery codes",
    Action.PRACTICE_CHANGED: "Changed practice settings",
    Action.TERMS_PUBLISHED: "Published terms for families",
    Action.TERMS_ACCEPTED: "Accepted the terms",
    Action.EMAIL_CODE_SENT: "E-mail confirmation code sent",
    Action.EMAIL_CODE_WRONG: "Entered a wrong e-mail confirmation code",
    Action.EMAIL_CONFIRMED: "Confirmed an e-mail address",
    Action.EMAIL_CHANGED: "Changed an e-mail address",
    Action.BACKUP_MADE: "Created a backup",
    Action.BACKUP_RESTORED: "Restored a backup",
    Action.PATIENT_ADDED: "Added a patient",
    Action.PATIENT_VIEWED: "Viewed a chart",
    Action.PATIENT_CHANGED: "Changed a chart",
    Action.NAME_CONFIRMED: "Confirmed a name as real",
    Action.CONTACT_ADDED: "Added a family contact",
    Action.CONTACT_CHANGED: "Changed a family contact",
    Action.CONTACT_INACTIVATED: "Inactivated a family contact",
    Action.WINDOW_VIEWED: "Viewed the registration window",
    Action.PIN_ISSUED: "Issued a PIN",
    Action.PIN_SHOWN: "Viewed a PIN",
    Action.PIN_PRINTED: "Printed a PIN",
    Action.PIN_SUPERSEDED: "PIN replaced by a new one",
    Action.PIN_REVOKED: "Revoked a PIN",
    Action.PIN_EXPIRED: "PIN expired",
    Action.PIN_LOCKED: "PIN locked after wrong birth dates",
    Action.PIN_PROVEN: "Entered a valid PIN and birth date",
    Action.PIN_REDEEMED: "Redeemed a PIN",
    Action.PIN_REFUSED: "PIN refused",
    Action.GUARDIAN_DENIED: "Answered “not the guardian on the sheet”",
    Action.ACCESS_DECLINED: "Recorded that the family declined",
    Action.ACCESS_REMOVED: "Removed portal access",
    Action.ACCESS_LEFT: "Gave up own portal access",
    Action.ACCESS_ENDED: "Ended portal access, because of the chart",
    Action.CONSENT_GIVEN: "Recorded an adult’s consent",
    Action.CONSENT_WITHDRAWN: "Withdrew an adult’s consent",
    Action.ACCESS_KEPT: "Noted existing access before old lines were deleted",
    Action.CHILDREN_VIEWED: "Viewed a child in the Patient Portal",
    Action.CHILD_EXPORTED: "Downloaded a child’s data from the Patient Portal",
    Action.SCHEDULE_VIEWED: "Viewed the schedule",
    Action.SCHEDULE_SETTINGS_CHANGED: "Changed schedule settings",
    Action.APPOINTMENT_VIEWED: "Viewed an appointment",
    Action.APPOINTMENT_ADDED: "Added an appointment",
    Action.APPOINTMENT_CHANGED: "Changed an appointment",
    Action.WORKLIST_VIEWED: "Viewed the unregistered families",
    Action.REGISTRATION_POSTPONED: "Postponed asking a family",
    Action.REGISTRATION_RESUMED: "Returned a family to the list",
    Action.SHEET_RUN_PLANNED: "Planned a run of PIN sheets",
    Action.SHEET_RUN_VIEWED: "Viewed a run of PIN sheets",
    Action.PATIENTS_LISTED: "Viewed a patient list",
    Action.DASHBOARD_VIEWED: "Viewed the dashboard",
    Action.ALERT_SEEN: "Marked an alert as seen",
    Action.AUDIT_VIEWED: "Viewed the audit trail",
    Action.AUDIT_EXPORTED: "Exported the audit trail",
    Action.AUDIT_PRUNED: "Deleted old audit lines",
    Action.AUDIT_RESEALED: "Resealed the audit trail after losing a key",
}

# The filter's groups: the title, and the beginnings of the codes of its actions. An action can be in several groups.
GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "sign-in": (
        "Sign-ins and sessions",
        ("sign_in.", "session", "password.", "second_factor.", "recovery_codes.", "email."),
    ),
    "refused": (
        "Refusals",
        (Action.ACCESS_REFUSED, Action.SIGN_IN_FAILED, Action.SIGN_IN_LOCKED, Action.PIN_REFUSED, Action.PIN_LOCKED),
    ),
    "charts": ("Charts and patient lists", ("patient.", "patients.", "family_contact.", "children.", "dashboard.")),
    "portal": ("PINs and registrations", ("pin.", "registration.", "consent.", "worklist.", "sheet_run.")),
    "schedule": ("Schedule", ("schedule", "appointment.")),
    "staff": (
        "Staff, sign-ins, and settings",
        ("staff_record.", "staff_access.", "user.", "practice.", "terms.", "alert.", "backup."),
    ),
    "audit": ("Audit trail", ("audit.",)),
}

# Names for details whose own name is unclear. Other names, and codes, only lose their underscores.
DETAIL_WORDS: Mapping[str, str] = {
    "account": "sign-in",
    "account_before": "sign-in before",
    "view": "page",
    "pin": "PIN record",
    "verdict": "reason",
    "why": "reason",
    "code": "reason",
    "patients": "patients shown",
}


def action_in_words(code: str) -> str:
    """The words for an action. An unknown code, such as a removed one, is shown in readable form."""
    return WORDS.get(code) or code.replace("_", " ").replace(".", ": ").capitalize()


def detail_in_words(detail: Mapping[str, Any]) -> str:
    """The details of a line, such as ``tab basic info · page desk:window``."""
    parts = [f"{DETAIL_WORDS.get(name, name.replace('_', ' '))} {_value(value)}" for name, value in detail.items()]
    return " · ".join(part.strip() for part in parts if not part.endswith(" "))


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_value(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_value(each)}" for name, each in value.items())
    if value is None:
        return ""
    return " ".join(str(value).replace("_", " ").split())
