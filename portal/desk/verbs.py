"""What the front desk can do to one row of the Portal Registration window (R9)."""

from collections.abc import Mapping

from portal import registration
from portal.models import Pin, Registration
from portal.rows import Row
from portal.verbs import Verb

Status = Registration.Status
ALREADY_CHANGED = "A colleague changed this in the meantime. The row shows the current status."


def _can_reissue(row: Row) -> bool:
    return row.block is None and row.registration is not None and row.registration.status == Status.PENDING


def _can_revoke(row: Row) -> bool:
    return row.pin is not None and row.pin.state == Pin.State.ACTIVE


def _can_decline(row: Row) -> bool:
    is_declined = row.registration is not None and row.registration.status == Status.DECLINED
    return row.block is None and not row.is_registered and not is_declined


def _can_remove(row: Row) -> bool:
    return row.is_registered


VERBS: Mapping[str, Verb[Row]] = {
    verb.name: verb
    for verb in (
        Verb(
            name="reissue",
            title="Issue New PIN",
            explanation="The current PIN stops working immediately.",
            rule=registration.reissue,
            possible=_can_reissue,
            done="New PIN issued.",
            not_done=ALREADY_CHANGED,
        ),
        Verb(
            name="revoke",
            title="Revoke",
            explanation="The PIN stops working immediately. You can register the child again later.",
            rule=registration.revoke,
            possible=_can_revoke,
            done="PIN revoked.",
            not_done=ALREADY_CHANGED,
            needs_reason=True,
        ),
        Verb(
            name="decline",
            title="Decline",
            explanation="The family does not want the portal for this child.",
            rule=registration.decline,
            possible=_can_decline,
            done="Recorded as declined.",
            not_done=ALREADY_CHANGED,
            needs_reason=True,
        ),
        Verb(
            name="remove",
            title="Remove Access",
            explanation="The guardian can no longer see this child.",
            rule=registration.remove,
            possible=_can_remove,
            done="Access removed.",
            not_done=ALREADY_CHANGED,
            needs_reason=True,
        ),
    )
}


def possible_verbs(row: Row) -> list[Verb[Row]]:
    """The verbs that the window offers for this row."""
    return [verb for verb in VERBS.values() if verb.possible(row)]
