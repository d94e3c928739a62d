"""Decorators for allauth's views about second factors: every change and every display is recorded."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.factors.second_factor import CODES, PROVEN, ask, must_show_factor
from accounts.factors.stored import is_readable
from accounts.models import User
from accounts.signin import mail
from audit.trail import Action, Actor, record

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def record_changes(view: View[P]) -> View[P]:
    """Record which factors the view adds or removes, in the transaction that changes them."""

    @wraps(view)
    def recording(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if must_show_factor(request):
            return ask(request)
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            before = _types(request)
            response = view(request, *args, **kwargs)
            _record_difference(request, before, _types(request))
        return response

    return recording


def record_display(view: View[P]) -> View[P]:
    """Record each time the view shows recovery codes."""

    @wraps(view)
    def recording(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if must_show_factor(request):
            return ask(request)
        if _has_unreadable(request, type=CODES):
            return redirect("accounts:own_pages")
        response = view(request, *args, **kwargs)
        if request.method == "GET" and response.status_code == 200:  # noqa: PLR2004
            record(actor=Actor.of(request), action=Action.RECOVERY_CODES_SHOWN)
        return response

    return recording


def rename_readable(view: View[P]) -> View[P]:
    """Leave out a passkey that cannot be read: allauth's page about it would fail."""

    @wraps(view)
    def checking(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        unreadable = _has_unreadable(request, type=Authenticator.Type.WEBAUTHN, pk=kwargs["pk"])
        return redirect("accounts:own_pages") if unreadable else view(request, *args, **kwargs)

    return checking


def replace_unreadable(view: View[P]) -> View[P]:
    """Show the page for new recovery codes without allauth, which would count the old ones, if they cannot be read."""

    @wraps(view)
    def checking(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method == "GET" and not must_show_factor(request) and _has_unreadable(request, type=CODES):
            return render(request, "mfa/recovery_codes/generate.html")
        return view(request, *args, **kwargs)

    return checking


def _has_unreadable(request: HttpRequest, **which: Any) -> bool:
    return any(not is_readable(each) for each in Authenticator.objects.filter(user_id=request.user.pk, **which))


def _types(request: HttpRequest) -> dict[int, str]:
    return dict(Authenticator.objects.filter(user_id=request.user.pk).values_list("pk", "type"))


def _record_difference(request: HttpRequest, before: dict[int, str], after: dict[int, str]) -> None:
    """Record and mail each factor added or removed, and new recovery codes."""
    by, user = Actor.of(request), cast("User", request.user)
    added = [after[pk] for pk in sorted(after.keys() - before.keys())]  # in the order of being added
    for each in added:
        if each == CODES:
            record(actor=by, action=Action.RECOVERY_CODES_MADE)
            if len(added) == 1:  # otherwise they came with the first factor, and that mail is enough
                mail.send_news(user, mail.News.CODES)
        else:
            record(actor=by, action=Action.SECOND_FACTOR_ADDED, type=each)
            mail.send_news(user, mail.News.FACTOR_ADDED)
    for each in (before[pk] for pk in sorted(before.keys() - after.keys())):
        if each != CODES:  # codes go with the last factor, or new ones replace them
            record(actor=by, action=Action.SECOND_FACTOR_REMOVED, type=each)
            mail.send_news(user, mail.News.FACTOR_REMOVED)
    if set(added) - {CODES}:
        request.session[PROVEN] = True  # adding a factor includes showing it
    elif not set(after.values()) - {CODES}:
        request.session[PROVEN] = False
