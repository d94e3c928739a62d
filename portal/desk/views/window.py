"""The Portal Registration window: open, Register, Show, Print, and what can be done to one row.

Each view answers with the whole window: as a fragment to the dialog (htmx), as a page of its own
otherwise. PINs in clear are part of the answer that issued or showed them and are kept nowhere else;
so these answers follow a POST directly instead of redirecting to a page that could be reloaded.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, refusal, staff_page
from audit.trail import Action, Actor, record
from patients.ages import today
from patients.models import FamilyContact, Patient
from portal import registration
from portal.desk import window
from portal.desk.forms import ReasonForm
from portal.eligibility import who_to_register
from portal.models import PinSheet
from portal.pins.sealing import UnreadablePin
from portal.refusals import NothingToPrint
from portal.rows import VERB_TITLES
from practice.faults import when_it_fails
from practice.models import Practice

NUMBER = re.compile(r"[0-9]{1,18}")  # a record number, within the database's 64 bits
CANNOT_BE_READ = "A PIN of this family can no longer be read, because its key is gone. Press Issue New PIN in its row."


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def open_window(request: HttpRequest, family_contact_id: int) -> HttpResponse:
    """The window, without PINs in clear. Who may not issue PINs reads here why, and who can help (R1)."""
    family_contact = _family_contact(family_contact_id)
    _record_view(request, family_contact)
    return _window(request, family_contact)


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def open_for_patient(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The same window from where only the patient is known, such as an appointment.

    It opens for the primary contact who may register; the others are one choice away.
    """
    patient = get_object_or_404(Patient, pk=patient_id)
    links = patient.family_contacts.select_related("contact", "patient")
    link = who_to_register(links, practice=Practice.current(), today=today())
    if link:
        return open_window(request, link.pk)
    record(actor=Actor.of(request), action=Action.WINDOW_VIEWED, patient_id=patient.pk)
    return _answer(request, "no_contact", {"patient": patient})


@require_POST
@staff_page(Permission.MANAGE_PINS)
@sensitive_variables()
@when_it_fails(
    "It is not certain whether the PINs were issued. Wait a moment, then press Register again: "
    "whoever has a PIN keeps it, and nobody gets two."
)
def issue(request: HttpRequest, family_contact_id: int) -> HttpResponse:
    """**Register**: a PIN for each ticked child, shown in its row."""
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
    return _window(request, family_contact, numbers=issued.pins, notice=_what_was_issued(issued), ticked=ticked)


@require_POST
@staff_page(Permission.MANAGE_PINS)
@sensitive_variables()
def show(request: HttpRequest, family_contact_id: int) -> HttpResponse:
    """**Show**: the live PIN of one child, in its row."""
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
    "The sheet was not printed. Wait a moment, close this tab and press Print again: the PINs on it stay the same."
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
        problem = "There is nothing to print: none of the ticked children has a PIN that works. Press Register first."
        return _window(request, family_contact, problem=problem)
    except UnreadablePin:
        _record_view(request, family_contact, why="key_is_gone")
        return _window(request, family_contact, problem=CANNOT_BE_READ)
    return HttpResponse(
        document, content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="pin-sheet.pdf"'}
    )


@dataclass(frozen=True)
class Verb:
    """How to ask before something is done to one row, and what to say after it."""

    explanation: str
    needs_reason: bool
    done: str


VERBS: Mapping[str, Verb] = {
    "reissue": Verb("The PIN that is out now stops working at once.", False, "New PIN issued."),
    "revoke": Verb("The PIN stops working at once. You can register the child again later.", True, "PIN revoked."),
    "decline": Verb("The family does not want the portal for this child.", True, "Noted as declined."),
    "remove": Verb("The guardian no longer sees this child.", True, "Access removed."),
}
RULES = {"revoke": registration.revoke, "decline": registration.decline, "remove": registration.remove}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.MANAGE_PINS)
@sensitive_variables()
@when_it_fails(
    "It is not certain whether this was done. Wait a moment, open the window again and look: "
    "the row says how it stands now."
)
def row_verb(request: HttpRequest, family_contact_id: int, row_id: int, verb: str) -> HttpResponse:
    """Ask, then do: Issue New PIN, Revoke, Decline or Remove Access for one row of the window (R9)."""
    opened_from = _family_contact(family_contact_id)
    row = get_object_or_404(
        FamilyContact.objects.select_related("contact", "patient"), pk=row_id, contact=opened_from.contact
    )
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and (form.is_valid() or not VERBS[verb].needs_reason):
        return _done(request, opened_from, row, verb, form)
    _record_view(request, row, asked=verb)
    last_sheet = (
        PinSheet.objects.filter(pins__registration__family_contact=row, pins__state="active")
        .select_related("printed_by")
        .order_by("-pk")
        .first()
    )
    question = {"verb": verb, "title": VERB_TITLES[verb], "explanation": VERBS[verb].explanation}
    context = {"opened_from": opened_from, "row": row, "last_sheet": last_sheet, **question}
    return _answer(request, "confirm", {**context, "form": form if VERBS[verb].needs_reason else None})


def _done(
    request: HttpRequest, opened_from: FamilyContact, row: FamilyContact, verb: str, form: ReasonForm
) -> HttpResponse:
    by, notice = Actor.of(request), f"{row.patient.name}: {VERBS[verb].done}"
    if verb == "reissue":
        issued = registration.reissue(family_contact=row, by=by)
        refused = issued.refused.get(row.pk)
        return _window(
            request, opened_from, numbers=issued.pins, notice="" if refused else notice, problem=refused or ""
        )
    if RULES[verb](family_contact=row, reason=form.cleaned_data["reason"], by=by):
        return _window(request, opened_from, notice=notice)
    _record_view(request, row, why="already_changed")
    return _window(
        request, opened_from, problem=f"{row.patient.name}: somebody else was faster; this is how it stands now."
    )


def _record_view(request: HttpRequest, family_contact: FamilyContact, **detail: str) -> None:
    """Note that the window was shown where no rule has recorded anything else, and why none has."""
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
    """The record numbers posted under that name. What is not a number is nobody's record."""
    return [int(value) for value in request.POST.getlist(name) if NUMBER.fullmatch(value)]


def _what_was_issued(issued: registration.Issued) -> str:
    count = len(issued.new)
    if count:
        return f"{count} PIN{'s' if count > 1 else ''} issued. Next: Print the sheet and hand it over."
    return "Nothing new was issued: these children have their PINs already." if issued.pins else ""


def _window(
    request: HttpRequest,
    family_contact: FamilyContact,
    *,
    numbers: Mapping[int, str] | None = None,
    notice: str = "",
    problem: str = "",
    ticked: list[int] | None = None,
) -> HttpResponse:
    context = {
        "window": window.build(family_contact, numbers=numbers, ticked=ticked),
        "refusal": refusal(request.user, Permission.MANAGE_PINS),
        "notice": notice,
        "problem": problem,
    }
    return _answer(request, "window", context)


def _answer(request: HttpRequest, name: str, context: dict[str, object]) -> HttpResponse:
    """A fragment for the dialog, or the same as a page of its own."""
    fragment = f"portal/desk/_{name}.html"
    if request.headers.get("HX-Request"):
        return render(request, fragment, context)
    return render(request, "portal/desk/window_page.html", {**context, "fragment": fragment})
