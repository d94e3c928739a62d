"""**Today's Unregistered Families**: the list of a day, and what can be done for one family at a time."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, refusal, staff_page
from audit.trail import Action, Actor, listed, record, record_refresh
from patients.ages import today
from patients.models import Contact, FamilyContact
from portal import family_answers, worklist
from portal.desk.forms import PostponeForm, ReasonForm
from portal.desk.runs import MAX_FAMILIES, unfinished
from portal.worklist import Worklist

YEARS = range(1900, 2200)  # a day outside this range is a typing mistake
ONE_VIEW = timedelta(minutes=15)  # refreshes within this time count as one view in the audit trail


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def families_of_day(request: HttpRequest) -> HttpResponse:
    """The families who come on a day and are not registered yet."""
    day = day_of(request.GET.get("day", ""))
    by, shown = Actor.of(request), day.isoformat()
    if request.headers.get("HX-Request"):
        record_refresh(actor=by, action=Action.WORKLIST_VIEWED, within=ONE_VIEW, day=shown)
    else:
        record(actor=by, action=Action.WORKLIST_VIEWED, day=shown)
    return list_page(request, worklist.read(day))


def list_page(
    request: HttpRequest, found: Worklist, *, problem: str = "", ticked: Collection[int] | None = None
) -> HttpResponse:
    """The page with this list. ``ticked``: the boxes as the user left them; by default, the proposed ones."""
    context = {
        "worklist": found,
        "here": address_of(found.day),
        "ticked": found.proposed if ticked is None else ticked,
        "yesterday": found.day - timedelta(days=1),
        "tomorrow": found.day + timedelta(days=1),
        "is_today": found.day == today(),
        "unfinished": unfinished(found.day),
        "refusal": refusal(request.user, Permission.MANAGE_PINS),
        "max_families": MAX_FAMILIES,
        "problem": problem,
    }
    return render(request, "portal/desk/worklist.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.MANAGE_PINS)
def decline(request: HttpRequest, contact_id: int) -> HttpResponse:
    """**Decline**: ask why, then record it for all of the family's children who are not registered yet."""
    contact = get_object_or_404(Contact, pk=contact_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        declined = family_answers.decline_family(
            contact=contact, reason=form.cleaned_data["reason"], by=Actor.of(request)
        )
        if not declined:
            return _nothing_changed(request, contact)
        return _back_to_list(request, messages.SUCCESS, f"{contact.name}: declined for {_names(declined)}.")
    question = "The family does not want the portal. Unused PINs stop working immediately."
    return _ask(request, contact, form, title="Decline", explanation=question)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.MANAGE_PINS)
def postpone(request: HttpRequest, contact_id: int) -> HttpResponse:
    """**Ask again later**: ask why and until when. The family leaves the list until that day."""
    contact = get_object_or_404(Contact, pk=contact_id)
    form = PostponeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["until"]
        if not family_answers.postpone(
            contact=contact, until=until, reason=form.cleaned_data["reason"], by=Actor.of(request)
        ):
            return _nothing_changed(request, contact)
        return _back_to_list(request, messages.SUCCESS, f"{contact.name} is back on the list on {until:%b %-d, %Y}.")
    question = "The family leaves the list until that day. Unused PINs keep working."
    return _ask(request, contact, form, title="Ask again later", explanation=question)


@require_POST
@staff_page(Permission.MANAGE_PINS)
def ask_now(request: HttpRequest, contact_id: int) -> HttpResponse:
    """**Ask now**: put the family back on the list."""
    contact = get_object_or_404(Contact, pk=contact_id)
    family_answers.ask_now(contact=contact, by=Actor.of(request))
    messages.success(request, f"{contact.name} is back on the list.")
    return redirect(address_of(day_of(request.GET.get("day", ""))))


def day_of(text: str) -> date:
    """The day in an address or a form; today if it is missing or invalid."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today()
    return day if day.year in YEARS else today()


def address_of(day: date) -> str:
    """The address of this day's list. Today's has no date, so that a bookmark works tomorrow."""
    return reverse("desk:worklist") + ("" if day == today() else f"?{urlencode({'day': day.isoformat()})}")


def _ask(request: HttpRequest, contact: Contact, form: ReasonForm, **question: str) -> HttpResponse:
    """The question, in the dialog or as a page."""
    children = family_answers.children_to_ask_about(contact)
    shown = listed(link.patient_id for link in children)
    record(actor=Actor.of(request), action=Action.WORKLIST_VIEWED, contact=contact.pk, patients=shown)
    context: dict[str, Any] = {
        "contact": contact,
        "children": children,
        "form": form,
        "here": request.get_full_path(),
        "back": address_of(day_of(request.GET.get("day", ""))),
        **question,
    }
    fragment = "portal/desk/_ask_family.html"
    if request.headers.get("HX-Request"):
        return render(request, fragment, context)
    return render(request, "portal/desk/window_page.html", {**context, "fragment": fragment})


def _nothing_changed(request: HttpRequest, contact: Contact) -> HttpResponse:
    message = f"Nothing changed: {contact.name} has no more children to register."
    return _back_to_list(request, messages.WARNING, message)


def _back_to_list(request: HttpRequest, level: int, message: str) -> HttpResponse:
    """Go back to the list, which shows the message. From a dialog: close it, and the list refreshes itself."""
    messages.add_message(request, level, message)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Trigger": "dialog:close"})
    return redirect(address_of(day_of(request.GET.get("day", ""))))


def _names(links: Collection[FamilyContact]) -> str:
    return ", ".join(link.patient.name for link in links)
