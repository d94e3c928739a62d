"""The front door, one's own sign-in, and the error pages."""

from typing import cast

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from practice import second_factor
from practice.access import own_sign_in_page, public_page, signed_in_page
from practice.models import User


@require_safe
@signed_in_page
def home(request: HttpRequest) -> HttpResponse:
    """Where a sign-in leads: staff to the patients, a family to their children."""
    is_staff = isinstance(request.user, User) and request.user.is_staff_member
    return redirect("patients:search" if is_staff else "portal:children")


@require_safe
@own_sign_in_page
def own_sign_in(request: HttpRequest) -> HttpResponse:
    """**Your sign-in**: password, second factor, sessions."""
    user = cast("User", request.user)
    context = {"sessions": UserSession.objects.filter(user=user).count(), **second_factor.context_of(user)}
    return render(request, "practice/own_sign_in.html", context)


@require_safe
@own_sign_in_page
def second_factor_needed(request: HttpRequest) -> HttpResponse:
    """Why no page opens yet: a second factor must be added, or the one there is be shown in this session too."""
    user = cast("User", request.user)
    if not second_factor.is_missing(request):
        return redirect("practice:home")
    if second_factor.of(user):
        ways = get_adapter().get_reauthentication_methods(user)
        way = next(each["url"] for each in ways if each["id"].startswith("mfa_"))
        return redirect(f"{way}?next={reverse('practice:home')}")
    return render(request, "practice/second_factor.html")


@public_page
def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without its token: mostly a page left open since before signing in."""
    message = "This page had been open too long, so nothing was saved. Go back, reload the page and try again."
    return render(request, "403.html", {"reason": message}, status=403)
