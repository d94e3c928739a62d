"""The layer that holds every request to the limits of sessions (the rule: ``accounts.sessions.limits``)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.sessions import kept_forms
from accounts.sessions import limits as sessions


class SessionLimits:
    """Ends sessions whose time is over, and answers whoever finds theirs ended.

    Whatever a signed-in user gets says in the header ``Session-Left`` how many seconds are left, so that the
    page's clock goes by the server's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.ended_session = sessions.hold(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if isinstance(request.user, User) and not sessions.has_begun(request.session):
            sessions.begin(request.session)
        if clock := sessions.clock_of(request):
            response.headers["Session-Left"] = f"{clock.left:.1f} {clock.ending}"
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Before ``LoginRequiredMiddleware`` leads to the sign-in page: whoever needs another answer than that."""
        if request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if "HX-Request" in request.headers:
            # Not the sign-in page, which would land in a part of the page: session.js blanks the screen.
            return HttpResponse(status=401, headers={"HX-Trigger": "session:ended", "HX-Reswap": "none"})
        ended: sessions.Ended | None = request.ended_session  # type: ignore[attr-defined]
        if ended and ended.user and request.method == "POST" and hasattr(view, "access_rule"):
            return kept_forms.offer(request, user=ended.user, why=ended.in_words)
        if ended:
            messages.warning(request, ended.in_words)
        return None
