"""The Patient Portal: what families see."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import children
from practice.access import family_page
from practice.audit import Action, Actor, record_each


@require_safe
@family_page
def my_children(request: HttpRequest) -> HttpResponse:
    """**My Children**: every child of this account with its status as it is at this moment."""
    cards = children.of_user(request.user)
    seen = [card.patient.pk for card in cards]
    record_each(actor=Actor.of(request), action=Action.CHILDREN_VIEWED, patient_ids=seen)
    return render(request, "portal/children.html", {"cards": cards})
