"""Who can do what: one table of permissions, and the decorators that enforce it (R1).

``LoginRequiredMiddleware`` requires a sign-in everywhere. In addition, every view of this project states its access
rule with one of the decorators below. A test fails for a view that states none.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import SimpleTemplateResponse
from django.utils import translation

from accounts.allauth_internals import user_signing_in
from accounts.factors import second_factor
from accounts.models import AccessRequest, StaffRecord, User
from audit.trail import Action, Actor, record
from practice import terms


class Permission(StrEnum):
    """What a staff member can be allowed to do, in words that fit after "you cannot"."""

    VIEW_CHARTS = "view charts"
    EDIT_CHARTS = "edit charts"
    EDIT_SCHEDULE = "change appointments"
    MANAGE_PINS = "issue, show, print, or revoke PINs"
    SET_UP_SCHEDULE = "change schedule settings"
    CHANGE_SETTINGS = "change practice settings"
    ADMINISTER = "administer staff"
    READ_AUDIT = "read the audit trail"


Role = StaffRecord.Role
# Only an active staff record gives permissions (R1).
DAILY_WORK = frozenset(
    {Permission.VIEW_CHARTS, Permission.EDIT_CHARTS, Permission.EDIT_SCHEDULE, Permission.MANAGE_PINS}
)
ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.FRONT_DESK: DAILY_WORK,
    Role.CLINICIAN: DAILY_WORK,
    Role.VIEWER: frozenset({Permission.VIEW_CHARTS}),
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.AUDITOR: frozenset({Permission.READ_AUDIT}),
}

BIGGEST = 2**63 - 1  # the largest record number that the database can store

STAFF_ONLY = "These pages are for practice staff."
NO_ADMINISTRATOR = "No practice administrator can sign in. Ask your server administrator to add one."


def staff_record_of(user: User | AnonymousUser) -> StaffRecord | None:
    """The staff record linked to this sign-in, active or not."""
    return StaffRecord.objects.filter(user_id=user.pk).first() if user.pk else None


def refusal(user: User | AnonymousUser, permission: Permission) -> str:
    """Why this user does not have the permission and who can fix it. Empty if they have it."""
    if not isinstance(user, User) or not user.is_staff_member:
        return STAFF_ONLY
    staff_record = staff_record_of(user)
    if permission in permissions_with(staff_record):
        return ""
    if staff_record is None or not staff_record.is_active:
        return f"{_why_no_access(user, staff_record)} {_who_can_help()}"
    return f"Your role ({staff_record.get_role_display()}) does not allow you to {permission}. {_who_can_help()}"


def permissions_of(user: User | AnonymousUser) -> frozenset[Permission]:
    """All staff permissions of this user, for pages that hide links the user cannot open."""
    if not isinstance(user, User) or not user.is_staff_member:
        return frozenset()
    return permissions_with(staff_record_of(user))


def permissions_with(staff_record: StaffRecord | None) -> frozenset[Permission]:
    """The permissions that this staff record gives: none if there is no record, or if it is inactive."""
    return ROLE_PERMISSIONS[staff_record.role] if staff_record and staff_record.is_active else frozenset()


def administrators() -> list[str]:
    """The names of the practice administrators who can sign in."""
    active = StaffRecord.objects.filter(role=Role.ADMINISTRATOR, is_active=True, user__is_active=True)
    return list(active.values_list("name", flat=True))


def no_access_context(user: User) -> dict[str, Any]:
    """The page for a staff sign-in without access: why, who can help, and since when the question is asked."""
    return {
        "why": _why_no_access(user, staff_record_of(user)),
        "administrators": administrators(),
        "no_administrator": NO_ADMINISTRATOR,
        "asked": AccessRequest.objects.filter(user=user).first(),
    }


def _why_no_access(user: User, staff_record: StaffRecord | None) -> str:
    if staff_record is None:
        return f"Your sign-in {user.email} is not linked to a staff record."
    return f"Your staff record “{staff_record.name}” is inactive."


def _who_can_help() -> str:
    names = administrators()
    return f"{' or '.join(names)} can change this under Practice Portal › Staff." if names else NO_ADMINISTRATOR


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def _with_rule(view: View[P], rule: str) -> View[P]:
    """Store the rule on the view, where the test of all addresses looks for it."""
    view.access_rule = rule  # type: ignore[attr-defined]
    return view


def staff_page(permission: Permission) -> Callable[[View[P]], View[P]]:
    """A page for staff with the permission. Others get the reason, and the refusal is recorded.

    A sign-in without any permission gets the page where it can ask an administrator.
    A session that still needs a second factor is asked for it first. Such a session also cannot change factors
    (``accounts.factors.second_factor``) or send a form again (``accounts.sessions.views``).
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if _is_staff(request) and second_factor.is_missing(request):
                if request.resolver_match and request.resolver_match.kwargs:
                    record_refusal(request, "second_factor")  # the page of one record, not a start page
                return second_factor.ask(request)
            reason = refusal(request.user, permission)
            with translation.override("en"):  # staff pages are in English, whatever the browser asks for
                if not reason:
                    return _recording_404(view, request, *args, **kwargs)
                return _refuse_staff(request, reason)

        return _with_rule(guarded, f"staff: {permission}")

    return decorate


def own_sign_in_page(view: View[P]) -> View[P]:
    """A page about the user's own sign-in: in English for staff, in the family's language for families.

    It opens without a second factor too, because factors are added here.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with translation.override("en" if _is_staff(request) else translation.get_language()):
            return rendered(view(request, *args, **kwargs))

    return _with_rule(guarded, "own sign-in")


def own_staff_page(view: View[P]) -> View[P]:
    """A page about the user's own sign-in that only staff have."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with translation.override("en"):
            if not _is_staff(request):
                return refuse(request, STAFF_ONLY)
            return view(request, *args, **kwargs)

    return _with_rule(guarded, "staff: own sign-in")


def proven_again(view: View[P]) -> View[P]:
    """Ask for the password first, so that nobody can take over a sign-in at an unattended desk."""
    asking: View[P] = reauthentication_required(view)
    return asking


def in_language_of_user_signing_in(view: View[P]) -> View[P]:
    """For allauth's page between the password and the session: in English if the user is a staff member."""

    @wraps(view)
    def speaking(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        user = user_signing_in(request)
        is_staff = bool(user and user.is_staff_member)
        with translation.override("en" if is_staff else translation.get_language()):
            return rendered(view(request, *args, **kwargs))

    return speaking


def rendered(response: HttpResponse) -> HttpResponse:
    """Render a TemplateResponse now: Django would render it later, outside the language override."""
    return response.render() if isinstance(response, SimpleTemplateResponse) else response


def _is_staff(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_staff_member


def family_page(view: View[P]) -> View[P]:
    """A page for a family's own account. The newest terms of the practice must be accepted first."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if isinstance(request.user, User) and terms.must_accept(request.user):
            return redirect("family:accept_terms")
        return view(request, *args, **kwargs)

    return family_page_before_terms(guarded)


def family_page_before_terms(view: View[P]) -> View[P]:
    """A page for a family's own account that also opens before the newest terms are accepted."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not isinstance(request.user, User) or request.user.is_staff_member:
            return refuse(request, "These pages are for families. Staff use the Patient Chart.")
        return _recording_404(view, request, *args, **kwargs)

    return _with_rule(guarded, "family")


def signed_in_page(view: View[P]) -> View[P]:
    """A page for anyone who is signed in."""
    return _with_rule(view, "signed in")


def public_page(view: View[P]) -> View[P]:
    """A page for everyone."""
    return _with_rule(login_not_required(view), "public")


def refuse(request: HttpRequest, reason: str) -> HttpResponse:
    """Answer 403 with the reason, and record the refusal."""
    record_refusal(request, "not_allowed")
    return render(request, "403.html", {"reason": reason}, status=403)


def _refuse_staff(request: HttpRequest, reason: str) -> HttpResponse:
    user = request.user
    if not isinstance(user, User) or not user.is_staff_member or permissions_of(user):
        return refuse(request, reason)
    record_refusal(request, "not_allowed")
    return render(request, "accounts/no_access.html", no_access_context(user), status=403)


def record_refusal(request: HttpRequest, why: str) -> None:
    """Record a refused request: the page, the record numbers in its address, and why."""
    match = request.resolver_match
    numbers = {name: value for name, value in match.kwargs.items() if isinstance(value, int)} if match else {}
    detail: dict[str, Any] = {"view": match.view_name if match else "", "why": why}
    # Stored as the patient's number, so that a search for the patient finds the attempt. Larger ones do not fit.
    patient_id = numbers.pop("patient_id") if numbers.get("patient_id", BIGGEST + 1) <= BIGGEST else None
    if numbers:
        detail["numbers"] = numbers
    record(actor=Actor.of(request), action=Action.ACCESS_REFUSED, patient_id=patient_id, **detail)


def _recording_404(view: View[P], request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
    """The view's response. A request for a missing record, or another user's, is recorded: it may be guessing."""
    try:
        return view(request, *args, **kwargs)
    except Http404:
        record_refusal(request, "no_such_record")
        raise
