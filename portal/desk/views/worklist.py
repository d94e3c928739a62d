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
from portal import family_answers
from portal import worklist as reading
from portal.desk.forms import PostponeForm, ReasonForm
from portal.desk.runs import MAX_FAMILIES, unfinished

YEARS = range(1900, 2200)  # a day outside of them is a typing mistake
OPENING = timedelta(minutes=15)  # a list that only refreshes itself for so long is one opening


@require_safe
@staff_page(Permission.VIEW_CHARTS)
def worklist(request: HttpRequest) -> HttpResponse:
    """The families who come on a day and are not registered yet."""
    day = day_of(request.GET.get("day", ""))
    by, shown = Actor.of(request), day.isoformat()
    if request.headers.get("HX-Request"):
        record_refresh(actor=by, action=Action.WORKLIST_VIEWED, within=OPENING, day=shown)
    else:
        record(actor=by, action=Action.WORKLIST_VIEWED, day=shown)
    return list_page(request, reading.read(day))


def list_page(
    request: HttpRequest, found: reading.Worklist, *, problem: str = "", ticked: Collection[int] | None = None
) -> HttpResponse:
    """The page with that list. ``ticked``: the boxes as somebody left them; else those proposed are ticked."""
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
    """**Decline**: ask why, then note it for all children of the family that are not registered yet."""
    contact = get_object_or_404(Contact, pk=contact_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = family_answers.decline_family(contact=contact, reason=form.cleaned_data["reason"], by=Actor.of(request))
        said = f"{contact.name}: noted as declined for {_names(done)}." if done else _nobody(contact)
        return _done(request, said, is_good=bool(done))
    question = "The family does not want the portal. PINs that are out stop working at once."
    return _ask(request, contact, form, title="Decline", explanation=question)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.MANAGE_PINS)
def postpone(request: HttpRequest, contact_id: int) -> HttpResponse:
    """**Ask Again Later**: ask why and until when; the family is not on the list before that day."""
    contact = get_object_or_404(Contact, pk=contact_id)
    form = PostponeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["until"]
        done = family_answers.postpone(
            contact=contact, until=until, reason=form.cleaned_data["reason"], by=Actor.of(request)
        )
        said = f"{contact.name} is asked again on {until:%b %-d, %Y}." if done else _nobody(contact)
        return _done(request, said, is_good=done)
    question = "The family leaves the list until that day. PINs that are out keep working."
    return _ask(request, contact, form, title="Ask Again Later", explanation=question)


@require_POST
@staff_page(Permission.MANAGE_PINS)
def ask_now(request: HttpRequest, contact_id: int) -> HttpResponse:
    """**Ask Now**: the family is back on the list."""
    contact = get_object_or_404(Contact, pk=contact_id)
    family_answers.ask_now(contact=contact, by=Actor.of(request))
    messages.success(request, f"{contact.name} is on the list again.")
    return redirect(address_of(day_of(request.GET.get("day", ""))))


def day_of(text: str) -> date:
    """The day that an address or a form names; today where it names none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today()
    return day if day.year in YEARS else today()


def address_of(day: date) -> str:
    """The list of that day; today's has the plain address, which is right tomorrow too."""
    return reverse("desk:worklist") + ("" if day == today() else f"?{urlencode({'day': day.isoformat()})}")


def _ask(request: HttpRequest, contact: Contact, form: ReasonForm, **question: str) -> HttpResponse:
    """The question, in the dialog or as a page of its own."""
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


def _done(request: HttpRequest, said: str, *, is_good: bool) -> HttpResponse:
    """Back to the list, which says what happened: the dialog closes and the list behind it refreshes itself."""
    messages.add_message(request, messages.SUCCESS if is_good else messages.WARNING, said)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Trigger": "dialog:close"})
    return redirect(address_of(day_of(request.GET.get("day", ""))))


def _names(links: Collection[FamilyContact]) -> str:
    return ", ".join(link.patient.name for link in links)


def _nobody(contact: Contact) -> str:
    return f"{contact.name}: nothing was changed, as there is no child left to ask about."
