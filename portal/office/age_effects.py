"""Change the practice's ages, and say before whom that affects among families on the portal (R17, R18, R23)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from audit.trail import Actor
from patients.ages import today
from patients.models import FamilyContact, Level
from portal import endings
from portal.eligibility import access
from portal.models import Registration
from practice import change_settings
from practice.models import Practice

Status = Registration.Status


@dataclass(frozen=True)
class AgeEffects:
    """How many patients are affected, among those with access or an unused PIN."""

    ends: int  # guardians' access and unused PINs end
    own_ends: int  # the patient's own access and unused PINs end
    becomes_limited: int
    becomes_full: int

    @property
    def sentences(self) -> list[str]:
        """What changes when the ages are saved."""
        return [
            f"{_children(count)}: {words}"
            for count, words in [
                (self.ends, "guardians’ access and unused PINs end."),
                (self.own_ends, "their own access and unused PINs end."),
                (self.becomes_limited, "guardians no longer see the visit type or reason (Limited)."),
                (self.becomes_full, "guardians see everything again."),
            ]
            if count
        ]


def _children(count: int) -> str:
    return "1 child" if count == 1 else f"{count} children"


@transaction.atomic
def save(*, values: Mapping[str, Any], seen: str, by: Actor) -> list[str]:
    """Save the ages and end what they end (R19). Return the names of the changed fields.

    Refused as in ``practice.change_settings.change``.
    """
    endings.end_what_is_over(patient_ids=None, by=by)  # what was over before stays over
    changed = change_settings.change(part="ages", values=values, seen=seen, by=by)
    endings.end_what_is_over(patient_ids=None, by=by)
    return changed


def compare(*, before: Practice, after: Practice) -> AgeEffects:
    """Compare both settings for each patient with somebody who is registered or has a pending registration."""
    links = FamilyContact.objects.filter(registration__status__in=[Status.PENDING, Status.REGISTERED])
    found: dict[tuple[bool, str, str], set[int]] = defaultdict(set)  # patients by Self, level before and after
    for link in links.select_related("patient", "contact"):
        old, new = (access(link, practice=each, today=today()).level for each in (before, after))
        found[link.role == FamilyContact.Role.SELF, old, new].add(link.patient_id)

    def count(*cells: tuple[bool, str, str]) -> int:
        return len(set[int]().union(*(found[cell] for cell in cells)))

    full, limited, none = Level.FULL, Level.LIMITED, Level.NONE
    return AgeEffects(
        ends=count((False, full, none), (False, limited, none)),
        own_ends=count((True, full, none), (True, limited, none)),
        becomes_limited=count((False, full, limited)),
        becomes_full=count((False, limited, full)),
    )
