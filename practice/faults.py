"""What a view has to say when the database leaves it unfinished (it is down, too slow, full).

Nobody may be left guessing. Where a connection breaks during the commit not even the database's client
knows what became of it; so a view that changes something says here what holds in either case, and what
to do next. The error page takes this in place of its own sentence, unless it is certain
itself (``pinportal.error_pages.saved``).
"""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest
from django.utils.functional import Promise

View = TypeVar("View", bound=Callable[..., object])


def when_it_fails(words: str | Promise) -> Callable[[View], View]:
    """Note on the view what to tell whoever waits for its answer. True whether or not it was saved."""

    def decorate(view: View) -> View:
        view.when_it_fails = words  # type: ignore[attr-defined]
        return view

    return decorate


def words_for(request: HttpRequest) -> str | Promise:
    """What the view of this request has to say; empty where it says nothing."""
    words: str | Promise = getattr(request.resolver_match.func, "when_it_fails", "") if request.resolver_match else ""
    return words
