"""**My Children**, and the pages of each child."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import BIGGEST, family_page
from audit.trail import Action, Actor, record, record_each
from portal import registration
from portal.family import access_history, children, records, sharing, visits
from portal.family.children import Card
from portal.family.views.child_pages import child_page, no_access, own_card
from portal.models import Registration
from practice.failure_messages import when_it_fails


@require_safe
@family_page
def my_children(request: HttpRequest) -> HttpResponse:
    """**My Children**: every child of this account with the current status."""
    cards = children.cards_of(request.user)
    seen = [card.patient.pk for card in cards if not card.has_ended]
    record_each(actor=Actor.of(request), action=Action.CHILDREN_VIEWED, patient_ids=seen)
    return render(request, "portal/family/children.html", {"cards": cards})


@require_safe
@child_page
def child(request: HttpRequest, card: Card) -> HttpResponse:
    """One child: appointments, who has access, and links to the other pages."""
    found = records.read(card, past=visits.PAST_SHOWN + 1)
    record(actor=Actor.of(request), action=Action.CHILDREN_VIEWED, patient_id=card.patient.pk, page="child")
    context = {
        "card": card,
        "record": found,
        "past": found.past[: visits.PAST_SHOWN],
        "has_more": len(found.past) > visits.PAST_SHOWN,
        "may_share": sharing.may_share(card),
    }
    return render(request, "portal/family/child.html", context)


@require_safe
@child_page
def child_history(request: HttpRequest, card: Card) -> HttpResponse:
    """**Who looked at it**: the access history in plain words, latest first."""
    before = request.GET.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < len(str(BIGGEST)) else None
    # Read first and record second, so that the first sentence is not always the reader's own.
    page = access_history.page(card, before=number)
    record(actor=Actor.of(request), action=Action.CHILDREN_VIEWED, patient_id=card.patient.pk, page="history")
    return render(request, "portal/family/history.html", {"card": card, "page": page, "before": number})


@require_http_methods(["GET", "HEAD", "POST"])
@family_page
@when_it_fails(gettext_lazy("Go to My Children. There you see whether the child is still on your list."))
def leave_child(request: HttpRequest, patient_id: int) -> HttpResponse:
    """**Remove my access**: explain, then do it. Also works after access ended by age or custody."""
    card = own_card(request, patient_id)
    if card.registration.status == Registration.Status.PENDING:
        return no_access(request, card)
    if request.method == "POST":
        registration.leave(family_contact=card.link, by=Actor.of(request))
        message = _("Your access has ended.") if card.is_self else _("You can no longer see this child here.")
        messages.success(request, message)
        return redirect("family:children")
    record(actor=Actor.of(request), action=Action.CHILDREN_VIEWED, patient_id=card.patient.pk, page="leave")
    return render(request, "portal/family/leave.html", {"card": card})
