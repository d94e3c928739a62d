"""The audit trail in words: for people who read it, not for those who write it."""

from collections.abc import Mapping
from typing import Any

from audit.trail import Action

# Every action as a sentence about whoever did it. A test asks for an entry when an action is added.
WORDS: Mapping[str, str] = {
    Action.SIGNED_IN: "Signed in",
    Action.SIGN_IN_FAILED: "Sign-in failed",
    Action.SIGN_IN_LOCKED: "Was made to wait after wrong tries",
    Action.SIGNED_OUT: "Signed out",
    Action.SESSION_ENDED: "The session ended by itself",
    Action.SESSIONS_ENDED: "Ended sessions",
    Action.ACCESS_REFUSED: "Was refused",
    Action.STAFF_RECORD_CHANGED: "Changed a staff record",
    Action.USER_ADDED: "Added a sign-in",
    Action.USER_DISABLED: "Disabled a sign-in",
    Action.USER_ENABLED: "Enabled a sign-in",
    Action.USER_UNLOCKED: "Unlocked a sign-in",
    Action.PASSWORD_LINK_MADE: "Made a link to choose a password",
    Action.PASSWORD_CHANGED: "Changed the password",
    Action.PASSWORD_RESET: "Chose a new password by a link",
    Action.SECOND_FACTOR_ADDED: "Added a second factor",
    Action.SECOND_FACTOR_REMOVED: "Removed a second factor",
    Action.SECOND_FACTOR_RESET: "Reset a second factor",
    Action.RECOVERY_CODES_MADE: "Made recovery codes",
    Action.RECOVERY_CODES_SHOWN: "Looked at the recovery codes",
    Action.PRACTICE_CHANGED: "Changed the practice’s settings",
    Action.TERMS_PUBLISHED: "Published terms for families",
    Action.TERMS_ACCEPTED: "Accepted the terms",
    Action.EMAIL_CODE_SENT: "Was sent a code to confirm the e-mail",
    Action.EMAIL_CODE_WRONG: "Typed a wrong code for the e-mail",
    Action.EMAIL_CONFIRMED: "Confirmed the e-mail",
    Action.EMAIL_CHANGED: "Changed the e-mail",
    Action.BACKUP_MADE: "Made a backup",
    Action.BACKUP_RESTORED: "Restored a backup",
    Action.PATIENT_ADDED: "Opened a new chart",
    Action.PATIENT_VIEWED: "Looked at the chart",
    Action.PATIENT_CHANGED: "Changed the chart",
    Action.NAME_CONFIRMED: "Confirmed the name as real",
    Action.CONTACT_ADDED: "Added a family contact",
    Action.CONTACT_CHANGED: "Changed a family contact",
    Action.CONTACT_INACTIVATED: "Inactivated a family contact",
    Action.WINDOW_VIEWED: "Opened the registration window",
    Action.PIN_ISSUED: "Issued a PIN",
    Action.PIN_SHOWN: "Was shown a PIN",
    Action.PIN_PRINTED: "Printed a PIN",
    Action.PIN_SUPERSEDED: "Replaced a PIN by a new one",
    Action.PIN_REVOKED: "Revoked a PIN",
    Action.PIN_EXPIRED: "Found a PIN expired",
    Action.PIN_LOCKED: "Locked a PIN by wrong birth dates",
    Action.PIN_PROVEN: "Proved PIN and birth date",
    Action.PIN_REDEEMED: "Redeemed a PIN",
    Action.PIN_REFUSED: "Was refused a PIN or its redemption",
    Action.GUARDIAN_DENIED: "Said not to be the guardian on the sheet",
    Action.ACCESS_DECLINED: "Noted that the portal was declined",
    Action.ACCESS_REMOVED: "Removed portal access",
    Action.ACCESS_LEFT: "Gave up their own portal access",
    Action.CHILDREN_VIEWED: "Looked at the child in the Patient Portal",
    Action.CHILD_EXPORTED: "Downloaded what the Patient Portal holds about the child",
    Action.SCHEDULE_VIEWED: "Looked at the schedule",
    Action.SCHEDULE_SETTINGS_CHANGED: "Changed the schedule’s settings",
    Action.APPOINTMENT_VIEWED: "Looked at an appointment",
    Action.APPOINTMENT_ADDED: "Booked an appointment",
    Action.APPOINTMENT_CHANGED: "Changed an appointment",
    Action.WORKLIST_VIEWED: "Looked at the unregistered families",
    Action.REGISTRATION_POSTPONED: "Put off asking the family",
    Action.REGISTRATION_RESUMED: "Put the family back on the list",
    Action.SHEET_RUN_PLANNED: "Planned a run of PIN sheets",
    Action.SHEET_RUN_VIEWED: "Looked at a run of PIN sheets",
    Action.PATIENTS_LISTED: "Was shown a list of patients",
    Action.DASHBOARD_VIEWED: "Looked at the dashboard",
    Action.ALERT_SEEN: "Has seen an alert",
    Action.AUDIT_VIEWED: "Read the audit trail",
    Action.AUDIT_EXPORTED: "Exported the audit trail",
    Action.AUDIT_PRUNED: "Deleted old lines of the audit trail",
    Action.AUDIT_RESEALED: "Sealed the audit trail anew after losing a key",
}

# Groups for the filter: the title, and how the codes of its actions begin. An action may be in several.
GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "sign-in": (
        "Signing in and out",
        ("sign_in.", "session", "password.", "second_factor.", "recovery_codes.", "email."),
    ),
    "refused": (
        "Refusals",
        (Action.ACCESS_REFUSED, Action.SIGN_IN_FAILED, Action.SIGN_IN_LOCKED, Action.PIN_REFUSED, Action.PIN_LOCKED),
    ),
    "charts": ("Charts and lists of patients", ("patient.", "patients.", "family_contact.", "children.", "dashboard.")),
    "portal": ("PINs and registrations", ("pin.", "registration.", "worklist.", "sheet_run.")),
    "schedule": ("Schedule", ("schedule", "appointment.")),
    "staff": ("Staff, sign-ins and settings", ("staff_record.", "user.", "practice.", "terms.", "alert.", "backup.")),
    "audit": ("The audit trail itself", ("audit.",)),
}

# What details are called that do not say it themselves. Numbers of records stand as they are; of codes and the
# other names only the underscores are taken out.
DETAIL_WORDS: Mapping[str, str] = {
    "account": "sign-in",
    "view": "page",
    "pin": "PIN record",
    "verdict": "reason",
    "why": "reason",
    "code": "reason",
    "patients": "patients shown",
    "before": "from before",
}


def action_in_words(code: str) -> str:
    """What somebody did. A code that is not known (any more) is shown as it is, in readable form."""
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
