"""Change the practice's settings: name, address, and phone; the PIN sheet; the ages.

Each save is one transaction with one audit line, which names the changed fields without their values. The caller has
checked ``Permission.CHANGE_SETTINGS``. The logo is in ``practice.logo``, the terms are in ``practice.terms``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from audit.trail import Action, Actor, record
from practice.edit_conflicts import Stale, fingerprint
from practice.models import Practice

# The parts of the Settings page, each saved separately, and their fields.
PARTS: Mapping[str, Sequence[str]] = {
    "practice": ("name", "address", "phone"),
    "sheet": ("paper", "pin_lifetime_days"),
    "ages": ("adult_age", "own_account_from", "teen_from", "teen_to"),
}


def fingerprint_of(practice: Practice, part: str) -> str:
    """The fingerprint of this part. Its form carries it as ``seen``."""
    return fingerprint(practice, fields=PARTS[part])


@transaction.atomic
def change(*, part: str, values: Mapping[str, Any], seen: str, by: Actor) -> list[str]:
    """Save one part and return the names of the changed fields. Takes effect on everyone's next page (R17, R18).

    Refused: if another user changed this part after the page was opened (Stale), and invalid values
    (ValidationError), such as teens older than adults.
    """
    practice = Practice.locked()
    if fingerprint_of(practice, part) != seen:
        raise Stale
    changed = [name for name in PARTS[part] if getattr(practice, name) != values[name]]
    if not changed:
        return []
    for name in changed:
        setattr(practice, name, values[name])
    practice.full_clean()
    practice.save(update_fields=changed)
    record(actor=by, action=Action.PRACTICE_CHANGED, changed=changed)
    return changed
