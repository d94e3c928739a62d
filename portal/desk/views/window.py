"""The Portal Registration window: open, Register, Show, Print, and the verbs of one row.

Each view answers with the whole window: as a fragment for the dialog (htmx), otherwise as a page. PINs in clear are
only in the answer that issued or showed them. So these answers follow a POST directly and do not redirect to a page
that could be reloaded.
"""

from collections.abc import Collection, Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, refusal, staff_page
from appointments.limits import NUMBER
from audit.trail import Action, Actor, record
from patients.ages import today
from patients.models import FamilyContact, Patient
from portal import registration
from portal.desk import window
from portal.desk.forms import ReasonForm
from portal.desk.verbs import VERBS
from portal.eligibility import who_to_register
from portal.models import PinSheet
from portal.pins.sealing import UnreadablePin
from portal.refusals import NothingToPrint
from portal.rows import Row
from portal.verbs import Verb
from practice.failure_messages import when_it_fails
from practice.models import Practice

CANNOT_BE_READ = (
    "A PIN of this family can no longer be read because its key is missing. Press Issue New PIN in that child’s row."
)


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def open_window(request: HttpRequest, family_contact_id: int) -> HttpResponse:
    """Open the window without PINs in clear. Users who may not issue PINs read why, and who can help (R1)."""
    family_contact = _family_contact(family_contact_id)
    _record_view(request, family_contact)
    return _window(request, family_contact)


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def open_for_patient(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Open the window where only the patient is known, such as from an appointment.

    It opens for the primary contact who may register. The window can switch to the other contacts.
    """
    patient = get_object_or_404(Patient, pk=patient_id)
    links = patient.family_contacts.select_related("contact", "patient")
    link = who_to_register(links, practice=Practice.current(), today=today())
    if link:
        return open_window(request, link.pk)
    record(actor=Actor.of(request), action=Action.WINDOW_VIEWED, patient_id=patient.pk)
    context = {"patient": patient, "refusal": refusal(request.user, Permission.MANAGE_PINS)}
    return _answer(request, "no_contact", context)


@require_POST
@staff_page(Permission.MANAGE_PINS)
@sensitive_variables()
@when_it_fails(
    "The PINs may or may not have been issued. Wait a moment, then press Register again. "
    "Children who have a PIN keep it; no child gets two."
)
def issue(request: HttpRequest, family_contact_id: int) -> HttpResponse:
    """**Register**: issue a PIN for each ticked child and show it in the child's row."""
    family_contact = _family_contact(family_contact_id)
    if not (ticked := _numbers(request, "child")):
        _record_view(request, family_contact, why="nothing_ticked")
        return _window(request, family_contact, problem="Tick the children to register first.", ticked=ticked)
    try:
        issued = registration.issue(contact=family_contact.contact, family_contact_ids=ticked, by=Actor.of(request))
    except UnreadablePin:
        _record_view(request, family_contact, why="key_is_gone")
        return _window(request, family_contact, problem=CANNOT_BE_READ, ticked=ticked)
    if not (issued.pins or issued.refused):  # none of the numbers is a child of this contact
        _record_view(request, family_contact, why="not_theirs")
    return _window(request, family_contact, numbers=issued.pins, notice=_issued_notice(issued), ticked=ticked)


@require_POST
@staff_page(Permission.MANAGE_PINS)
@sensitive_variables()
def show(request: HttpRequest, family_contact_id: int) -> HttpResponse:
    """**Show**: show the live PIN of one child in its row."""
    family_contact = _family_contact(family_contact_id)
    try:
        numbers = registration.show(
            contact=family_contact.contact, family_contact_ids=_numbers(request, "only"), by=Actor.of(request)
        )
    except UnreadablePin:
        _record_view(request, family_contact, why="key_is_gone")
        return _window(request, family_contact, problem=CANNOT_BE_READ)
    if not numbers:
        _record_view(request, family_contact, why="no_live_pin")
    return _window(request, family_contact, numbers=numbers)


@require_POST
@staff_page(Permission.MANAGE_PINS)
@sensitive_variables()
@when_it_fails(
    "The sheet was not printed. Wait a moment, close this tab, and press Print again. The PINs stay the same."
)
def print_sheet(request: HttpRequest, family_contact_id: int) -> HttpResponse:
    """**Print**: the sheet with the live PINs of the ticked children, as a PDF for a new tab."""
    family_contact = _family_contact(family_contact_id)
    try:
        document = registration.print_sheet(
            contact=family_contact.contact, family_contact_ids=_numbers(request, "child"), by=Actor.of(request)
        )
    except NothingToPrint:
        _record_view(request, family_contact, why="nothing_to_print")
        problem = "Nothing to print: none of the ticked children has a working PIN. Press Register first."
        return _window(request, family_contact, problem=problem)
    except UnreadablePin:
        _record_view(request, family_contact, why="key_is_gone")
        return _window(request, family_contact, problem=CANNOT_BE_READ)
    return HttpResponse(
        document, content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="pin-sheet.pdf"'}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.MANAGE_PINS)
@sensitive_variables()
@when_it_fails(
    "This may or may not have been done. Wait a moment, open the window again, and check the status in the row."
)
def row_verb(request: HttpRequest, family_contact_id: int, row_id: int, verb: str) -> HttpResponse:
    """Ask, then do: Issue New PIN, Revoke, Decline, or Remove Access for one row of the window (R9)."""
    opened_from, chosen = _family_contact(family_contact_id), VERBS[verb]
    row = get_object_or_404(
        FamilyContact.objects.select_related("contact", "patient"), pk=row_id, contact=opened_from.contact
    )
    form = ReasonForm(request.POST or None) if chosen.needs_reason else None
    if request.method == "POST" and (form is None or form.is_valid()):
        return _do(request, opened_from, row, chosen, form)
    _record_view(request, row, asked=verb)
    last_sheet = (
        PinSheet.objects.filter(pins__registration__family_contact=row, pins__state="active")
        .select_related("printed_by")
        .order_by("-pk")
        .first()
    )
    context = {"opened_from": opened_from, "row": row, "verb": chosen, "last_sheet": last_sheet, "form": form}
    return _answer(request, "confirm", context)


def _do(
    request: HttpRequest, opened_from: FamilyContact, row: FamilyContact, verb: Verb[Row], form: ReasonForm | None
) -> HttpResponse:
    given = {"reason": form.cleaned_data["reason"]} if form else {}
    result = verb.rule(family_contact=row, by=Actor.of(request), **given)
    if not result:
        _record_view(request, row, why="already_changed")
        return _window(request, opened_from, problem=f"{row.patient.name}: {verb.not_done}")
    done, issued = f"{row.patient.name}: {verb.done}", result if isinstance(result, registration.Issued) else None
    if issued and row.pk in issued.refused:
        return _window(request, opened_from, numbers=issued.pins, problem=issued.refused[row.pk])
    return _window(request, opened_from, numbers=issued.pins if issued else None, notice=done)


def _record_view(request: HttpRequest, family_contact: FamilyContact, **detail: str) -> None:
    """Record that the window was shown, and why no rule has recorded anything else."""
    record(
        actor=Actor.of(request),
        action=Action.WINDOW_VIEWED,
        patient_id=family_contact.patient_id,
        family_contact=family_contact.pk,
        **detail,
    )


def _family_contact(number: int) -> FamilyContact:
    return get_object_or_404(FamilyContact.objects.select_related("contact", "patient"), pk=number)


def _numbers(request: HttpRequest, name: str) -> list[int]:
    """The record numbers posted under this name. Ignores everything else."""
    return [int(value) for value in request.POST.getlist(name) if NUMBER.fullmatch(value)]


def _issued_notice(issued: registration.Issued) -> str:
    count = len(issued.new)
    if count:
        return f"{count} PIN{'s' if count > 1 else ''} issued. Next: print the sheet and hand it over."
    return "No new PINs: these children already have theirs." if issued.pins else ""


def _window(
    request: HttpRequest,
    family_contact: FamilyContact,
    *,
    numbers: Mapping[int, str] | None = None,
    notice: str = "",
    problem: str = "",
    ticked: Collection[int] | None = None,
) -> HttpResponse:
    context = {
        "window": window.build(family_contact, numbers=numbers, ticked=ticked),
        "refusal": refusal(request.user, Permission.MANAGE_PINS),
        "notice": notice,
        "problem": problem,
    }
    return _answer(request, "window", context)


def _answer(request: HttpRequest, name: str, context: dict[str, object]) -> HttpResponse:
    """A fragment for the dialog, or the same as a page."""
    fragment = f"portal/desk/_{name}.html"
    if request.headers.get("HX-Request"):
        return render(request, fragment, context)
    return render(request, "portal/desk/window_page.html", {**context, "fragment": fragment})
