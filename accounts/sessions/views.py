"""How long is left, staying signed in, and what comes after signing in again."""

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
    """How long is left, for the page's clock. Asking (GET) uses nothing; **Stay signed in** is the POST.

    Public, so that a page whose session has ended gets an answer rather than the sign-in page. ``who``
    is empty then. ``token`` is for the forms of a page that has been given back after signing in again.
    """
    if isinstance(request.user, User) and request.method == "POST":
        limits.keep(request)
    clock = limits.clock_of(request)
    if clock is None:
        return JsonResponse({"left": 0, "who": ""})
    return JsonResponse({**asdict(clock), "token": get_token(request)})


@require_safe
@signed_in_page
def back(request: HttpRequest) -> HttpResponse:
    """Where signing in again leads, in a tab of its own. That it has opened tells the others to look."""
    return render(request, "accounts/sessions/back.html")


@require_safe
@signed_in_page
def send_again(request: HttpRequest) -> HttpResponse:
    """What was sent after the session had ended, for the same user to send now (``accounts.sessions.kept_forms``)."""
    assert isinstance(request.user, User)  # noqa: S101  # the page is for whoever is signed in
    if request.user.is_staff_member and second_factor.is_missing(request):
        return second_factor.ask(request)  # what was typed may be about a patient
    kept = kept_forms.unseal(request.COOKIES.get(kept_forms.COOKIE, ""), user=request.user)
    if kept is None:
        response: HttpResponse = redirect("home")
        kept_forms.forget(response)
        return response
    # It stays until its time is over, so that loading this page once more loses nothing.
    return render(request, "accounts/sessions/send_again.html", {"kept": kept, "fields": kept.fields.lists()})
