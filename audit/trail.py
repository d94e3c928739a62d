"""Write the audit trail (R20). Nothing else writes to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from audit import chains
from audit.client import client_address
from audit.models import AuditEvent

if TYPE_CHECKING:
    from django.contrib.auth.models import _User as User  # the model of AUTH_USER_MODEL


class Action(models.TextChoices):
    """Everything that the trail records, as ``thing.what_happened``."""

    SIGNED_IN = "sign_in.succeeded"
    SIGN_IN_FAILED = "sign_in.failed"
    SIGN_IN_LOCKED = "sign_in.locked"
    SIGNED_OUT = "sign_in.ended"
    SESSION_ENDED = "session.ended"
    ACCESS_REFUSED = "access.refused"
    STAFF_RECORD_CHANGED = "staff_record.changed"
    STAFF_ACCESS_ASKED = "staff_access.asked"
    STAFF_ACCESS_DISMISSED = "staff_access.dismissed"
    USER_ADDED = "user.added"
    USER_DISABLED = "user.disabled"
    USER_ENABLED = "user.enabled"
    USER_UNLOCKED = "user.unlocked"
    PASSWORD_LINK_MADE = "password.link_made"  # noqa: S105
    PASSWORD_CHANGED = "password.changed"  # noqa: S105
    PASSWORD_RESET = "password.reset"  # noqa: S105
    SECOND_FACTOR_ADDED = "second_factor.added"
    SECOND_FACTOR_REMOVED = "second_factor.removed"
    SECOND_FACTOR_RESET = "second_factor.reset"
    RECOVERY_CODES_MADE = "recovery_codes.made"
    RECOVERY_CODES_SHOWN = "recovery_codes.shown"
    EMAIL_CODE_SENT = "email.code_sent"
    EMAIL_CODE_WRONG = "email.code_wrong"
    EMAIL_CONFIRMED = "email.confirmed"
    EMAIL_CHANGED = "email.changed"
    SESSIONS_ENDED = "sessions.ended"
    PRACTICE_CHANGED = "practice.changed"
    TERMS_PUBLISHED = "terms.published"
    TERMS_ACCEPTED = "terms.accepted"
    BACKUP_MADE = "backup.made"
    BACKUP_RESTORED = "backup.restored"
    PATIENT_ADDED = "patient.added"
    PATIENT_VIEWED = "patient.viewed"
    PATIENT_CHANGED = "patient.changed"
    NAME_CONFIRMED = "patient.name_confirmed"
    CONTACT_ADDED = "family_contact.added"
    CONTACT_CHANGED = "family_contact.changed"
    CONTACT_INACTIVATED = "family_contact.inactivated"
    WINDOW_VIEWED = "registration.viewed"
    PIN_ISSUED = "pin.issued"
    PIN_SHOWN = "pin.shown"
    PIN_PRINTED = "pin.printed"
    PIN_SUPERSEDED = "pin.superseded"
    PIN_REVOKED = "pin.revoked"
    PIN_EXPIRED = "pin.expired"
    PIN_LOCKED = "pin.locked"
    PIN_PROVEN = "pin.proven"
    PIN_REDEEMED = "pin.redeemed"
    PIN_REFUSED = "pin.refused"
    GUARDIAN_DENIED = "registration.not_the_guardian"
    ACCESS_DECLINED = "registration.declined"
    ACCESS_REMOVED = "registration.removed"
    ACCESS_LEFT = "registration.left"
    ACCESS_ENDED = "registration.ended"
    CONSENT_GIVEN = "consent.given"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    ACCESS_KEPT = "registration.kept"
    CHILDREN_VIEWED = "children.viewed"
    CHILD_EXPORTED = "children.exported"
    SCHEDULE_VIEWED = "schedule.viewed"
    SCHEDULE_SETTINGS_CHANGED = "schedule_settings.changed"
    APPOINTMENT_VIEWED = "appointment.viewed"
    APPOINTMENT_ADDED = "appointment.added"
    APPOINTMENT_CHANGED = "appointment.changed"
    WORKLIST_VIEWED = "worklist.viewed"
    REGISTRATION_POSTPONED = "registration.postponed"
    REGISTRATION_RESUMED = "registration.resumed"
    SHEET_RUN_PLANNED = "sheet_run.planned"
    SHEET_RUN_VIEWED = "sheet_run.viewed"
    PATIENTS_LISTED = "patients.listed"
    AUDIT_VIEWED = "audit.viewed"
    AUDIT_EXPORTED = "audit.exported"
    AUDIT_PRUNED = "audit.pruned"
    AUDIT_RESEALED = "audit.resealed"
    DASHBOARD_VIEWED = "dashboard.viewed"
    ALERT_SEEN = "alert.seen"


@dataclass(frozen=True)
class Actor:
    """Who acts, and from where."""

    user: "User | None"
    address: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Actor":
        """The sender of this request."""
        return cls(user=request.user if request.user.is_authenticated else None, address=client_address(request))

    @property
    def signed_in(self) -> "User":
        """The user. Raises PermissionError if nobody is signed in: the last line of defense for R1."""
        if self.user is None:
            raise PermissionError("Only a signed-in user may do this.")
        return self.user

    @classmethod
    def command(cls, name: str) -> "Actor":
        """A management command: no user, and its name as the address."""
        return cls(user=None, address=f"manage.py {name}")


def record_each(*, actor: Actor, action: Action, patient_ids: Iterable[int]) -> None:
    """Write one line for each patient, in one statement: for a page that shows several patients."""
    chains.write(
        [
            AuditEvent(action=action, user=actor.user, patient_id=patient_id, address=actor.address)
            for patient_id in patient_ids
        ]
    )


def listed(patient_ids: Iterable[int]) -> str:
    """The patients whose names a list showed, for ``detail["patients"]`` of its one line.

    Each number has spaces around it, so that a search for 12 does not find 112.
    """
    return "".join(f" {number}" for number in patient_ids) + " "


def record(*, actor: Actor, action: Action, patient_id: int | None = None, **detail: Any) -> None:
    """Write one line of the trail in the caller's transaction.

    ``detail`` has whole numbers and codes only, so that the trail itself reveals nothing about a patient. The names
    of the records in it are added by ``audit.names``.
    """
    event = AuditEvent(action=action, user=actor.user, patient_id=patient_id, address=actor.address, detail=detail)
    chains.write([event])


def record_refresh(*, actor: Actor, action: Action, within: timedelta, **detail: Any) -> None:
    """Write one line for a page that refreshes itself, unless the same user's last line is younger than ``within``.

    Otherwise a schedule that stays open all day would fill the trail. A client that only claims to refresh can avoid
    the trail for no longer than ``within``.
    """
    since = timezone.now() - within
    if not AuditEvent.objects.filter(action=action, at__gt=since, user=actor.user, detail=detail).exists():
        record(actor=actor, action=action, **detail)
