"""What the pages of one child have in common: whose child it is, and whether access holds at this moment."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import BIGGEST, family_page, record_refusal
from portal.family import children
from portal.family.children import Card


def child_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page about a child of this account. The view gets the child's card in place of the number.

    Another family's child is not there (404), nor is one whose access was removed. Where access has not
    begun yet, or has ended by age or custody, a page says so in plain words (403). Both are recorded.
    """

    @wraps(view)
    def guarded(request: HttpRequest, patient_id: int, **others: Any) -> HttpResponse:
        card = own_card(request, patient_id)
        return view(request, card, **others) if card.has_access else no_access(request, card)

    return family_page(guarded)


def own_card(request: HttpRequest, patient_id: int) -> Card:
    """The card of a child of this account. Raises Http404 for anybody else's."""
    card = children.one_of_user(request.user, patient_id) if patient_id <= BIGGEST else None
    if card is None:
        raise Http404
    return card


def no_access(request: HttpRequest, card: Card) -> HttpResponse:
    """Why nothing can be seen of a child of one's own, and whom to call; recorded."""
    record_refusal(request, "no_access")
    return render(request, "portal/family/no_access.html", {"card": card}, status=403)
