"""**Register and Print** for several families: choose, preview, print, and watch the progress."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Permission, staff_page
from appointments.limits import NUMBER
from audit.trail import Action, Actor, record, record_refresh
from portal import worklist
from portal.desk import runs
from portal.desk.views.window import CANNOT_BE_READ
from portal.desk.views.worklist import address_of, day_of, list_page
from portal.models import SheetRun
from portal.refusals import NothingToPrint, RunIsUnderWay, UnreadableSheet
from practice.failure_messages import when_it_fails

ONE_VIEW = timedelta(minutes=15)  # refreshes within this time count as one view in the audit trail


@require_POST
@staff_page(Permission.MANAGE_PINS)
def plan_run(request: HttpRequest) -> HttpResponse:
    """Make a run of the ticked families and show its preview. Issues nothing."""
    ticked = {int(value) for value in request.POST.getlist("family") if NUMBER.fullmatch(value)}
    found, by = worklist.read(day_of(request.POST.get("day", ""))), Actor.of(request)
    families = [family for family in found.families if family.contact.pk in ticked]
    if len(families) > runs.MAX_FAMILIES:
        problem = (
            f"You ticked {len(families)} families; one run takes at most {runs.MAX_FAMILIES}. "
            "Nothing was issued. Untick some, print, then come back for the others."
        )
        record(actor=by, action=Action.WORKLIST_VIEWED, day=found.day.isoformat(), why="too_many")
        return list_page(request, found, problem=problem, ticked=ticked)
    if not families:
        record(actor=by, action=Action.WORKLIST_VIEWED, day=found.day.isoformat(), why="nothing_ticked")
        return list_page(request, found, problem="Tick the families to register first.", ticked=ticked)
    run = runs.plan(day=found.day, families=families, by=by)
    if gone := len(ticked) - len(families):
        words = "1 family has" if gone == 1 else f"{gone} families have"
        messages.warning(request, f"{words} left the list in the meantime. This run does not include them.")
    return redirect("desk:run", run.pk)


@require_safe
@staff_page(Permission.MANAGE_PINS)
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """The preview, then the progress, then the result. Every user who may issue PINs may continue the run."""
    found = get_object_or_404(SheetRun, pk=run_id)
    by = Actor.of(request)
    if request.headers.get("HX-Request"):
        record_refresh(actor=by, action=Action.SHEET_RUN_VIEWED, within=ONE_VIEW, run=found.pk)
    else:
        record(actor=by, action=Action.SHEET_RUN_VIEWED, run=found.pk)
    return _run_page(request, found)


@require_POST
@staff_page(Permission.MANAGE_PINS)
@sensitive_variables()
@when_it_fails(
    "The sheets were not printed. Wait a moment, close this tab, and press Continue in the run. "
    "PINs that were issued stay the same."
)
def print_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """**Register and Print**, **Continue**, **Print again**: all sheets as one PDF for a new tab."""
    found = get_object_or_404(SheetRun, pk=run_id)
    try:
        document = runs.carry_out(run=found, by=Actor.of(request))
    except RunIsUnderWay:
        problem = "These sheets are already being printed, in another tab or by a colleague. Wait until they are done."
        return _not_printed(request, found, problem, why="under_way")
    except NothingToPrint:
        problem = (
            "Nothing was printed: a PIN ended in the meantime, or no PIN works. Check the list below, then try again."
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
