"""Print one or many sheets: draw them first, and only then mark them as printed (R10)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from audit.trail import Actor
from patients.ages import today
from patients.models import Contact
from portal.eligibility import block
from portal.models import Pin
from portal.pins import sealing
from portal.pins.storage import create_sheet, live_pins, locked_pins
from portal.refusals import NothingToPrint, UnreadableSheet
from portal.sheets import sheet
from practice.models import Practice


@dataclass(frozen=True)
class Drawn:
    """Sheets that are drawn but do not count as printed yet: the PDF, and the PINs of each sheet."""

    document: bytes
    sheets: list[tuple[Contact, list[Pin]]]


def draw_sheets(
    *, families: Sequence[tuple[Contact, Sequence[int]]], by: Actor, progress: Callable[[int], None] | None = None
) -> Drawn:
    """Draw a sheet for each contact that has a live PIN among these family contacts. Marks nothing.

    Raises NothingToPrint if there is no live PIN at all, and UnreadableSheet.
    """
    chosen = []
    for contact, family_contact_ids in families:
        with transaction.atomic():
            if live := live_pins(contact, family_contact_ids, by=by):
                chosen.append((contact, live))
    if not chosen:
        raise NothingToPrint
    sheets = [sheet.Sheet(contact, _unsealed(contact, live)) for contact, live in chosen]
    return Drawn(sheet.render(sheets, progress=progress), chosen)


def _unsealed(contact: Contact, live: Sequence[Pin]) -> list[tuple[Pin, str]]:
    try:
        return [(pin, sealing.unseal(pin.sealed)) for pin in live]
    except sealing.UnreadablePin as error:
        raise UnreadableSheet(contact) from error


@transaction.atomic
def mark_printed(*, drawn: Drawn, by: Actor) -> datetime:
    """Mark the drawn sheets as printed, all or none. Raises NothingToPrint if one of their PINs has ended."""
    practice, now = Practice.current(), timezone.now()
    locked = {pin.pk: pin for pin in locked_pins(pin.pk for _, live in drawn.sheets for pin in live)}
    for pin in locked.values():
        if not pin.is_live or block(pin.registration.family_contact, practice=practice, today=today()):
            raise NothingToPrint
    Pin.objects.filter(pk__in=list(locked)).update(printed_at=now)
    for contact, live in drawn.sheets:
        create_sheet(contact, live, language=sheet.language_of(contact), now=now, by=by)
    return now
