"""The Practice Portal's pages about the sign-ins of the staff, and what each role may do."""

from collections.abc import Callable
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts import staff as sign_ins
from accounts.access import Permission, proven_again, staff_page, staff_record_of
from accounts.factors import second_factor
from accounts.models import StaffRecord, User
from accounts.signin import attempts
from audit.trail import Actor
from portal.office.forms import InvitationForm


@dataclass(frozen=True)
class Deed:
    """Something an administrator does to a colleague's sign-in, after having been asked."""

    title: str
    explanation: str
    done: str
    not_done: str
    rule: Callable[..., bool] | None = None  # None: it makes a link, which is handed over
    takes_away: bool = False  # its button warns by its colour


DEEDS = {
    "disable": Deed(
        "Disable",
        "Nobody signs in with it until you enable it again. Open sessions end with their next click.",
        "Disabled.",
        "It was disabled already.",
        sign_ins.disable,
        takes_away=True,
    ),
    "enable": Deed(
        "Enable",
        "It can be used again, with the password and second factor it had.",
        "Enabled.",
        "It was not disabled.",
        sign_ins.enable,
    ),
    "unlock": Deed(
        "Unlock",
        "Forgets the failed tries, so that nobody has to wait. The password stays as it is.",
        "Unlocked: the next try is taken at once.",
        "There were no failed tries.",
        sign_ins.unlock,
    ),
    "reset-second-factor": Deed(
        "Reset second factor",
        "For a lost phone or key. Takes away the authenticator app, passkeys and recovery codes and ends all "
        "sessions. Make sure who is asking: from then on the password alone opens the way to add new ones.",
        "Second factor reset.",
        "There was none.",
        sign_ins.reset_second_factor,
        takes_away=True,
    ),
    "end-sessions": Deed(
        "Sign out everywhere",
        "Ends all sessions of this sign-in with their next click. It can sign in again.",
        "Signed out everywhere.",
        "",
        sign_ins.end_sessions,
    ),
    "password-link": Deed(
        "Make password link",
        "For a new colleague, or a forgotten password. The link works once, for one hour. "
        "The password stays as it is until it is used.",
        "",
        "",
    ),
}


@require_safe
@staff_page(Permission.ADMINISTER)
def sign_in(request: HttpRequest, user_id: int) -> HttpResponse:
    """One sign-in of the staff: how it stands, and what can be done."""
    user = _staff_user(user_id)
    failures = list(attempts.recent(user.email))
    context = {
        "about": user,
        "record": staff_record_of(user),
        "is_own": user == request.user,
        "failures": failures,
        "sessions": UserSession.objects.filter(user=user).count(),
        **second_factor.context_of(user),
    }
    return render(request, "portal/office/sign_in.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.ADMINISTER)
@proven_again
def sign_in_deed(request: HttpRequest, user_id: int, deed: str) -> HttpResponse:
    """Ask, then do: Disable, Enable, Unlock, Reset second factor, Sign out everywhere, Make password link."""
    user, chosen = _staff_user(user_id), DEEDS[deed]
    if request.method != "POST":
        return render(request, "portal/office/sign_in_deed.html", {"about": user, "deed": chosen})
    by = Actor.of(request)
    try:
        if chosen.rule is None:
            return _hand_over(request, user, sign_ins.link_for(user=user, by=by))
        if chosen.rule(user=user, by=by):
            messages.success(request, f"{user.email}: {chosen.done}")
        else:
            messages.warning(request, f"{user.email}: {chosen.not_done}")
    except sign_ins.Refused as refused:
        messages.error(request, str(refused))
    return redirect("office:sign_in", user.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.ADMINISTER)
@proven_again
def invite(request: HttpRequest, staff_record_id: int) -> HttpResponse:
    """Make a sign-in for a staff record that has none, and hand over the link to choose its password."""
    record = get_object_or_404(StaffRecord, pk=staff_record_id, user=None)
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by = Actor.of(request)
        try:
            with transaction.atomic():
                user = sign_ins.invite(staff_record=record, email=form.cleaned_data["email"], by=by)
                link = sign_ins.link_for(user=user, by=by)
        except IntegrityError:
            form.add_error("email", "This e-mail has a sign-in already.")
        except sign_ins.Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _hand_over(request, user, link)
    return render(request, "portal/office/invite.html", {"form": form, "record": record})


@require_safe
@staff_page(Permission.ADMINISTER)
def roles(request: HttpRequest) -> HttpResponse:
    """**What each role may do**, from the table that decides it."""
    rows = [(words, list(zip(permissions.ROLES, may, strict=True))) for words, may in permissions.rows()]
    return render(request, "portal/office/roles.html", {"roles": permissions.ROLES, "rows": rows})


def _hand_over(request: HttpRequest, user: User, link: str) -> HttpResponse:
    """Mail the link; without a mail server, show it this once."""
    if not settings.SENDS_MAIL:
        return render(request, "portal/office/password_link.html", {"about": user, "link": link})
    get_adapter().send_mail("account/email/choose_password", user.email, {"link": link})
    messages.success(request, f"The link is on its way to {user.email}. It works once, for one hour.")
    return redirect("office:sign_in", user.pk)


def _staff_user(number: int) -> User:
    return get_object_or_404(User, pk=number, kind=User.Kind.STAFF)
