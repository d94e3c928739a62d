"""Who may do what: one table, and the decorators that hold views to it (R1).

``LoginRequiredMiddleware`` turns strangers away everywhere. On top of that every view of ours states
its rule with one of the decorators below; a test fails for a view that states none.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.stagekit import unstash_login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import SimpleTemplateResponse
from django.utils import translation

from accounts.factors import second_factor
from accounts.models import StaffRecord, User
from audit.trail import Action, Actor, record
from practice import terms


class Permission(StrEnum):
    """What a staff member can be allowed to do."""

    VIEW_CHARTS = "view charts"
    EDIT_CHARTS = "edit charts"
    EDIT_SCHEDULE = "change appointments"
    MANAGE_PINS = "issue, show, print and revoke PINs"
    SET_UP_SCHEDULE = "change the settings of the schedule"
    CHANGE_SETTINGS = "change the settings of the practice"
    ADMINISTER = "administer staff"
    READ_AUDIT = "read the audit trail"


Role = StaffRecord.Role
# A staff sign-in without a staff record may look, so that it meets the registration window and there
# reads why it cannot issue PINs and who can help (R1). An inactive record may not even look.
UNLINKED_PERMISSIONS = frozenset({Permission.VIEW_CHARTS})
DAILY_WORK = frozenset(
    {Permission.VIEW_CHARTS, Permission.EDIT_CHARTS, Permission.EDIT_SCHEDULE, Permission.MANAGE_PINS}
)
ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.FRONT_DESK: DAILY_WORK,
    Role.CLINICIAN: DAILY_WORK,
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.AUDITOR: frozenset({Permission.READ_AUDIT}),
}

BIGGEST = 2**63 - 1  # record number

FIX_STAFF_RECORD = "A practice administrator can fix this under Practice Portal › Staff."


def staff_record_of(user: User | AnonymousUser) -> StaffRecord | None:
    """The staff record linked to this sign-in, active or not."""
    return StaffRecord.objects.filter(user_id=user.pk).first() if user.pk else None


def refusal(user: User | AnonymousUser, permission: Permission) -> str:
    """Why this user may not do that, in words and with who can fix it; empty when they may."""
    if not isinstance(user, User) or not user.is_staff_member:
        return "These pages are for the practice's staff."
    staff_record = staff_record_of(user)
    if staff_record is None:
        if permission in UNLINKED_PERMISSIONS:
            return ""
        return (
            f"Your sign-in {user.email} is not linked to a staff record, so you cannot {permission}. {FIX_STAFF_RECORD}"
        )
    if not staff_record.is_active:
        return f"Your staff record “{staff_record.name}” is inactive. {FIX_STAFF_RECORD}"
    if permission not in ROLE_PERMISSIONS[staff_record.role]:
        return f"The role {staff_record.get_role_display()} does not allow you to {permission}. {FIX_STAFF_RECORD}"
    return ""


def permissions_of(user: User | AnonymousUser) -> frozenset[Permission]:
    """Everything that this user may do as staff: for pages that show only what leads somewhere."""
    if not isinstance(user, User) or not user.is_staff_member:
        return frozenset()
    staff_record = staff_record_of(user)
    if staff_record is None:
        return UNLINKED_PERMISSIONS
    return ROLE_PERMISSIONS[staff_record.role] if staff_record.is_active else frozenset()


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def _stated(view: View[P], rule: str) -> View[P]:
    """Note the rule on the view, where the test of all URLs looks for it."""
    view.access_rule = rule  # type: ignore[attr-defined]
    return view


def staff_page(permission: Permission) -> Callable[[View[P]], View[P]]:
    """A page for staff who hold the permission; others get the reason, and the refusal is recorded.

    Here a second factor is asked for, where one is needed, before anything of a patient; what else is kept from
    a session without one are the factors themselves and forms typed before (``second_factor``, ``session_views``).
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if _is_staff(request) and second_factor.is_missing(request):
                if request.resolver_match and request.resolver_match.kwargs:
                    record_refusal(request, "second_factor")  # somebody's page was asked for, and not just the first
                return second_factor.ask(request)
            reason = refusal(request.user, permission)
            with translation.override("en"):  # the staff's side is in English only, whatever the browser asks for
                return refuse(request, reason) if reason else _or_missing(view, request, *args, **kwargs)

        return _stated(guarded, f"staff: {permission}")

    return decorate


def own_sign_in_page(view: View[P]) -> View[P]:
    """A page about one's own sign-in: for staff in English, for families in their language.

    It opens also before there is a second factor, or none could be added.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with translation.override("en" if _is_staff(request) else translation.get_language()):
            return rendered(view(request, *args, **kwargs))

    return _stated(guarded, "own sign-in")


def own_staff_page(view: View[P]) -> View[P]:
    """The same for a page that only staff have."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with translation.override("en"):
            if not _is_staff(request):
                return refuse(request, "These pages are for the practice's staff.")
            return view(request, *args, **kwargs)

    return _stated(guarded, "staff: own sign-in")


def proven_again(view: View[P]) -> View[P]:
    """For what would hand a sign-in to whoever finds the desk unattended: asks for the password first."""
    asking: View[P] = reauthentication_required(view)
    return asking


def on_the_way_in(view: View[P]) -> View[P]:
    """For a library's page between password and session: in English where the password was a staff member's."""

    @wraps(view)
    def speaking(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        login = unstash_login(request, peek=True)
        is_staff = bool(login and login.user and login.user.is_staff_member)
        with translation.override("en" if is_staff else translation.get_language()):
            return rendered(view(request, *args, **kwargs))

    return speaking


def rendered(response: HttpResponse) -> HttpResponse:
    """The answer with its page drawn: a library's is drawn late, when its language would be forgotten."""
    return response.render() if isinstance(response, SimpleTemplateResponse) else response


def _is_staff(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_staff_member


def family_page(view: View[P]) -> View[P]:
    """A page for a family's own account. Opens once the newest terms of the practice are accepted."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if isinstance(request.user, User) and terms.must_accept(request.user):
            return redirect("family:accept_terms")
        return view(request, *args, **kwargs)

    return family_page_before_terms(guarded)


def family_page_before_terms(view: View[P]) -> View[P]:
    """A page for a family's own account that also opens while terms wait to be accepted."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not isinstance(request.user, User) or request.user.is_staff_member:
            return refuse(request, "These pages are for families. Staff use the Patient Chart.")
        return _or_missing(view, request, *args, **kwargs)

    return _stated(guarded, "family")


def signed_in_page(view: View[P]) -> View[P]:
    """A page for anyone who is signed in."""
    return _stated(view, "signed in")


def public_page(view: View[P]) -> View[P]:
    """A page for everyone."""
    return _stated(login_not_required(view), "public")


def refuse(request: HttpRequest, reason: str) -> HttpResponse:
    """Answer 403 with the reason in words, and record the refusal."""
    record_refusal(request, "not_allowed")
    return render(request, "403.html", {"reason": reason}, status=403)


def record_refusal(request: HttpRequest, why: str) -> None:
    """One line for a request that was turned away: which page, which record numbers it asked for, and why."""
    match = request.resolver_match
    numbers = {name: value for name, value in match.kwargs.items() if isinstance(value, int)} if match else {}
    detail: dict[str, Any] = {"view": match.view_name if match else "", "why": why}
    # Whoever looks for a patient in the trail finds the attempts too. What is no record number fits no column.
    patient_id = numbers.pop("patient_id") if numbers.get("patient_id", BIGGEST + 1) <= BIGGEST else None
    if numbers:
        detail["numbers"] = numbers
    record(actor=Actor.of(request), action=Action.ACCESS_REFUSED, patient_id=patient_id, **detail)


def _or_missing(view: View[P], request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
    """The view's answer. Asking for a record that is not there, or not this user's, is recorded: it may be guessing."""
    try:
        return view(request, *args, **kwargs)
    except Http404:
        record_refusal(request, "no_such_record")
        raise
