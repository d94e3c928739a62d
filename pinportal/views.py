"""The home page, the logo, the language switch, and the page for a failed CSRF check."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from accounts.access import (
    Permission,
    permissions_of,
    public_page,
    record_refusal,
    signed_in_page,
)
from accounts.models import User
from pinportal import error_pages
from pinportal.responses import allow_caching
from practice import languages
from practice.models import Practice

# Pages whose forms sign in. Sent again with the cookies from after it, they fail the CSRF check.
SIGNED_OUT_ONLY = {"account_login", "mfa_login_webauthn", "mfa_authenticate", "account_reset_password_from_key"}


@require_safe
@signed_in_page
def home(request: HttpRequest) -> HttpResponse:
    """Redirect after signing in: staff to patients, an auditor to the audit trail, a family to My Children.

    A staff sign-in without access is led to the page that says why.
    """
    if not (isinstance(request.user, User) and request.user.is_staff_member):
        return redirect("family:children")
    allowed = permissions_of(request.user)
    if Permission.VIEW_CHARTS in allowed:
        return redirect("patients:search")
    return redirect("office:audit" if Permission.READ_AUDIT in allowed else "no_access")


@require_safe
@public_page
def favicon(request: HttpRequest) -> HttpResponse:
    """The icon at the URL that browsers try for responses without HTML, such as a PDF."""
    return redirect(static("favicon.svg"))


@require_POST
@public_page
def language(request: HttpRequest) -> HttpResponse:
    """The language switch. Redirects to ``next``, or to the referring page; only to our own host."""
    response: HttpResponse = set_language(request)
    languages.choose(request, request.POST.get("language", ""))
    return response


@require_safe
@public_page
def logo(request: HttpRequest) -> HttpResponse:
    """The practice's logo, or ours if it has none. With its own mark (``?v=``), browsers may cache it forever."""
    practice = Practice.current()
    if practice.logo is None:
        return redirect(static("favicon.svg"))
    answer = HttpResponse(bytes(practice.logo), content_type="image/png")
    answer.headers["ETag"] = f'"{practice.logo_mark}"'
    lasts = "31536000, immutable" if request.GET.get("v") == practice.logo_mark else "3600"
    allow_caching(answer, f"public, max-age={lasts}")
    return get_conditional_response(request, answer.headers["ETag"], response=answer) or answer


@public_page
def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid CSRF token: from a page opened before signing in, or from a browser without cookies.

    Signing in makes a new token. A form from before may have been sent then, and have worked.
    """
    if request.user.is_authenticated:
        record_refusal(request, "csrf")
    if not request.COOKIES:
        # Without a token, the page has no language switch: it needs a cookie, too.
        return error_pages.answer(
            request, 403, template="cookies_blocked.html", practice=Practice.current(), csrf_token=""
        )
    match = request.resolver_match
    if match and match.namespace == "signup":
        from portal.signup.views import guard  # noqa: PLC0415  # not loaded where families are not served

        if answer := guard.answer_to_old_form(request):
            return answer
    if match and match.view_name in SIGNED_OUT_ONLY and request.user.is_authenticated:
        message = _("This page is from before you signed in, so it was not sent again. Go on from the start page.")
        return error_pages.answer(request, 403, reason=message, heading=_("You are signed in"))
    message = _("This page had been open too long, so nothing was saved. Go back, reload the page and try again.")
    return error_pages.answer(request, 403, reason=message, heading=_("Nothing was saved"))
