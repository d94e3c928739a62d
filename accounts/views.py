"""Pages about the user's own sign-in."""

from typing import cast
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access_requests
from accounts.access import no_access_context, own_sign_in_page, own_staff_page, permissions_of
from accounts.factors import second_factor
from accounts.models import User
from accounts.sessions.revocation import close_sessions
from accounts.signin import passwords
from audit.trail import Action, Actor, record


@require_safe
@own_sign_in_page
def to_own_pages(request: HttpRequest) -> HttpResponse:
    """Where allauth redirects when it is done: **Your sign-in** for staff, **Account** for families."""
    is_staff = isinstance(request.user, User) and request.user.is_staff_member
    return redirect("own_sign_in" if is_staff else "family_account:account")


@require_POST
@own_sign_in_page
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End all sessions of the user, including this one."""
    user = cast("User", request.user)
    with transaction.atomic():
        record(actor=Actor.of(request), action=Action.SESSIONS_ENDED, sessions=close_sessions(user))
    logout(request)
    return redirect("account_login")


@require_safe
@own_staff_page
def own_sign_in(request: HttpRequest) -> HttpResponse:
    """**Your sign-in**: password, second factor, sessions."""
    user = cast("User", request.user)
    context = {
        "sessions": UserSession.objects.filter(user=user).count(),
        "shortest_password": passwords.SHORTEST,
        **second_factor.context_of(user),
    }
    return render(request, "accounts/own_sign_in.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@own_staff_page
def no_access(request: HttpRequest) -> HttpResponse:
    """Why this sign-in has no access, who can help, and **Ask an administrator**. With access: the start page."""
    user = cast("User", request.user)
    if second_factor.is_missing(request):
        return second_factor.ask(request)
    if permissions_of(user):
        return redirect("home")
    if request.method == "POST":
        access_requests.ask(by=Actor.of(request))
        return redirect("no_access")
    return render(request, "accounts/no_access.html", no_access_context(user))


@require_safe
@own_sign_in_page
def second_factor_needed(request: HttpRequest) -> HttpResponse:
    """Ask the user to add a second factor, or to show the existing one in this session."""
    user = cast("User", request.user)
    if not (second_factor.must_show_factor(request) or (user.is_staff_member and second_factor.is_missing(request))):
        return redirect("home")
    if second_factor.factors_of(user):
        ways = get_adapter().get_reauthentication_methods(user)
        way = next(each["url"] for each in ways if each["id"].startswith("mfa_"))
        # allauth refuses an address of another site when it redirects there.
        after = request.GET.get("next", "") or reverse("home")
        return redirect(f"{way}?{urlencode({'next': after}, safe='/')}")
    return render(request, "accounts/factors/second_factor.html")
