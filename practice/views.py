"""The front door, and what browsers and forms fall back on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from practice import error_pages
from practice.access import Permission, permissions_of, public_page, record_refusal, signed_in_page
from practice.models import User


@require_safe
@signed_in_page
def home(request: HttpRequest) -> HttpResponse:
    """Where a sign-in leads: staff to the patients, an auditor to the trail, a family to their children."""
    if not (isinstance(request.user, User) and request.user.is_staff_member):
        return redirect("portal:children")
    allowed = permissions_of(request.user)
    is_auditor = Permission.READ_AUDIT in allowed and Permission.VIEW_CHARTS not in allowed
    return redirect("portal:audit" if is_auditor else "patients:search")


@require_safe
@public_page
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look by themselves when they show what is no page of ours, such as a sheet."""
    return redirect(static("favicon.svg"))


@public_page
def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without its token: mostly a page left open since before signing in."""
    if request.user.is_authenticated:
        record_refusal(request, "csrf")
    message = _("This page had been open too long, so nothing was saved. Go back, reload the page and try again.")
    return error_pages.answer(request, 403, reason=message)
