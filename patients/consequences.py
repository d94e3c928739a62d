"""What ends outside the chart when the chart changes: portal access and PINs (R19).

``patients`` must not import ``portal``. So the portal sets its rule here when it is loaded, and the rules of the chart
call it inside their transaction.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from django.db import transaction

from audit.trail import Actor
from patients.models import Contact, FamilyContact


@dataclass(frozen=True)
class Ended:
    """What a change ends: whose access to whom, and how many PINs that were not used yet."""

    accesses: tuple[str, ...] = ()  # such as "Ana Rivera to Mateo Rivera"
    pins: int = 0

    def __bool__(self) -> bool:
        return bool(self.accesses or self.pins)

    def __add__(self, other: "Ended") -> "Ended":
        return Ended(self.accesses + other.accesses, self.pins + other.pins)

    @property
    def ends(self) -> str:
        """Before it happens, as sentences."""
        return self._sentences("Access of {} ends.", "1 PIN stops working.", "{} PINs stop working.")

    @property
    def ended(self) -> str:
        """After it happened, as sentences. Empty if nothing ended."""
        return self._sentences("Access of {} ended.", "1 PIN stopped working.", "{} PINs stopped working.")

    def _sentences(self, access: str, pin: str, pins: str) -> str:
        found = [access.format(each) for each in self.accesses]
        if self.pins:
            found.append(pin if self.pins == 1 else pins.format(self.pins))
        return " ".join(found)


class EndsAccess(Exception):
    """Nothing was changed, because the change would end access, and nobody has confirmed that yet."""

    def __init__(self, ended: Ended) -> None:
        super().__init__(ended.ends)
        self.ended = ended


class Rule(Protocol):
    """End what the charts of these patients no longer allow, inside the caller's transaction."""

    def __call__(self, *, patient_ids: Collection[int], by: Actor) -> Ended: ...


_rules: list[Rule] = []


def set_rule(rule: Rule) -> None:
    """Set the rule. Called once, when the portal is loaded."""
    _rules[:] = [rule]


def end(*, patient_ids: Collection[int], by: Actor) -> Ended:
    """End what the charts of these patients no longer allow, and return it."""
    (rule,) = _rules
    return rule(patient_ids=patient_ids, by=by)


class Change:
    """A change of the charts of these patients. ``ended`` says afterward what it has ended."""

    ended = Ended()


@contextmanager
def change(
    *, patient_ids: Collection[int], by: Actor, confirmed: str | None, contact_ids: Collection[int] = ()
) -> Iterator[Change]:
    """A transaction that changes charts, and ends with it what the charts no longer allow.

    All contacts of these patients, and ``contact_ids``, are locked first and in one order: so nobody issues or redeems
    a PIN meanwhile, and no two changes wait for each other.

    What was over already, because time has passed, ends first: the change must not bring it back. Raises EndsAccess
    if the change ends access or PINs, unless ``confirmed`` is what ``Ended.ends`` said, or None for no question.
    """
    done = Change()
    with transaction.atomic():
        links = FamilyContact.objects.filter(patient__in=patient_ids)
        contacts = {*links.values_list("contact", flat=True), *contact_ids}
        list(Contact.objects.select_for_update().filter(pk__in=contacts).order_by("pk"))
        before = end(patient_ids=patient_ids, by=by)
        yield done
        ended = end(patient_ids=patient_ids, by=by)
        done.ended = before + ended
        if confirmed is not None and ended and ended.ends != confirmed:
            raise EndsAccess(ended)
