"""Register and Print for several families at once: a run.

    plan → what a run comes to (read) → carry_out → once more where it was interrupted

A run is worked off family by family, each in a transaction of its own; then all sheets are drawn as one
PDF, and only then do they count as printed, all or none (R10). Killed anywhere in between, it is carried
out once more: whoever has a PIN keeps it (R4), so nobody gets two and nobody is forgotten. PINs in clear
and the PDF are in the answer to the one request that carries the run out, and nowhere else (R7).
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
from portal.pins.rows import live_pins, locked_family_contacts
from portal.refusals import RunIsUnderWay
from portal.rows import Row, rows_of
from portal.sheets import printing
from portal.worklist import Family

# A large practice's day. A run of so many takes 14 s and 270 MB on one core, and eight at once on two
# cores 80 s, which has to fit into gunicorn's timeout: see pinportal/gunicorn.py.
MAX_FAMILIES = 150
# Without a sign of life for so long, whoever worked on a run is gone. Joining the pages of a full run is
# the longest step between two signs: 3 s, and 28 s where eight of them share two cores.
QUIET = timedelta(seconds=60)

State = Literal["planned", "running", "interrupted", "printed"]


# --- Plan and carry out --------------------------------------------------------------------------


@transaction.atomic
def plan(*, day: date, families: Sequence[Family], by: Actor) -> SheetRun:
    """Note whom to print sheets for, in this order. Issues nothing; the user's plans that came to nothing go."""
    SheetRun.objects.filter(planned_by=by.signed_in, started_at=None).delete()
    run = SheetRun.objects.create(day=day, planned_by=by.signed_in)
    for position, family in enumerate(families, start=1):
        planned = SheetRunFamily.objects.create(run=run, contact=family.contact, position=position)
        # Blocked children too: a newborn whose name is entered before the run starts is in it.
        planned.family_contacts.set(child.row.family_contact for child in family.children if child.row.is_open)
    record(actor=by, action=Action.SHEET_RUN_PLANNED, run=run.pk, families=len(families))
    return run


def carry_out(*, run: SheetRun, by: Actor) -> bytes:
    """Issue what is missing, draw all sheets, mark them as printed; the PDF.

    Refused: a run that somebody is working on at this moment (RunIsUnderWay), one with nothing to print
    or of which a PIN ended meanwhile (NothingToPrint), a PIN whose key is gone (UnreadablePin). Whatever
    ends it early leaves the PINs that are issued, and no sheet marked as printed.
    """
    _claim(run)
    try:
        for family in run.families.filter(done_at=None).select_related("contact"):
            _issue(family, by=by)
            _sign_of_life(run)
        wanted = [(each.contact, [row.family_contact.pk for row in each.ready]) for each in read(run).families]
        drawn = printing.draw_sheets(
            families=[each for each in wanted if each[1]], by=by, progress=lambda count: _sign_of_life(run, drawn=count)
        )
        with transaction.atomic():
            now = printing.mark_printed(drawn=drawn, by=by)
            SheetRun.objects.filter(pk=run.pk).update(printed_at=now, touched_at=now, drawn=len(drawn.sheets))
    except Exception:
        _let_go(run)
        raise
    return drawn.document


def _claim(run: SheetRun) -> None:
    """Take the run, unless another process shows signs of life. The condition in the UPDATE decides who was first."""
    now = timezone.now()
    is_left = Q(touched_at=None) | Q(touched_at__lt=now - QUIET) | Q(printed_at__gte=F("touched_at"))
    taken = SheetRun.objects.filter(is_left, pk=run.pk).update(
        started_at=Coalesce("started_at", now), touched_at=now, drawn=0
    )
    if not taken:
        raise RunIsUnderWay


def _let_go(run: SheetRun) -> None:
    """Leave the run to whoever continues it, at once; where the database is gone, after ``QUIET``."""
    if connection.connection is not None and not connection.is_usable():
        connection.close()  # the next statement opens a new one
    with suppress(OperationalError):  # what ended the run is on its way up and says more
        SheetRun.objects.filter(pk=run.pk).update(touched_at=None)


def _sign_of_life(run: SheetRun, **progress: int) -> None:
    SheetRun.objects.filter(pk=run.pk).update(touched_at=timezone.now(), **progress)


@transaction.atomic
def _issue(family: SheetRunFamily, *, by: Actor) -> None:
    """The PINs that this family is to have and has not, and the note that this is done."""
    links = locked_family_contacts(family.contact, family.family_contacts.values_list("pk", flat=True))
    if not Postponement.objects.filter(contact=family.contact, until__gt=family.run.day).exists():
        live = {pin.registration.family_contact_id for pin in live_pins(family.contact, [x.pk for x in links], by=by)}
        rows = rows_of(FamilyContact.objects.filter(pk__in=[link.pk for link in links]))
        lacking = [row.family_contact.pk for row in rows if not row.passed_over and row.family_contact.pk not in live]
        registration.issue(contact=family.contact, family_contact_ids=lacking, by=by)
    SheetRunFamily.objects.filter(pk=family.pk).update(done_at=timezone.now())


# --- Read ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RunFamily:
    """What a run comes to for one family, as things stand at this moment."""

    contact: Contact
    issue: Sequence[Row]  # get a PIN
    ready: Sequence[Row]  # have one that works
    left_out: Sequence[tuple[Row, str]]  # with the reason
    is_done: bool
    is_printed: bool

    @property
    def has_sheet(self) -> bool:
        return bool(self.issue or self.ready)


@dataclass(frozen=True)
class RunReport:
    """A run with its families: the dry run before it starts, how far it is, what became of it."""

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
        """Changes when the run has gone on to another state."""
        return f"{self.state} {self.run.printed_at or ''}"


def state_of(run: SheetRun) -> State:
    """Where the run stands. Running means: with a sign of life not long ago."""
    if run.started_at is None:
        return "planned"
    is_after_print = run.printed_at is None or (run.touched_at is not None and run.touched_at > run.printed_at)
    if is_after_print and run.touched_at is not None and run.touched_at > timezone.now() - QUIET:
        return "running"
    return "printed" if run.printed_at else "interrupted"


def read(run: SheetRun) -> RunReport:
    """The run as it stands, in a constant number of queries."""
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
    return RunReport(run, state_of(run), families)


@dataclass(frozen=True)
class Unfinished:
    """A run that was started and not printed: how far its PINs have been issued."""

    run: SheetRun
    state: State
    families: int
    done: int


def unfinished(day: date) -> list[Unfinished]:
    """The unfinished runs of that day's list."""
    runs = SheetRun.objects.filter(day=day, printed_at=None).exclude(started_at=None).select_related("planned_by")
    counted = runs.annotate(planned=Count("families"), done=Count("families", filter=~Q(families__done_at=None)))
    return [Unfinished(run, state_of(run), run.planned, run.done) for run in counted]


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
    """Why the run passes over this child, in one sentence; empty where it does not."""
    if row.passed_over:
        return row.passed_over
    if postponement:
        return f"To be asked again on {postponement.until:%b %-d, %Y}: {postponement.reason}"
    if not is_chosen:
        return "Joined the family after the list was made."
    if is_done and not row.has_live_pin:  # a run issues once; whoever needs another PIN gets it in the window
        return row.note or "Could not be registered yet when the PINs were issued."
    return ""
