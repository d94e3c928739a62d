"""The front door, one's own sign-in, and what browsers and forms fall back on."""

from typing import cast
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from accounts import staff as sign_ins
from accounts.access import (
    Permission,
    own_sign_in_page,
    own_staff_page,
    permissions_of,
    public_page,
    record_refusal,
    signed_in_page,
)
from accounts.factors import second_factor
from accounts.models import User
from audit.trail import Action, Actor, record
from pinportal import error_pages
from pinportal.responses import keep
from practice import languages
from practice.models import Practice


@require_safe
@signed_in_page
def home(request: HttpRequest) -> HttpResponse:
    """Where a sign-in leads: staff to the patients, an auditor to the trail, a family to their children."""
    if not (isinstance(request.user, User) and request.user.is_staff_member):
        return redirect("family:children")
    allowed = permissions_of(request.user)
    is_auditor = Permission.READ_AUDIT in allowed and Permission.VIEW_CHARTS not in allowed
    return redirect("office:audit" if is_auditor else "patients:search")


@require_safe
@public_page
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look by themselves when they show what is no page of ours, such as a sheet."""
    return redirect(static("favicon.svg"))


@require_POST
@public_page
def language(request: HttpRequest) -> HttpResponse:
    """The language switch. Back to ``next``, or on an error page to where that stood: a place of ours, by GET."""
    response: HttpResponse = set_language(request)
    languages.switch(request, request.POST.get("language", ""))
    return response


@require_safe
@public_page
def logo(request: HttpRequest) -> HttpResponse:
    """The practice's logo; ours, as long as it has none. Named by its mark (``?v=``) it may be kept for good."""
    practice = Practice.current()
    if practice.logo is None:
        return redirect(static("favicon.svg"))
    answer = HttpResponse(bytes(practice.logo), content_type="image/png")
    answer.headers["ETag"] = f'"{practice.logo_mark}"'
    lasts = "31536000, immutable" if request.GET.get("v") == practice.logo_mark else "3600"
    keep(answer, f"public, max-age={lasts}")
    return get_conditional_response(request, answer.headers["ETag"], response=answer) or answer


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


@public_page
def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without its token: mostly a page left open since before signing in."""
    if request.user.is_authenticated:
        record_refusal(request, "csrf")
    message = _("This page had been open too long, so nothing was saved. Go back, reload the page and try again.")
    return error_pages.answer(request, 403, reason=message, heading=_("Nothing was saved"))
