"""The steps of a registration, in their order, and which one comes next.

The terms come before the password: a password is never kept between two pages, so it is asked for last.
"""

from enum import StrEnum
from typing import Any

from django.http import HttpRequest

from portal.signup import proof
from practice import terms


class Step(StrEnum):
    """A step, by the name of its page."""

    PROOF = "register"  # PINs and birth dates, on as many pages as it takes
    YOU = "register_you"
    EMAIL = "register_email"
    TERMS = "register_terms"
    ACCOUNT = "register_account"


def road(request: HttpRequest) -> list[Step]:
    """The steps there are: terms only where the practice has some; one who is signed in only adds the children."""
    if request.user.is_authenticated:
        return [Step.PROOF, Step.ACCOUNT]
    return [step for step in Step if step is not Step.TERMS or terms.current()]


def open_step(request: HttpRequest) -> Step:
    """The first step after the proof that waits for an answer."""
    if request.user.is_authenticated:
        return Step.ACCOUNT
    if not proof.answered(request, "is_guardian"):
        return Step.YOU
    if not proof.answered(request, "email"):
        return Step.EMAIL
    newest = terms.current()
    if newest and proof.answered(request, "terms") != newest.number:
        return Step.TERMS
    return Step.ACCOUNT


def next_page(request: HttpRequest) -> str:
    """The name of the page that goes on."""
    return f"signup:{open_step(request)}"


def progress(request: HttpRequest, step: Step) -> dict[str, Any]:
    """For the line that says "Step 2 of 4", and the way back."""
    steps = road(request)
    place = steps.index(step) if step in steps else 0
    return {
        "step": place + 1,
        "steps": len(steps),
        "before": f"signup:{steps[place - 1]}" if place > 1 else "signup:register_siblings" if place else "",
    }
