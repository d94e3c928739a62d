"""The registration page for parents: a PIN and a birth date, the other children, an account (R11 to R16).

What has been proven stands in the session (``portal.proof``). Each step looks again at what is true
now; the last click is checked once more inside the transaction that spends the PINs.
"""

import math
from datetime import timedelta

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from portal import proof, registration, throttle
from portal.forms import NewSignInForm, PinForm, SiblingForm
from portal.models import Account, Pin
from portal.refusals import AlreadyHasAccount, EmailNotUsable, NotProven, NotRedeemable, OthersAccount
from practice.access import public_page
from practice.audit import Actor
from practice.faults import when_it_fails
from practice.models import Practice, User
from practice.sign_in import welcome

START = "portal/register/start.html"


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@sensitive_post_parameters()
@sensitive_variables()
def start(request: HttpRequest) -> HttpResponse:
    """PIN and birth date. One answer for whatever is wrong with the pair; typing mistakes do not count."""
    form = PinForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            pin = registration.prove(**form.cleaned_data, by=Actor.of(request))
        except NotProven:
            form.add_error(None, _not_proven())
        except throttle.TooManyAttempts as refused:
            form.add_error(None, _too_many(refused))
            return _refused(render(request, START, {"form": form}, status=429), refused)
        else:
            proof.remember(request, pin)
            return redirect(
                "portal:register_siblings" if registration.siblings_of([pin]) else "portal:register_account"
            )
    return render(request, START, {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@sensitive_post_parameters()
def siblings(request: HttpRequest) -> HttpResponse:
    """The other children of the sheet, each asked for by birth date only (R15)."""
    proven = proof.proven(request)
    if not proven:
        return _start_again(request)
    offers = [(pin, SiblingForm(_sent(request), prefix=f"child-{pin.pk}")) for pin in registration.siblings_of(proven)]
    mistyped = [form for _pin, form in offers if form.is_bound and not form.is_valid()]
    if request.method == "POST" and not mistyped and _prove_siblings(request, offers):
        return redirect("portal:register_account")
    names = [pin.registration.family_contact.patient.call_name for pin in proof.proven(request)]
    return render(request, "portal/register/siblings.html", {"offers": offers, "names": names})


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


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@sensitive_post_parameters()
@sensitive_variables()
@when_it_fails(
    gettext_lazy("Wait a minute, then press Finish again. Nothing is used up twice, and this page will tell you.")
)
def account(request: HttpRequest) -> HttpResponse:
    """The last step: a new sign-in, or the one the guardian has; then the children are registered."""
    proven = proof.proven(request)
    if not proven:
        return _start_again(request)
    if used := [pin for pin in proven if pin.state == Pin.State.REDEEMED]:
        return _used_already(request, proven, used)
    if isinstance(request.user, User):
        return _add_to_own_account(request, proven, request.user)
    contact = proven[0].registration.family_contact.contact
    has_account = Account.objects.filter(contact=contact).exists()
    form = NewSignInForm(_sent(request))
    if request.method == "POST" and not has_account and form.is_valid():
        sign_in = registration.NewSignIn(**form.cleaned_data)
        try:
            user = _redeem(request, proven, sign_in)
        except EmailNotUsable:
            form.add_error("email", _email_not_usable())
        except AlreadyHasAccount:
            has_account = True
        except NotRedeemable as refused:
            return _ended_meanwhile(request, proven, [refused.pin], refused.why)
        else:
            return welcome(request, redirect("portal:children"), user)
    context = {"form": form, "contact": contact, "children": proven, "has_account": has_account}
    return render(request, "portal/register/account.html", context)


def _add_to_own_account(request: HttpRequest, proven: list[Pin], user: User) -> HttpResponse:
    contact = proven[0].registration.family_contact.contact
    is_own = Account.objects.filter(user=user, contact=contact).exists()
    if request.method == "POST" and is_own:
        try:
            _redeem(request, proven, user)
        except NotRedeemable as refused:
            return _ended_meanwhile(request, proven, [refused.pin], refused.why)
        except OthersAccount:
            is_own = False
        else:
            return redirect("portal:children")
    elif not is_own:
        registration.record_refused_redemption(proven[0].pk, OthersAccount(), by=Actor.of(request))
    context = {"contact": contact, "children": proven, "is_own": is_own}
    return render(request, "portal/register/confirm.html", context, status=200 if is_own else 403)


def _redeem(request: HttpRequest, proven: list[Pin], sign_in: User | registration.NewSignIn) -> User:
    user = registration.redeem(proven=[pin.pk for pin in proven], sign_in=sign_in, by=Actor.of(request))
    proof.forget(request)
    return user


@require_POST
@public_page
def start_over(request: HttpRequest) -> HttpResponse:
    """Forget what was proven, for whoever uses this phone next. No PIN is spent."""
    proof.forget(request)
    return redirect("portal:register")


def _sent(request: HttpRequest) -> QueryDict | None:
    """What was posted, even if that is nothing at all: then every field is missing, and the form says so."""
    return request.POST if request.method == "POST" else None


def _start_again(request: HttpRequest) -> HttpResponse:
    """Nothing is proven, or it was more than an hour ago. Whoever had typed something is told what became of it."""
    notice = _("Please start with your PIN. It still works: nothing was used up.")
    if request.method == "POST":
        notice = _("It took too long, so nothing you typed was saved.") + " " + notice
    context = {"form": PinForm(), "notice": notice}
    return render(request, START, context)


def _used_already(request: HttpRequest, proven: list[Pin], used: list[Pin]) -> HttpResponse:
    """The last click came through before, and its answer was lost on the way; or the sheet was used elsewhere."""
    contact = proven[0].registration.family_contact.contact
    if not isinstance(request.user, User) or not Account.objects.filter(user=request.user, contact=contact).exists():
        return _ended_meanwhile(request, proven, used, Pin.State.REDEEMED)
    proof.forget(request, pins=used)
    return redirect("portal:register_account" if len(used) < len(proven) else "portal:children")


def _ended_meanwhile(request: HttpRequest, proven: list[Pin], ended: list[Pin], why: str) -> HttpResponse:
    """Proven PINs ended before the last click: say which and why, keep the other children."""
    proof.forget(request, pins=ended)
    numbers = {pin.pk for pin in ended}
    context = {
        "child": get_text_list([pin.registration.family_contact.patient.call_name for pin in ended], _("and")),
        "why": why,
        "when": date_format(timezone.localtime(ended[0].ended_at)) if ended[0].ended_at else "",
        "rest": [pin for pin in proven if pin.pk not in numbers],
    }
    return render(request, "portal/register/ended.html", context, status=409)


def _not_proven() -> str:
    return _(
        "We cannot find a PIN that works with this birth date. Compare both with your sheet. "
        "A PIN works only once and only until its date. Did you use it before? Then sign in. "
        "If it still does not work, call the practice."
    )


def _email_not_usable() -> str:
    return _(
        "We cannot make an account with this e-mail. If you have an account with us, sign in with it. "
        "If not, use another e-mail, or call the practice."
    )


def _too_many(refused: throttle.TooManyAttempts) -> str:
    """Why, when to try again, and whom to call. To the minute, and rather a minute late than early."""
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
    phone = Practice.current().phone
    # Not inside an f-string: gettext would not find them.
    call = _("Or call us: %(phone)s") % {"phone": phone} if phone else _("Or call the practice.")
    return f"{message % {'when': when}} {call}"


def _refused(page: HttpResponse, refused: throttle.TooManyAttempts) -> HttpResponse:
    """The page, telling machines too when to come again."""
    wait = math.ceil((refused.retry_at - timezone.now()).total_seconds())
    page.headers["Retry-After"] = str(max(1, wait))
    return page
