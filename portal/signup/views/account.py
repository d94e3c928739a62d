"""Registering, after the proof: who you are, e-mail, terms, and how to sign in (R13, R14, R16).

One question per page. The answers are kept in the session (``portal.signup.proof``), but no secret is. Each page reads
the current state again, and ``registration.redeem`` checks everything once more when it spends the PINs.
"""

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import public_page
from accounts.factors import passkeys
from accounts.models import User
from accounts.signin import attempts
from accounts.signin.form_attempts import count_attempt
from accounts.signin.new_account import sign_in_new_user
from audit.trail import Actor
from portal import registration
from portal.family_accounts import NewSignIn
from portal.models import Account, Pin
from portal.refusals import AlreadyHasAccount, EmailNotUsable, NotRedeemable, OthersAccount, TermsChanged
from portal.signup import proof
from portal.signup.forms import EmailForm, NewSignInForm
from portal.signup.steps import SignupStep, next_page, open_step, progress
from portal.signup.views.guard import ended_page, posted, with_proof
from practice import terms
from practice.after_saving import go_on
from practice.failure_messages import when_it_fails


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@with_proof
def you(request: HttpRequest, proven: list[Pin]) -> HttpResponse:
    """Ask whether the parent is the guardian whose name is on the sheet. If not, nothing is spent."""
    contact = proven[0].registration.family_contact.contact
    context = {"contact": contact, "children": proven, **progress(request, SignupStep.YOU)}
    if request.method == "POST" and request.POST.get("is_guardian") == "no":
        registration.deny(proven=proven, by=Actor.of(request))
        proof.forget(request)
        return render(request, "portal/signup/not_you.html", context)
    if request.method == "POST":
        proof.answer(request, is_guardian=True)
        return redirect(next_page(request))
    return render(request, "portal/signup/you.html", context | {"has_account": _has_account(proven)})


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@with_proof
def email(request: HttpRequest, proven: list[Pin]) -> HttpResponse:
    """The e-mail to sign in with. A guardian who has an account signs in instead and adds the children to it."""
    if answer := _other_page(request, proven, SignupStep.EMAIL):
        return answer
    form = EmailForm(posted(request), initial={"email": proof.answered(request, "email")})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["email"]
        try:
            count_attempt(step=attempts.Step.EMAIL, account=f"PIN {proven[0].pk}", request=request)
            registration.check_email(proven=[pin.pk for pin in proven], email=typed, by=Actor.of(request))
        except EmailNotUsable:
            form.add_error("email", _email_not_usable())
        except ValidationError as wait:
            form.add_error("email", wait)
        else:
            proof.answer(request, email=typed)
            return redirect(next_page(request))
    return render(request, "portal/signup/email.html", {"form": form, **progress(request, SignupStep.EMAIL)})


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@with_proof
def agree(request: HttpRequest, proven: list[Pin]) -> HttpResponse:
    """The practice's terms. The last click records with the account that they were accepted."""
    if answer := _other_page(request, proven, SignupStep.TERMS):
        return answer
    newest = terms.current()
    if newest is None:
        return redirect(next_page(request))
    if request.method == "POST" and request.POST.get("version") == str(newest.number):
        proof.answer(request, terms=newest.number)
        return redirect(next_page(request))
    context = {
        "terms": newest,
        "text": terms.text_of(newest),
        "has_changed": request.method == "POST" or proof.answered(request, "terms") is not None,
        **progress(request, SignupStep.TERMS),
    }
    return render(request, "portal/signup/terms.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@sensitive_post_parameters()
@sensitive_variables()
@when_it_fails(
    gettext_lazy("Wait a minute, then press Finish again. Nothing is used up twice, and this page will tell you.")
)
@with_proof
def account(request: HttpRequest, proven: list[Pin]) -> HttpResponse:
    """The last step: a new password or passkey, or the guardian's own account. Then the children are registered."""
    if isinstance(request.user, User):
        return _add_to_own_account(request, proven, request.user)
    if answer := _other_page(request, proven, SignupStep.ACCOUNT):
        return answer
    form = NewSignInForm(posted(request), initial={"email": proof.answered(request, "email")})
    if request.method == "POST" and form.is_valid() and (answer := _register(request, proven, form)):
        return answer
    contact = proven[0].registration.family_contact.contact
    context = {"form": form, "contact": contact, "children": proven, **progress(request, SignupStep.ACCOUNT)}
    return render(request, "portal/signup/account.html", context)


def _register(request: HttpRequest, proven: list[Pin], form: NewSignInForm) -> HttpResponse | None:
    """Register the children and sign the parent in. None if refused; the form then has the reason."""
    try:
        sign_in = _new_sign_in(request, form)
        user = registration.redeem(
            proven=[pin.pk for pin in proven], sign_in=sign_in, by=Actor.of(request), births=proof.births(proven)
        )
    except ValidationError as error:
        form.add_error("password", error)
    except EmailNotUsable:
        form.add_error("email", _email_not_usable())
    except AlreadyHasAccount:
        return redirect("signup:register_account")
    except TermsChanged:
        return redirect("signup:register_terms")
    except NotRedeemable as refused:
        return ended_page(request, proven, [refused])
    else:
        return _welcome(request, user)
    return None


def _welcome(request: HttpRequest, user: User) -> HttpResponse:
    """Sign the parent in, and go on to the children. They are registered: if this fails, the parent signs in there."""
    key = request.session.session_key
    proof.finish(request)
    page = redirect("family:children")
    if not go_on("sign in the new account", lambda: sign_in_new_user(request, page, user)):
        logout(request)
    messages.success(request, _("You are registered. Welcome!"))
    proof.tell_earlier_session(request, key)
    return page


def _new_sign_in(request: HttpRequest, form: NewSignInForm) -> NewSignIn:
    """What the family has chosen. Raises ValidationError for an invalid passkey."""
    typed = form.cleaned_data
    number, accepted = proof.answered(request, "user_number"), proof.answered(request, "terms") or 0
    if not typed["passkey"]:
        return NewSignIn(typed["email"], password=typed["password"], terms=accepted)
    passkey = passkeys.checked(typed["passkey"], user_number=number)
    return NewSignIn(typed["email"], passkey=passkey, terms=accepted)


@require_POST
@public_page
@with_proof
def passkey_options(request: HttpRequest, proven: list[Pin]) -> HttpResponse:
    """What the browser needs to create a passkey for the e-mail that was typed."""
    typed = proof.answered(request, "email")
    if request.user.is_authenticated or not typed or _has_account(proven):
        return redirect(next_page(request))
    number = proof.answered(request, "user_number") or passkeys.reserved_number()
    proof.answer(request, user_number=number)
    return JsonResponse(passkeys.options(user_number=number, email=typed))


def _add_to_own_account(request: HttpRequest, proven: list[Pin], user: User) -> HttpResponse:
    contact = proven[0].registration.family_contact.contact
    is_own = Account.objects.filter(user=user, contact=contact).exists()
    is_read_by_others = False
    if request.method == "POST" and is_own:
        try:
            registration.redeem(
                proven=[pin.pk for pin in proven], sign_in=user, by=Actor.of(request), births=proof.births(proven)
            )
        except NotRedeemable as refused:
            return ended_page(request, proven, [refused])
        except OthersAccount:
            is_own = False
        except EmailNotUsable:
            is_read_by_others = True
        else:
            proof.finish(request)
            messages.success(request, _("Added to your account."))
            return redirect("family:children")
    elif not is_own:
        registration.record_refused_redemption(proven[0].pk, OthersAccount(), by=Actor.of(request))
    context = {"children": proven, "is_own": is_own, "is_read_by_others": is_read_by_others}
    status = 200 if is_own and not is_read_by_others else 403
    return render(request, "portal/signup/confirm.html", context | progress(request, SignupStep.ACCOUNT), status=status)


def _other_page(request: HttpRequest, proven: list[Pin], step: SignupStep) -> HttpResponse | None:
    """The page to show instead of this step: the guardian has an account, or an earlier step has no answer yet."""
    if request.user.is_authenticated:
        return redirect("signup:register_account")
    waiting, order = open_step(request), list(SignupStep)
    if waiting is not SignupStep.YOU and _has_account(proven):
        context = {"children": proven, **progress(request, SignupStep.EMAIL)}
        return render(request, "portal/signup/has_account.html", context)
    return redirect(f"signup:{waiting}") if order.index(waiting) < order.index(step) else None


def _has_account(proven: list[Pin]) -> bool:
    return Account.objects.filter(contact=proven[0].registration.family_contact.contact_id).exists()


def _email_not_usable() -> str:
    return _(
        "We cannot make an account with this e-mail. If you have an account with us, sign in with it. "
        "If not, use another e-mail, or call the practice."
    )
