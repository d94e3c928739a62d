"""The steps of signing up, in order, and which one comes next.

The terms come before the password. A password is never kept between two pages, so it is asked for last.
"""

from enum import StrEnum
from typing import Any

from django.http import HttpRequest

from portal.signup import proof
from practice import terms


class SignupStep(StrEnum):
    """A step, by the URL name of its page."""

    PROOF = "register"  # PINs and birth dates, on as many pages as needed
    YOU = "register_you"
    EMAIL = "register_email"
    TERMS = "register_terms"
    ACCOUNT = "register_account"


def steps_of(request: HttpRequest) -> list[SignupStep]:
    """The steps for this person. Terms only if the practice has some; a signed-in guardian only adds children."""
    if request.user.is_authenticated:
        return [SignupStep.PROOF, SignupStep.ACCOUNT]
    return [step for step in SignupStep if step is not SignupStep.TERMS or terms.current()]


def open_step(request: HttpRequest) -> SignupStep:
    """The first step after the proof that has no answer yet."""
    if request.user.is_authenticated:
        return SignupStep.ACCOUNT
    if not proof.answered(request, "is_guardian"):
        return SignupStep.YOU
    if not proof.answered(request, "email"):
        return SignupStep.EMAIL
    newest = terms.current()
    if newest and proof.answered(request, "terms") != newest.number:
        return SignupStep.TERMS
    return SignupStep.ACCOUNT


def next_page(request: HttpRequest) -> str:
    """The URL name of the next page."""
    return f"signup:{open_step(request)}"


def progress(request: HttpRequest, step: SignupStep) -> dict[str, Any]:
    """Template context for "Step 2 of 4" and the link back."""
    steps = steps_of(request)
    place = steps.index(step) if step in steps else 0
    return {
        "step": place + 1,
        "steps": len(steps),
        "before": f"signup:{steps[place - 1]}" if place > 1 else "signup:register_siblings" if place else "",
    }
