"""The content of the Portal Registration window: a guardian, and one row per child."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from patients.models import Contact, FamilyContact
from portal.desk.verbs import possible_verbs
from portal.rows import Row, rows_of
from portal.verbs import Verb


@dataclass(frozen=True)
class Window:
    """The guardian, the child the window was opened for, and the rows."""

    opened_from: FamilyContact
    rows: list[Row]
    other_contacts: list[FamilyContact]

    @property
    def contact(self) -> Contact:
        return self.opened_from.contact

    @property
    def rows_and_verbs(self) -> list[tuple[Row, list[Verb[Row]]]]:
        return [(row, possible_verbs(row)) for row in self.rows]

    @property
    def can_register(self) -> bool:
        return any(row.can_choose and not row.has_live_pin for row in self.rows)

    @property
    def can_print(self) -> bool:
        return any(row.has_live_pin for row in self.rows)

    @property
    def focus(self) -> str:
        """The next button to press, so that the common case needs only the Enter key."""
        if self.can_print and (any(row.number for row in self.rows) or not self.can_register):
            return "print"
        return "register" if self.can_register else "close"


def build(
    family_contact: FamilyContact,
    *,
    numbers: Mapping[int, str] | None = None,
    ticked: Collection[int] | None = None,
) -> Window:
    """Build the window that opens from this family contact.

    ``numbers``: PINs in clear by family contact. ``ticked``: the boxes as the user left them; by default, all
    children who can be registered.
    """
    links = FamilyContact.objects.filter(Q(contact=family_contact.contact, is_active=True) | Q(pk=family_contact.pk))
    rows = rows_of(links, numbers=numbers, ticked=ticked)
    others = FamilyContact.objects.filter(patient=family_contact.patient, is_active=True).select_related("contact")
    return Window(family_contact, _in_order(rows, first=family_contact), list(others))


def _in_order(rows: list[Row], *, first: FamilyContact) -> list[Row]:
    """First the child the window was opened for, then siblings, oldest first, unknown birth dates last."""
    return sorted(
        rows,
        key=lambda row: (row.family_contact.pk != first.pk, row.patient.birth_date or date.max, row.patient.pk),
    )
