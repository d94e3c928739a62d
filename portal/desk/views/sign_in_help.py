"""**Help to sign in**, from the chart of a registered child."""

from http import HTTPStatus

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from accounts.access import Permission, proven_again, staff_page
from accounts.factors import second_factor
from audit.trail import Actor
from patients.models import FamilyContact
from portal.desk import sign_in_help
from portal.desk.forms import SignInHelpForm


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.MANAGE_PINS)
@proven_again
def help_to_sign_in(request: HttpRequest, family_contact_id: int) -> HttpResponse:
    """Ask whether it is known who is asking, then show a link to choose a new password, this once."""
    link = get_object_or_404(FamilyContact.objects.select_related("contact", "patient"), pk=family_contact_id)
    form = SignInHelpForm(request.POST if request.method == "POST" else None)
    reason = sign_in_help.obstacle(link)
    if request.method == "POST" and not reason and form.is_valid():
        try:
            url = sign_in_help.make_link(family_contact=link, lost=form.cleaned_data["lost"], by=Actor.of(request))
        except sign_in_help.NotHelped as refused:
            reason = str(refused)
        else:
            qr = segno.make(url, error="m").svg_data_uri(scale=4, border=4, dark="#000", light="#fff")
            return render(request, "portal/desk/help_link.html", {"family_contact": link, "link": url, "qr": qr})
    user = sign_in_help.account_of(link)
    kept = second_factor.context_of(user) if user and not reason else {}
    has_factors = bool(kept.get("app") or kept.get("passkeys"))
    context = {"family_contact": link, "form": form, "reason": reason, "has_factors": has_factors}
    status = HTTPStatus.CONFLICT if request.method == "POST" and reason else HTTPStatus.OK
    return render(request, "portal/desk/sign_in_help.html", context, status=status)
