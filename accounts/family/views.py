"""**Account**: what a family can see and change of its own sign-in."""

from typing import cast

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import family_page, proven_again
from accounts.factors import second_factor
from accounts.family import email_addresses
from accounts.family.forms import ChangeEmailForm, ConfirmEmailForm, SendCodeForm
from accounts.models import User


@require_safe
@family_page
def account(request: HttpRequest) -> HttpResponse:
    """E-mail, password, second step, passkeys, sessions and language of the family's own account."""
    user = cast("User", request.user)
    context = {"sessions": UserSession.objects.filter(user=user).count(), **second_factor.context_of(user)}
    return render(request, "accounts/family/account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@family_page
def confirm_email(request: HttpRequest) -> HttpResponse:
    """Type the code that was mailed."""
    form = ConfirmEmailForm(request.POST if request.method == "POST" else None, request=request)
    if request.method == "POST" and form.is_valid():
        messages.success(request, _("Your e-mail is confirmed."))
        return redirect("family_account:account")
    if not email_addresses.confirmation_of(form.user).is_needed:
        return redirect("family_account:account")
    return render(request, "accounts/family/confirm_email.html", {"form": form})


@require_POST
@family_page
def send_email_code(request: HttpRequest) -> HttpResponse:
    """Mail a new code, if the address still has to be confirmed."""
    form = SendCodeForm(request.POST, request=request)
    if not email_addresses.confirmation_of(form.user).is_needed:
        return redirect("family_account:account")
    if form.is_valid():
        messages.success(request, _("A new code is on its way to you."))
    for error in form.non_field_errors():
        messages.error(request, str(error))
    return redirect("family_account:confirm_email")


@require_http_methods(["GET", "HEAD", "POST"])
@family_page
@second_factor.require_factor
@proven_again
def change_email(request: HttpRequest) -> HttpResponse:
    """Enter a new address. A code goes there, and nothing changes until it is typed."""
    form = ChangeEmailForm(request.POST if request.method == "POST" else None, request=request)
    if request.method == "POST" and settings.WRITES_TO_FAMILIES and form.is_valid():
        return redirect("family_account:confirm_email")
    return render(request, "accounts/family/change_email.html", {"form": form})


@require_POST
@family_page
def keep_email(request: HttpRequest) -> HttpResponse:
    """Cancel a change of address."""
    email_addresses.cancel_change(user=cast("User", request.user))
    return redirect("family_account:account")
