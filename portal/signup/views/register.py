"""The registration page for parents: a PIN and a birth date, then the other children (R11, R12, R15).

The proof is kept in the session (``portal.signup.proof``). The steps after it are in ``account``.
"""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import public_page
from accounts.attempt_counter import TooManyAttempts
from audit.trail import Actor
from portal import registration
from portal.models import Pin
from portal.pins.storage import is_of_same_guardian
from portal.refusals import NotProven
from portal.signup import proof
from portal.signup.forms import PinForm, SiblingForm
from portal.signup.steps import SignupStep, next_page, progress
from portal.signup.views.guard import finished_words, posted, start_again, start_page, with_proof


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@sensitive_post_parameters()
@sensitive_variables()
def start(request: HttpRequest) -> HttpResponse:
    """PIN and birth date. One answer for everything that can be wrong with the pair; typing mistakes do not count."""
    form = PinForm(posted(request))
    pin, refused = _proof(request, form)
    if pin:
        proof.remember(request, pin)
        return redirect(_page_after_proof(request, pin))
    context = {"form": form, "proven": proof.proven(request)}
    if proof.is_done(request) and not request.user.is_authenticated:
        context["notice"] = finished_words()
    return start_page(request, refused, context)


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@sensitive_post_parameters()
@sensitive_variables()
def another(request: HttpRequest) -> HttpResponse:
    """One more PIN of the same guardian, for example from an older sheet. What is proven stays proven."""
    proven = proof.proven(request)
    if not proven:
        return start_again(request)
    form = PinForm(posted(request))
    pin, refused = _proof(request, form)
    if pin and is_of_same_guardian(pin, proven[0]):
        proof.remember(request, pin)
        return redirect(_page_after_proof(request, pin))
    if pin:
        form.add_error(None, _others_pin())
    return start_page(request, refused, {"form": form, "proven": proven, "is_another": True})


def _proof(request: HttpRequest, form: PinForm) -> tuple[Pin | None, TooManyAttempts | None]:
    """The proven PIN, or None with the reason in the form; and the refusal, after too many attempts."""
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


def _page_after_proof(request: HttpRequest, pin: Pin) -> str:
    return "signup:register_siblings" if registration.siblings_of([pin]) else next_page(request)


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@sensitive_post_parameters()
@with_proof
def siblings(request: HttpRequest, proven: list[Pin]) -> HttpResponse:
    """The other children of the sheet, each asked for by birth date only (R15)."""
    offers = [(pin, SiblingForm(posted(request), prefix=f"child-{pin.pk}")) for pin in registration.siblings_of(proven)]
    mistyped = [form for _pin, form in offers if form.is_bound and not form.is_valid()]
    if request.method == "POST" and not mistyped and _prove_siblings(request, offers):
        return redirect(next_page(request))
    proven = proof.proven(request)
    names = [pin.registration.family_contact.patient.call_name for pin in proven]
    context = {"offers": offers, "children": proven, "names": names}
    return render(request, "portal/signup/siblings.html", context | progress(request, SignupStep.PROOF))


def _prove_siblings(request: HttpRequest, offers: list[tuple[Pin, SiblingForm]]) -> bool:
    """Prove every child whose birth date was typed. True if all were right."""
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
    """Forget the proof and the answers, so that somebody else can use this phone. No PIN is spent."""
    proof.forget(request)
    return redirect("signup:register")


@require_POST
@public_page
def more_time(request: HttpRequest) -> JsonResponse:
    """Give the person at the page more time. ``left``: seconds; 0 if it was too late."""
    return JsonResponse({"left": proof.restart_clock(request)})


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
    """Why, and when to try again: to the minute, rounded up."""
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
    call = _("Or call the practice.")  # a button below shows its number
    return f"{message % {'when': when}} {call}"
