"""Shared by all pages about one child: check whose child it is and whether the account has access now."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import BIGGEST, family_page, record_refusal
from portal.family import children
from portal.family.children import Card


def child_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a view a page about one child of this account. The view gets the child's card instead of the number.

    Refused and recorded: another family's child or removed access (404); access that has not started yet or ended
    by age or custody (403, with the reason in plain words).
    """

    @wraps(view)
    def guarded(request: HttpRequest, patient_id: int, **others: Any) -> HttpResponse:
        card = own_card(request, patient_id)
        return view(request, card, **others) if card.has_access else no_access(request, card)

    return family_page(guarded)


def own_card(request: HttpRequest, patient_id: int) -> Card:
    """The card of a child of this account. Raises Http404 for other children."""
    card = children.card_of(request.user, patient_id) if patient_id <= BIGGEST else None
    if card is None:
        raise Http404
    return card


def no_access(request: HttpRequest, card: Card) -> HttpResponse:
    """Say why this account cannot see its child now, and whom to call. Recorded."""
    record_refusal(request, "no_access")
    return render(request, "portal/family/no_access.html", {"card": card}, status=403)
