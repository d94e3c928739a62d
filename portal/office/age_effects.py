"""What other ages would do to families who are on the portal, before an administrator sets them (R17, R18)."""

from dataclasses import dataclass

from patients.ages import age_on, today
from patients.models import FamilyContact, Patient
from portal.eligibility import is_teen
from portal.models import Registration
from practice.models import Practice

Status = Registration.Status


@dataclass(frozen=True)
class Effects:
    """How many children it changes for, of those whose guardians have access or a PIN waiting."""

    ends: int  # guardians' access and waiting PINs end
    opens: int  # guardians have access who have none now
    becomes_limited: int
    becomes_full: int

    @property
    def sentences(self) -> list[str]:
        """What happens with the next page that anybody opens."""
        return [
            f"{_children(count)}: {words}"
            for count, words in [
                (self.ends, "the guardians’ access ends, and so do PINs that wait."),
                (self.opens, "the guardians have access again."),
                (self.becomes_limited, "the guardians see less (Limited): appointments without type or reason."),
                (self.becomes_full, "the guardians see everything again."),
            ]
            if count
        ]


def _children(count: int) -> str:
    return "1 child" if count == 1 else f"{count} children"


def of(*, before: Practice, after: Practice) -> Effects:
    """Compare both for each child of whom a guardian, not the child, is registered or about to be."""
    open_to_guardians = Registration.objects.filter(status__in=[Status.PENDING, Status.REGISTERED]).exclude(
        family_contact__role=FamilyContact.Role.SELF
    )
    children = Patient.objects.filter(pk__in=open_to_guardians.values("family_contact__patient"))
    day, moves = today(), []
    for born in children.values_list("birth_date", flat=True):
        if born:
            age = age_on(born, day)
            moves.append((_seen(age, before), _seen(age, after)))
    return Effects(
        ends=sum(was != "nothing" == now for was, now in moves),
        opens=sum(was == "nothing" != now for was, now in moves),
        becomes_limited=sum(was == "all" and now == "limited" for was, now in moves),
        becomes_full=sum(was == "limited" and now == "all" for was, now in moves),
    )


def _seen(age: int, practice: Practice) -> str:
    if age >= practice.adult_age:
        return "nothing"
    return "limited" if is_teen(age, practice) else "all"
