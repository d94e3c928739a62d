"""**Who may see my record**: an adult patient gives and withdraws consent."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit.trail import Action, Actor, record
from portal.family import sharing
from portal.family.children import Card
from portal.family.views.child_pages import child_page


@require_http_methods(["GET", "HEAD", "POST"])
@child_page
def sharing_page(request: HttpRequest, card: Card) -> HttpResponse:
    """List the people; ``allow`` or ``withdraw`` with the number of a family contact changes one of them."""
    if not sharing.may_share(card):
        raise Http404
    by = Actor.of(request)
    if request.method == "POST":
        chosen = request.POST.get("allow") or request.POST.get("withdraw") or ""
        if "allow" in request.POST:
            sharing.allow(card=card, number=chosen, by=by)
            said = _("This person may see your page now. To see it, they need a PIN from the practice.")
        else:
            sharing.withdraw(card=card, number=chosen, by=by)
            said = _("This person can no longer see your page.")
        messages.success(request, said)
        return redirect("family:sharing", card.patient.pk)
    record(actor=by, action=Action.CHILDREN_VIEWED, patient_id=card.patient.pk, page="sharing")
    return render(request, "portal/family/sharing.html", {"card": card, "people": sharing.people(card)})
