"""Register and Print for several families at once: a run.

    plan → read (the preview) → carry_out → carry_out again if it was interrupted

It is in ``desk`` and not in ``sheets`` because it calls ``registration.issue``, which is above ``sheets``.

A run issues PINs family by family, each in its own transaction. Then it draws all sheets as one PDF. Only then all
of them count as printed, or none (R10). A run that was killed can be carried out again: families keep the PINs they
have (R4), so no child gets two and no family is left out. PINs in clear and the PDF are only in the answer to the
request that carries out the run (R7).
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.db import OperationalError, connection, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from audit.trail import Action, Actor, record
from patients.models import Contact, FamilyContact
from portal import registration
from portal.models import PinSheet, Postponement, SheetRun, SheetRunFamily
from portal.pins.storage import live_pins, locked_family_contacts
from portal.refusals import RunIsUnderWay
from portal.rows import Row, rows_of
from portal.sheets import printing
from portal.worklist import Family

# A large practice's day. A full run takes 14 s and 270 MB on one core. Eight at once take 80 s on two cores, which
# must fit into gunicorn's timeout (pinportal/gunicorn.py).
MAX_FAMILIES = 150
# A run without a heartbeat for this long was abandoned. The longest step between two heartbeats is joining the pages
# of a full run: 3 s, or 28 s if eight runs share two cores.
ABANDONED_AFTER = timedelta(seconds=60)

State = Literal["planned", "running", "interrupted", "printed"]


# --- Plan and carry out --------------------------------------------------------------------------


@transaction.atomic
def plan(*, day: date, families: Sequence[Family], by: Actor) -> SheetRun:
    """Save the families to print sheets for, in this order. Issues nothing.

    Deletes the user's earlier plans that never started.
    """
    SheetRun.objects.filter(planned_by=by.signed_in, started_at=None).delete()
    run = SheetRun.objects.create(day=day, planned_by=by.signed_in)
    for position, family in enumerate(families, start=1):
        planned = SheetRunFamily.objects.create(run=run, contact=family.contact, position=position)
        # Blocked children too: a newborn whose name is entered before the run starts is included.
        planned.family_contacts.set(child.row.family_contact for child in family.children if child.row.is_open)
    record(actor=by, action=Action.SHEET_RUN_PLANNED, run=run.pk, families=len(families))
    return run


def carry_out(*, run: SheetRun, by: Actor) -> bytes:
    """Issue missing PINs, draw all sheets, and mark them as printed. Returns the PDF.

    Refused: a run that another process is working on (RunIsUnderWay), a run with nothing to print or with a PIN that
    ended in the meantime (NothingToPrint), a PIN whose key is missing (UnreadablePin). If the run ends early, issued
    PINs stay and no sheet is marked as printed.
    """
    _claim(run)
    try:
        for family in run.families.filter(done_at=None).select_related("contact"):
            _issue(family, by=by)
            _heartbeat(run)
        wanted = [(each.contact, [row.family_contact.pk for row in each.ready]) for each in read(run).families]
        drawn = printing.draw_sheets(
            families=[each for each in wanted if each[1]], by=by, progress=lambda count: _heartbeat(run, drawn=count)
        )
        with transaction.atomic():
            now = printing.mark_printed(drawn=drawn, by=by)
            SheetRun.objects.filter(pk=run.pk).update(printed_at=now, touched_at=now, drawn=len(drawn.sheets))
    except Exception:
        _release(run)
        raise
    return drawn.document


def _claim(run: SheetRun) -> None:
    """Claim the run unless another process is working on it. The condition in the UPDATE decides who was first."""
    now = timezone.now()
    is_free = Q(touched_at=None) | Q(touched_at__lt=now - ABANDONED_AFTER) | Q(printed_at__gte=F("touched_at"))
    claimed = SheetRun.objects.filter(is_free, pk=run.pk).update(
        started_at=Coalesce("started_at", now), touched_at=now, drawn=0
    )
    if not claimed:
        raise RunIsUnderWay


def _release(run: SheetRun) -> None:
    """Release the run at once. If the database is unreachable, the run is free after ``ABANDONED_AFTER``."""
    if connection.connection is not None and not connection.is_usable():
        connection.close()  # the next statement opens a new one
    with suppress(OperationalError):  # the exception that ended the run says more
        SheetRun.objects.filter(pk=run.pk).update(touched_at=None)


def _heartbeat(run: SheetRun, **progress: int) -> None:
    SheetRun.objects.filter(pk=run.pk).update(touched_at=timezone.now(), **progress)


@transaction.atomic
def _issue(family: SheetRunFamily, *, by: Actor) -> None:
    """Issue the PINs that this family lacks, and mark the family as done."""
    links = locked_family_contacts(family.contact, family.family_contacts.values_list("pk", flat=True))
    if not Postponement.objects.filter(contact=family.contact, until__gt=family.run.day).exists():
        live = {pin.registration.family_contact_id for pin in live_pins(family.contact, [x.pk for x in links], by=by)}
        rows = rows_of(FamilyContact.objects.filter(pk__in=[link.pk for link in links]))
        without_pin = [
            row.family_contact.pk for row in rows if not row.passed_over and row.family_contact.pk not in live
        ]
        registration.issue(contact=family.contact, family_contact_ids=without_pin, by=by)
    SheetRunFamily.objects.filter(pk=family.pk).update(done_at=timezone.now())


# --- Read ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RunFamily:
    """What a run does for one family, computed now."""

    contact: Contact
    issue: Sequence[Row]  # will get a PIN
    ready: Sequence[Row]  # have a working PIN
    left_out: Sequence[tuple[Row, str]]  # with the reason
    is_done: bool
    is_printed: bool

    @property
    def has_sheet(self) -> bool:
        return bool(self.issue or self.ready)


@dataclass(frozen=True)
class RunReport:
    """A run with its families: its preview, progress, or result."""

    run: SheetRun
    state: State
    families: Sequence[RunFamily]

    @property
    def pins(self) -> int:
        return sum(len(family.issue) for family in self.families)

    @property
    def ready(self) -> int:
        return sum(len(family.ready) for family in self.families)

    @property
    def sheets(self) -> int:
        return sum(family.has_sheet for family in self.families)

    @property
    def left_out(self) -> int:
        return sum(len(family.left_out) for family in self.families)

    @property
    def done(self) -> int:
        return sum(family.is_done for family in self.families)

    @property
    def version(self) -> str:
        """A value that changes when the run enters another state."""
        return f"{self.state} {self.run.printed_at or ''}"


def run_state(run: SheetRun) -> State:
    """The state of the run. It is running if it has a recent heartbeat."""
    if run.started_at is None:
        return "planned"
    is_after_print = run.printed_at is None or (run.touched_at is not None and run.touched_at > run.printed_at)
    if is_after_print and run.touched_at is not None and run.touched_at > timezone.now() - ABANDONED_AFTER:
        return "running"
    return "printed" if run.printed_at else "interrupted"


def read(run: SheetRun) -> RunReport:
    """Read the run with its families, in a constant number of queries."""
    run = SheetRun.objects.select_related("planned_by").get(pk=run.pk)
    planned = list(run.families.select_related("contact").prefetch_related("family_contacts"))
    contacts = [family.contact_id for family in planned]
    links = FamilyContact.objects.filter(
        Q(contact__in=contacts, is_active=True) | Q(pk__in=run.families.values("family_contacts"))
    )
    rows: dict[int, list[Row]] = {}
    for row in rows_of(links.order_by("patient__birth_date", "pk")):
        rows.setdefault(row.family_contact.contact_id, []).append(row)
    postponed = {each.contact_id: each for each in Postponement.objects.filter(contact__in=contacts, until__gt=run.day)}
    printed = set(
        PinSheet.objects.filter(contact__in=contacts, printed_at=run.printed_at).values_list("contact_id", flat=True)
        if run.printed_at
        else []
    )
    families = [
        _family(each, rows.get(each.contact_id, []), postponed.get(each.contact_id), each.contact_id in printed)
        for each in planned
    ]
    return RunReport(run, run_state(run), families)


@dataclass(frozen=True)
class Unfinished:
    """A run that was started but not printed, and how many families have their PINs."""

    run: SheetRun
    state: State
    families: int
    done: int


def unfinished(day: date) -> list[Unfinished]:
    """The unfinished runs of this day's list."""
    runs = SheetRun.objects.filter(day=day, printed_at=None).exclude(started_at=None).select_related("planned_by")
    counted = runs.annotate(planned=Count("families"), done=Count("families", filter=~Q(families__done_at=None)))
    return [Unfinished(run, run_state(run), run.planned, run.done) for run in counted]


def _family(
    planned: SheetRunFamily, rows: Sequence[Row], postponement: Postponement | None, is_printed: bool
) -> RunFamily:
    chosen = {link.pk for link in planned.family_contacts.all()}
    is_done = planned.done_at is not None
    issue, ready, left_out = [], [], []
    for row in rows:
        if reason := _reason(row, postponement, is_chosen=row.family_contact.pk in chosen, is_done=is_done):
            left_out.append((row, reason))
        elif row.has_live_pin:
            ready.append(row)
        else:
            issue.append(row)
    return RunFamily(planned.contact, issue, ready, left_out, is_done, is_printed)


def _reason(row: Row, postponement: Postponement | None, *, is_chosen: bool, is_done: bool) -> str:
    """Why the run leaves out this child, in one sentence; empty if it does not."""
    if row.passed_over:
        return row.passed_over
    if postponement:
        return f"Ask again on {postponement.until:%b %-d, %Y}: {postponement.reason}"
    if not is_chosen:
        return "Added to the family after the run was planned."
    if is_done and not row.has_live_pin:  # a run issues once; the window can issue another PIN
        return row.note or "Could not be registered when the PINs were issued."
    return ""
