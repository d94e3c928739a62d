"""What all pages after the proof share: they need a proof, and they say so when it has ended."""

import math
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts.attempt_counter import TooManyAttempts
from accounts.models import User
from audit.trail import Actor
from portal import registration
from portal.models import Account, Pin
from portal.pins import hints
from portal.refusals import NotRedeemable
from portal.signup import proof
from portal.signup.forms import PinForm
from portal.signup.steps import SignupStep, next_page, progress

P = ParamSpec("P")
ViewWithProof = Callable[Concatenate[HttpRequest, list[Pin], P], HttpResponse]


def with_proof(view: ViewWithProof[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Pass the proven PINs to a view. Without any, show the start page; if one has ended since, say so first."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        proven = proof.proven(request)
        if not proven:
            return start_again(request)
        if ended := registration.ended_since(proven):
            return _already_registered(request, proven, ended) or _ended_meanwhile(request, proven, ended)
        return view(request, proven, *args, **kwargs)

    return guarded


def posted(request: HttpRequest) -> QueryDict | None:
    """The posted data, or None for GET. If it is empty, the form reports every missing field."""
    return request.POST if request.method == "POST" else None


def start_page(request: HttpRequest, refused: TooManyAttempts | None, context: dict[str, Any]) -> HttpResponse:
    """The page with the PIN form. After too many attempts, Retry-After tells programs when to try again."""
    context |= {"hints": hints.for_page(), "next": next_page(request), **progress(request, SignupStep.PROOF)}
    page = render(request, "portal/signup/start.html", context, status=429 if refused else 200)
    if refused:
        wait = math.ceil((refused.retry_at - timezone.now()).total_seconds())
        page.headers["Retry-After"] = str(max(1, wait))
    return page


def start_again(request: HttpRequest) -> HttpResponse:
    """Nothing is proven, or the hour is over, or it is done already. Say only what is known of the PINs."""
    if proof.is_done(request):
        return done_page(request)
    remembered = proof.remembered(request)
    if remembered and not registration.ended_since(remembered):
        notice = _("Please start with your PIN. It still works: nothing was used up.")
        if request.method == "POST":
            notice = _("It took too long, so nothing you typed was saved.") + " " + notice
    elif request.user.is_authenticated:
        notice = _("Please start with your PIN. Did you press Finish before? Then look at My Children first.")
    else:
        notice = _("Please start with your PIN. Did you press Finish before? Then you may have an account: sign in.")
    return start_page(request, None, {"form": PinForm(), "notice": notice})


def done_page(request: HttpRequest, *, status: int = 200) -> HttpResponse:
    """The last click has worked, but its answer was lost, or the browser went back to a page before it."""
    return render(request, "portal/signup/done.html", {"words": finished_words()}, status=status)


def finished_words() -> str:
    """To somebody who is not signed in, after the last click."""
    return _("It worked: your PINs were used, and your account is ready. Sign in to go on.")


def answer_to_old_form(request: HttpRequest) -> HttpResponse | None:
    """The answer to a form from before the last click. Its token is no longer valid: signing in made a new one."""
    return done_page(request, status=403) if proof.is_done(request) else None


def ended_page(request: HttpRequest, proven: list[Pin], ended: list[NotRedeemable]) -> HttpResponse:
    """Say which PINs ended and why, and keep the other children. The refusal is recorded already."""
    ended_ids = {each.pin.pk for each in ended}
    gone = [pin for pin in proven if pin.pk in ended_ids]
    proof.forget(request, pins=gone)
    ended_at = ended[0].pin.ended_at
    context = {
        "child": get_text_list([pin.registration.family_contact.patient.call_name for pin in gone], _("and")),
        "why": ended[0].why if len({each.why for each in ended}) == 1 else "several",
        "when": date_format(timezone.localtime(ended_at)) if ended_at else "",
        "rest": [pin for pin in proven if pin.pk not in ended_ids],
        "next": next_page(request),
    }
    return render(request, "portal/signup/ended.html", context, status=409)


def _already_registered(request: HttpRequest, proven: list[Pin], ended: list[NotRedeemable]) -> HttpResponse | None:
    """The last click worked, but its answer got lost on the way: show the children."""
    used = [each.pin for each in ended if each.why == Pin.State.REDEEMED]
    contact = proven[0].registration.family_contact.contact
    if not used or not isinstance(request.user, User):
        return None
    if not Account.objects.filter(user=request.user, contact=contact).exists():
        return None
    proof.forget(request, pins=used)
    return redirect("signup:register_account" if len(used) < len(proven) else "family:children")


def _ended_meanwhile(request: HttpRequest, proven: list[Pin], ended: list[NotRedeemable]) -> HttpResponse:
    """Proven PINs ended before the last click: record it, then say it."""
    for each in ended:
        registration.record_refused_redemption(each.pin.pk, each, by=Actor.of(request))
    return ended_page(request, proven, ended)
