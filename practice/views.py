"""The front door, the staff records, and the error pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

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


@public_page
def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without its token: mostly a page left open since before signing in."""
    if request.user.is_authenticated:
        record_refusal(request, "csrf")
    message = "This page had been open too long, so nothing was saved. Go back, reload the page and try again."
    return render(request, "403.html", {"reason": message}, status=403)
