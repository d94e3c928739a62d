"""What a view tells the user when the database fails during a change (it is down, too slow, or full).

If the connection breaks during the commit, nobody knows whether the change was saved. So a view that changes
something states what is true in both cases and what to do next. The error page shows this message unless it knows
for certain what was saved (``pinportal.error_pages.saved``).
"""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest
from django.utils.functional import Promise

View = TypeVar("View", bound=Callable[..., object])


def when_it_fails(words: str | Promise) -> Callable[[View], View]:
    """Set the view's message. It must be true whether or not the change was saved."""

    def decorate(view: View) -> View:
        view.when_it_fails = words  # type: ignore[attr-defined]
        return view

    return decorate


def failure_message(request: HttpRequest) -> str | Promise:
    """The message of the view that handles this request, or ""."""
    words: str | Promise = getattr(request.resolver_match.func, "when_it_fails", "") if request.resolver_match else ""
    return words
