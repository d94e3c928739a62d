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
from portal.desk import password_help
from portal.desk.forms import PasswordHelpForm


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.MANAGE_PINS)
@proven_again
def help_to_sign_in(request: HttpRequest, family_contact_id: int) -> HttpResponse:
    """Ask whether the desk has checked who is asking. Then show a link to choose a new password, once."""
    link = get_object_or_404(FamilyContact.objects.select_related("contact", "patient"), pk=family_contact_id)
    reason = password_help.obstacle(link)
    data = request.POST if request.method == "POST" else None
    form = PasswordHelpForm(data, guardian=link.contact.name, has_factors=not reason and _has_factors(link))
    if request.method == "POST" and not reason and form.is_valid():
        try:
            url = password_help.make_link(family_contact=link, lost=form.cleaned_data["lost"], by=Actor.of(request))
        except password_help.NotHelped as refused:
            reason = str(refused)
        else:
            return _show_link(request, link, url)
    status = HTTPStatus.CONFLICT if request.method == "POST" and reason else HTTPStatus.OK
    context = {"family_contact": link, "form": form, "reason": reason}
    return render(request, "portal/desk/password_help.html", context, status=status)


def _has_factors(link: FamilyContact) -> bool:
    user = password_help.account_of(link)
    factors = second_factor.context_of(user) if user else {}
    return bool(factors.get("app") or factors.get("passkeys"))


def _show_link(request: HttpRequest, link: FamilyContact, url: str) -> HttpResponse:
    qr = segno.make(url, error="m").svg_data_uri(scale=4, border=4, dark="#000", light="#fff")
    return render(request, "portal/desk/password_help_link.html", {"family_contact": link, "link": url, "qr": qr})
