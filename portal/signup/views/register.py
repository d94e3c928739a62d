"""The registration page for parents: a PIN and a birth date, then the other children (R11, R12, R15).

What has been proven stands in the session (``portal.signup.proof``); the steps after it are in ``register_account``.
"""

import math
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import public_page
from accounts.attempt_counter import TooManyAttempts
from accounts.models import User
from audit.trail import Actor
from portal import accounts, judging, registration
from portal.models import Account, Pin
from portal.pins import hints as pin_hints
from portal.pins.rows import is_of_same_guardian
from portal.refusals import NotProven, NotRedeemable
from portal.signup import proof
from portal.signup.forms import PinForm, SiblingForm
from portal.signup.steps import Step, next_page, progress

START = "portal/signup/start.html"
P = ParamSpec("P")


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@sensitive_post_parameters()
@sensitive_variables()
def start(request: HttpRequest) -> HttpResponse:
    """PIN and birth date. One answer for whatever is wrong with the pair; typing mistakes do not count."""
    form = PinForm(sent(request))
    pin, refused = _proof(request, form)
    if pin:
        proof.remember(request, pin)
        return redirect(_after(request, pin))
    return _start_page(request, refused, {"form": form, "proven": proof.proven(request)})


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@sensitive_post_parameters()
@sensitive_variables()
def another(request: HttpRequest) -> HttpResponse:
    """One more PIN of the same guardian, as from an older sheet. What is proven stays, whatever is typed here."""
    proven = proof.proven(request)
    if not proven:
        return start_again(request)
    form = PinForm(sent(request))
    pin, refused = _proof(request, form)
    if pin and is_of_same_guardian(pin, proven[0]):
        proof.remember(request, pin)
        return redirect(_after(request, pin))
    if pin:
        form.add_error(None, _others_pin())
    return _start_page(request, refused, {"form": form, "proven": proven, "is_another": True})


def _proof(request: HttpRequest, form: PinForm) -> tuple[Pin | None, TooManyAttempts | None]:
    """The PIN that the form proves. If none, the form says why; and the refusal, where there were too many."""
    if request.method != "POST" or not form.is_valid():
        return None, None
    try:
        return registration.prove(**form.pair, by=Actor.of(request)), None
    except NotProven:
        form.add_error(None, _not_proven(len(form.pair["more"]) + 1))
        return None, None
    except TooManyAttempts as refused:
        form.add_error(None, _too_many(refused))
        return None, refused


def _after(request: HttpRequest, pin: Pin) -> str:
    return "signup:register_siblings" if registration.siblings_of([pin]) else next_page(request)


def _start_page(request: HttpRequest, refused: TooManyAttempts | None, context: dict[str, Any]) -> HttpResponse:
    """The page with the form; where there were too many tries, telling machines too when to come again."""
    context |= {"hints": pin_hints.for_page(), "next": next_page(request), **progress(request, Step.PROOF)}
    page = render(request, START, context, status=429 if refused else 200)
    if refused:
        wait = math.ceil((refused.retry_at - timezone.now()).total_seconds())
        page.headers["Retry-After"] = str(max(1, wait))
    return page


Proven = Callable[Concatenate[HttpRequest, list[Pin], P], HttpResponse]


def with_proof(view: Proven[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """For the pages after the proof: they get the proven PINs. Without any they lead to the start; where one has
    ended since, that is said first.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        proven = proof.proven(request)
        if not proven:
            return start_again(request)
        if ended := judging.ended_since(proven):
            return _used_by_oneself(request, proven, ended) or ended_meanwhile(request, proven, ended)
        return view(request, proven, *args, **kwargs)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@sensitive_post_parameters()
@with_proof
def siblings(request: HttpRequest, proven: list[Pin]) -> HttpResponse:
    """The other children of the sheet, each asked for by birth date only (R15)."""
    offers = [(pin, SiblingForm(sent(request), prefix=f"child-{pin.pk}")) for pin in registration.siblings_of(proven)]
    mistyped = [form for _pin, form in offers if form.is_bound and not form.is_valid()]
    if request.method == "POST" and not mistyped and _prove_siblings(request, offers):
        return redirect(next_page(request))
    proven = proof.proven(request)
    names = [pin.registration.family_contact.patient.call_name for pin in proven]
    context = {"offers": offers, "children": proven, "names": names}
    return render(request, "portal/signup/siblings.html", context | progress(request, Step.PROOF))


def _prove_siblings(request: HttpRequest, offers: list[tuple[Pin, SiblingForm]]) -> bool:
    """Prove every child whose birth date was given; whether all went well."""
    complete = True
    for pin, form in offers:
        if not (birth_date := form.cleaned_data["birth_date"]):
            continue
        try:
            proven = registration.prove_sibling(sibling=pin, birth_date=birth_date, by=Actor.of(request))
        except NotProven:
            form.add_error("birth_date", _("This birth date does not match. Check it, or call the practice."))
            complete = False
        else:
            proof.remember(request, proven)
    return complete


@require_POST
@public_page
def start_over(request: HttpRequest) -> HttpResponse:
    """Forget what was proven and answered, for whoever uses this phone next. No PIN is spent."""
    proof.forget(request)
    return redirect("signup:register")


def sent(request: HttpRequest) -> QueryDict | None:
    """What was posted, even if that is nothing at all: then every field is missing, and the form says so."""
    return request.POST if request.method == "POST" else None


def start_again(request: HttpRequest) -> HttpResponse:
    """Nothing is proven, or it was more than an hour ago. Whoever had typed something is told what became of it."""
    notice = _("Please start with your PIN. It still works: nothing was used up.")
    if request.method == "POST":
        notice = _("It took too long, so nothing you typed was saved.") + " " + notice
    return _start_page(request, None, {"form": PinForm(), "notice": notice})


def _used_by_oneself(request: HttpRequest, proven: list[Pin], ended: list[NotRedeemable]) -> HttpResponse | None:
    """The last click came through before, and its answer was lost on the way: then the children are there."""
    used = [each.pin for each in ended if each.why == Pin.State.REDEEMED]
    contact = proven[0].registration.family_contact.contact
    if not used or not isinstance(request.user, User):
        return None
    if not Account.objects.filter(user=request.user, contact=contact).exists():
        return None
    proof.forget(request, pins=used)
    return redirect("signup:register_account" if len(used) < len(proven) else "family:children")


def ended_meanwhile(request: HttpRequest, proven: list[Pin], ended: list[NotRedeemable]) -> HttpResponse:
    """Proven PINs ended before the last click: say which and why, keep the other children."""
    for each in ended:
        accounts.record_refused_redemption(each.pin.pk, each, by=Actor.of(request))
    return ended_page(request, proven, ended)


def ended_page(request: HttpRequest, proven: list[Pin], ended: list[NotRedeemable]) -> HttpResponse:
    """The page alone, where the refusal is recorded already."""
    numbers = {each.pin.pk for each in ended}
    gone = [pin for pin in proven if pin.pk in numbers]
    proof.forget(request, pins=gone)
    ended_at = ended[0].pin.ended_at
    context = {
        "child": get_text_list([pin.registration.family_contact.patient.call_name for pin in gone], _("and")),
        "why": ended[0].why if len({each.why for each in ended}) == 1 else "several",
        "when": date_format(timezone.localtime(ended_at)) if ended_at else "",
        "rest": [pin for pin in proven if pin.pk not in numbers],
        "next": next_page(request),
    }
    return render(request, "portal/signup/ended.html", context, status=409)


def _not_proven(count: int) -> str:
    tail = _(
        "A PIN works only once and only until its date. Did you use it before? Then sign in. "
        "If it still does not work, call the practice."
    )
    if count > 1:
        head = _(
            "We cannot find a PIN on your sheet that works with this birth date. "
            "Type the birth date of one of the children on the sheet."
        )
    else:
        head = _("We cannot find a PIN that works with this birth date. Compare both with your sheet.")
    return f"{head} {tail}"


def _others_pin() -> str:
    return _(
        "This PIN was made for another person. It still works: nothing was used up. Finish here first. "
        "Then that person can start with it."
    )


def _too_many(refused: TooManyAttempts) -> str:
    """Why, and when to try again: to the minute, and rather late than early."""
    when = date_format(timezone.localtime(refused.retry_at + timedelta(seconds=59)), "TIME_FORMAT")
    if refused.is_general:
        message = _(
            "Somebody is trying out PINs just now, so we cannot say what is wrong with yours. Compare the PIN "
            "and the birth date with your sheet. If both are right, please try again at %(when)s."
        )
    else:
        message = _(
            "There were too many wrong PINs from your internet line. Others may share it with you. "
            "Please try again at %(when)s, or use another line: try without Wi-Fi."
        )
    call = _("Or call the practice.")  # its number stands on a button below
    return f"{message % {'when': when}} {call}"
