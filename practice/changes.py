"""What an administrator changes about the practice itself: its name, its sheet, the ages.

Each save is one transaction with one line in the trail, which names what changed and not what it says.
Whoever calls has checked ``Permission.CHANGE_SETTINGS``. The logo is in ``practice.logo``, terms in ``practice.terms``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from audit.trail import Action, Actor, record
from practice.models import Practice
from practice.records import Stale, fingerprint

# The parts of the Settings page that are saved each by itself, and the columns of each.
PARTS: Mapping[str, Sequence[str]] = {
    "practice": ("name", "address", "phone"),
    "sheet": ("paper", "pin_lifetime_days"),
    "ages": ("adult_age", "teen_from", "teen_to"),
}


def fingerprint_of(practice: Practice, part: str) -> str:
    """The fingerprint of this part; its form carries it as ``seen``."""
    return fingerprint(practice, fields=PARTS[part])


@transaction.atomic
def change(*, part: str, values: Mapping[str, Any], seen: str, by: Actor) -> list[str]:
    """Save one part; returns the names of what changed. It holds from everybody's next page on (R17, R18).

    Refused: when a colleague has changed this part since the page was opened (Stale), and what the practice
    cannot be (ValidationError), such as teens older than adults. Other parts are left as they are.
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
