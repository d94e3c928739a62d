"""The middleware that enforces the limits of sessions (the rule: ``accounts.sessions.limits``)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.sessions import kept_forms, limits


class SessionLimits:
    """End sessions whose time is over, and answer the users who were signed out.

    Every response to a signed-in user has the header ``Session-Left`` with the seconds left, so that the page's
    clock follows the server's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.ended_session = limits.enforce(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if isinstance(request.user, User) and not limits.has_started(request.session):
            limits.start(request.session)
        if clock := limits.clock_of(request):
            response.headers["Session-Left"] = f"{clock.left:.1f} {clock.ending}"
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Answer a signed-out user before ``LoginRequiredMiddleware`` redirects to the sign-in page."""
        if request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if "HX-Request" in request.headers:
            # htmx would put the sign-in page into a part of this page. session.js blanks the screen instead.
            return HttpResponse(status=401, headers={"HX-Trigger": "session:ended", "HX-Reswap": "none"})
        ended: limits.Ended | None = request.ended_session  # type: ignore[attr-defined]
        if ended and ended.user and request.method == "POST" and hasattr(view, "access_rule"):
            return kept_forms.offer(request, user=ended.user, why=ended.in_words)
        if ended:
            messages.warning(request, ended.in_words)
        return None
