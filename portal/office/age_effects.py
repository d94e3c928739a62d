"""Change the practice's ages, and say before whom that affects among families on the portal (R17, R18, R23)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from audit.trail import Actor
from patients.ages import age_on, today
from patients.models import FamilyContact, Patient
from portal import endings
from portal.eligibility import is_teen
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
    endings.sweep(by=by)  # what was over before stays over
    changed = change_settings.change(part="ages", values=values, seen=seen, by=by)
    endings.sweep(by=by)
    return changed


def compare(*, before: Practice, after: Practice) -> AgeEffects:
    """Compare both settings for each patient with somebody who is registered or has a pending registration."""
    found = Registration.objects.filter(status__in=[Status.PENDING, Status.REGISTERED])
    of_self = found.filter(family_contact__role=FamilyContact.Role.SELF)
    of_guardians = found.exclude(pk__in=of_self).exclude(family_contact__basis__in=FamilyContact.FOR_ADULTS)
    changes = [(_visible(age, before), _visible(age, after)) for age in _ages(of_guardians)]
    return AgeEffects(
        ends=sum(old != "nothing" == new for old, new in changes),
        own_ends=sum(before.own_account_from <= age < after.own_account_from for age in _ages(of_self)),
        becomes_limited=sum(old == "all" and new == "limited" for old, new in changes),
        becomes_full=sum(old == "limited" and new == "all" for old, new in changes),
    )


def _ages(registrations: QuerySet[Registration]) -> list[int]:
    """The age of each patient of these registrations, each patient once."""
    patients = Patient.objects.filter(pk__in=registrations.values("family_contact__patient"))
    return [age_on(born, today()) for born in patients.values_list("birth_date", flat=True) if born]


def _visible(age: int, practice: Practice) -> str:
    """What guardians of a child of this age see."""
    if age >= practice.adult_age:
        return "nothing"
    return "limited" if is_teen(age, practice) else "all"
