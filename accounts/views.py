"""One's own sign-in."""

from typing import cast
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import staff as sign_ins
from accounts.access import (
    own_sign_in_page,
    own_staff_page,
)
from accounts.factors import second_factor
from accounts.models import User
from audit.trail import Action, Actor, record


@require_safe
@own_sign_in_page
def to_own_pages(request: HttpRequest) -> HttpResponse:
    """Where allauth leads when it is done: **Your sign-in** of staff, **Account** of families."""
    is_staff = isinstance(request.user, User) and request.user.is_staff_member
    return redirect("own_sign_in" if is_staff else "family_account:account")


@require_POST
@own_sign_in_page
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions, this one too."""
    user = cast("User", request.user)
    with transaction.atomic():
        record(actor=Actor.of(request), action=Action.SESSIONS_ENDED, sessions=sign_ins.close_sessions(user))
    logout(request)
    return redirect("account_login")


@require_safe
@own_staff_page
def own_sign_in(request: HttpRequest) -> HttpResponse:
    """**Your sign-in**: password, second factor, sessions."""
    user = cast("User", request.user)
    context = {"sessions": UserSession.objects.filter(user=user).count(), **second_factor.context_of(user)}
    return render(request, "accounts/own_sign_in.html", context)


@require_safe
@own_sign_in_page
def second_factor_needed(request: HttpRequest) -> HttpResponse:
    """Why no page opens yet: a second factor must be added, or the one there is be shown in this session too."""
    user = cast("User", request.user)
    if not (second_factor.is_withheld(request) or (user.is_staff_member and second_factor.is_missing(request))):
        return redirect("home")
    if second_factor.of(user):
        ways = get_adapter().get_reauthentication_methods(user)
        way = next(each["url"] for each in ways if each["id"].startswith("mfa_"))
        # A foreign address is refused where it would be followed.
        after = request.GET.get("next", "") or reverse("home")
        return redirect(f"{way}?{urlencode({'next': after}, safe='/')}")
    return render(request, "accounts/factors/second_factor.html")
