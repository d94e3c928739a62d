"""Whom new ages would affect among families on the portal, before an administrator saves them (R17, R18)."""

from dataclasses import dataclass

from patients.ages import age_on, today
from patients.models import FamilyContact, Patient
from portal.eligibility import is_teen
from portal.models import Registration
from practice.models import Practice

Status = Registration.Status


@dataclass(frozen=True)
class AgeEffects:
    """How many children are affected, among those whose guardians have access or an unused PIN."""

    ends: int  # guardians' access and unused PINs end
    opens: int  # guardians without access get it
    becomes_limited: int
    becomes_full: int

    @property
    def sentences(self) -> list[str]:
        """What changes with each family's next page."""
        return [
            f"{_children(count)}: {words}"
            for count, words in [
                (self.ends, "guardians’ access and unused PINs end."),
                (self.opens, "guardians get access again."),
                (self.becomes_limited, "guardians no longer see the visit type or reason (Limited)."),
                (self.becomes_full, "guardians see everything again."),
            ]
            if count
        ]


def _children(count: int) -> str:
    return "1 child" if count == 1 else f"{count} children"


def compare(*, before: Practice, after: Practice) -> AgeEffects:
    """Compare both settings for each child with a guardian who is registered or has a pending registration."""
    open_to_guardians = Registration.objects.filter(status__in=[Status.PENDING, Status.REGISTERED]).exclude(
        family_contact__role=FamilyContact.Role.SELF
    )
    children = Patient.objects.filter(pk__in=open_to_guardians.values("family_contact__patient"))
    day, changes = today(), []
    for birth_date in children.values_list("birth_date", flat=True):
        if birth_date:
            age = age_on(birth_date, day)
            changes.append((_visible(age, before), _visible(age, after)))
    return AgeEffects(
        ends=sum(old != "nothing" == new for old, new in changes),
        opens=sum(old == "nothing" != new for old, new in changes),
        becomes_limited=sum(old == "all" and new == "limited" for old, new in changes),
        becomes_full=sum(old == "limited" and new == "all" for old, new in changes),
    )


def _visible(age: int, practice: Practice) -> str:
    """What guardians of a child of this age see."""
    if age >= practice.adult_age:
        return "nothing"
    return "limited" if is_teen(age, practice) else "all"
