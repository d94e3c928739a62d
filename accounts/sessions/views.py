"""Time left, staying signed in, and what follows signing in again."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import public_page, signed_in_page
from accounts.factors import second_factor
from accounts.models import User
from accounts.sessions import kept_forms, limits


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def session(request: HttpRequest) -> HttpResponse:
    """Time left, for the page's clock. GET does not count as use; POST is **Stay signed in**.

    Public, so that a page whose session has ended gets this answer and not the sign-in page. ``who`` is then empty.
    ``token`` is the new CSRF token for the forms of a page that reappears after signing in again.
    """
    if isinstance(request.user, User) and request.method == "POST":
        limits.extend(request)
    clock = limits.clock_of(request)
    if clock is None:
        return JsonResponse({"left": 0, "who": ""})
    return JsonResponse({**asdict(clock), "token": get_token(request)})


@require_safe
@signed_in_page
def back(request: HttpRequest) -> HttpResponse:
    """The page after signing in again, in its own tab. Opening it tells the other tabs to check their session."""
    return render(request, "accounts/sessions/back.html")


@require_safe
@signed_in_page
def send_again(request: HttpRequest) -> HttpResponse:
    """Offer to send a form again that came after the session had ended (``accounts.sessions.kept_forms``)."""
    assert isinstance(request.user, User)  # noqa: S101  # the page requires a sign-in
    if request.user.is_staff_member and second_factor.is_missing(request):
        return second_factor.ask(request)  # the form may be about a patient
    kept = kept_forms.unseal(request.COOKIES.get(kept_forms.COOKIE, ""), user=request.user)
    if kept is None:
        response: HttpResponse = redirect("home")
        kept_forms.forget(response)
        return response
    # The cookie stays until it expires, so reloading this page loses nothing.
    return render(request, "accounts/sessions/send_again.html", {"kept": kept, "fields": kept.fields.lists()})
