"""**Register and Print** for several families: choose, dry run, print; and see how far it is."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Permission, staff_page
from audit.trail import Action, Actor, record, record_refresh
from portal import worklist
from portal.desk import runs
from portal.desk.views.window import CANNOT_BE_READ, NUMBER
from portal.desk.views.worklist import address_of, day_of, list_page
from portal.models import SheetRun
from portal.refusals import NothingToPrint, RunIsUnderWay, UnreadableSheet
from practice.failure_messages import when_it_fails

OPENING = timedelta(minutes=15)  # a page that only watches the progress for so long is one opening


@require_POST
@staff_page(Permission.MANAGE_PINS)
def plan_run(request: HttpRequest) -> HttpResponse:
    """From the ticked families to the dry run. Issues nothing."""
    ticked = {int(value) for value in request.POST.getlist("family") if NUMBER.fullmatch(value)}
    found, by = worklist.read(day_of(request.POST.get("day", ""))), Actor.of(request)
    families = [family for family in found.families if family.contact.pk in ticked]
    if len(families) > runs.MAX_FAMILIES:
        problem = (
            f"At most {runs.MAX_FAMILIES} families go into one run, and {len(families)} are ticked. "
            "Nothing has happened. Untick some, print, and come back for the others."
        )
        record(actor=by, action=Action.WORKLIST_VIEWED, day=found.day.isoformat(), why="too_many")
        return list_page(request, found, problem=problem, ticked=ticked)
    if not families:
        record(actor=by, action=Action.WORKLIST_VIEWED, day=found.day.isoformat(), why="nothing_ticked")
        return list_page(request, found, problem="Tick the families to register first.", ticked=ticked)
    run = runs.plan(day=found.day, families=families, by=by)
    if gone := len(ticked) - len(families):
        words = "family has" if gone == 1 else "families have"
        messages.warning(
            request, f"{gone} {words} left the list in the meantime and {'is' if gone == 1 else 'are'} not in this run."
        )
    return redirect("desk:run", run.pk)


@require_safe
@staff_page(Permission.MANAGE_PINS)
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """The dry run; then how far it is; then what came of it. Whoever may issue PINs may go on with it."""
    found = get_object_or_404(SheetRun, pk=run_id)
    by = Actor.of(request)
    if request.headers.get("HX-Request"):
        record_refresh(actor=by, action=Action.SHEET_RUN_VIEWED, within=OPENING, run=found.pk)
    else:
        record(actor=by, action=Action.SHEET_RUN_VIEWED, run=found.pk)
    return _run_page(request, found)


@require_POST
@staff_page(Permission.MANAGE_PINS)
@sensitive_variables()
@when_it_fails(
    "The sheets were not printed. Wait a moment, close this tab and press Continue in the run: "
    "families who have their PINs keep them."
)
def print_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """**Register and Print**, **Continue**, **Print Again**: all sheets as one PDF for a new tab."""
    found = get_object_or_404(SheetRun, pk=run_id)
    try:
        document = runs.carry_out(run=found, by=Actor.of(request))
    except RunIsUnderWay:
        problem = "These sheets are being printed already, in another tab or by somebody else."
        return _not_printed(request, found, problem, why="under_way")
    except NothingToPrint:
        problem = (
            "Nothing was printed: a PIN ended in the meantime, or none is left that works. See below, then try again."
        )
        return _not_printed(request, found, problem, why="nothing_to_print")
    except UnreadableSheet as refused:
        problem = f"Nothing was printed. {refused.contact.name}: {CANNOT_BE_READ}"
        return _not_printed(request, found, problem, why="key_is_gone")
    return HttpResponse(
        document, content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="pin-sheets.pdf"'}
    )


def _not_printed(request: HttpRequest, found: SheetRun, problem: str, *, why: str) -> HttpResponse:
    record(actor=Actor.of(request), action=Action.SHEET_RUN_VIEWED, run=found.pk, why=why)
    return _run_page(request, found, problem=problem)


def _run_page(request: HttpRequest, found: SheetRun, *, problem: str = "") -> HttpResponse:
    report = runs.read(found)
    is_fragment = bool(request.headers.get("HX-Request"))
    context = {"report": report, "problem": problem, "back": address_of(report.run.day), "is_fragment": is_fragment}
    return render(request, "portal/desk/_run.html" if is_fragment else "portal/desk/run.html", context)
