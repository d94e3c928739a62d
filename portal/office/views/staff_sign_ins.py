"""The sign-ins of the staff, for administrators: one sign-in, its verbs, and invitations."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import staff
from accounts.access import Permission, proven_again, staff_page
from accounts.models import StaffRecord, User
from audit.trail import Actor
from portal.office import staff_sign_ins
from portal.office.forms import InvitationForm
from portal.office.staff_sign_ins import VERBS
from practice.after_saving import go_on


@require_safe
@staff_page(Permission.ADMINISTER)
def sign_in(request: HttpRequest, user_id: int) -> HttpResponse:
    """One sign-in: its status, and what can be done to it."""
    found, is_own = staff_sign_ins.read(_staff_user(user_id)), user_id == request.user.pk
    context = {"sign_in": found, "is_own": is_own, "verbs": {} if is_own else found.verbs}
    return render(request, "portal/office/sign_in.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.ADMINISTER)
@proven_again
def sign_in_verb(request: HttpRequest, user_id: int, action: str) -> HttpResponse:
    """Ask, then do: Disable, Enable, Unlock, Reset second factor, Sign out everywhere, Make password link."""
    user, chosen = _staff_user(user_id), VERBS[action]
    if request.method != "POST":
        return render(request, "portal/office/sign_in_verb.html", {"about": user, "verb": chosen})
    try:
        result = chosen.rule(user=user, by=Actor.of(request))
    except staff.ChangeRefused as refused:
        messages.error(request, str(refused))
        return redirect("office:sign_in", user.pk)
    if isinstance(result, str):
        return _hand_over(request, user, link=result)
    if result:
        messages.success(request, f"{user.email}: {chosen.done}")
    else:
        messages.warning(request, f"{user.email}: {chosen.not_done}")
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
                user = staff.invite(staff_record=record, email=form.cleaned_data["email"], by=by)
                link = staff.link_for(user=user, by=by)
        except IntegrityError:
            form.add_error("email", "This e-mail already has a sign-in.")
        except staff.ChangeRefused as refused:
            form.add_error(None, str(refused))
        else:
            return _hand_over(request, user, link=link)
    return render(request, "portal/office/invite.html", {"form": form, "record": record})


def _hand_over(request: HttpRequest, user: User, *, link: str) -> HttpResponse:
    """Mail the link. Without a mail server, or if the mail fails, show it once."""
    is_mailed = settings.SENDS_MAIL and go_on("mail a password link", lambda: _mail(user, link))
    if not is_mailed:
        context = {"about": user, "link": link, "mail_failed": settings.SENDS_MAIL}
        return render(request, "portal/office/password_link.html", context)
    messages.success(request, f"The link was sent to {user.email}. It works once and expires after one hour.")
    return redirect("office:sign_in", user.pk)


def _mail(user: User, link: str) -> bool:
    get_adapter().send_mail("account/email/choose_password", user.email, {"link": link})
    return True


def _staff_user(number: int) -> User:
    return get_object_or_404(User, pk=number, kind=User.Kind.STAFF)
