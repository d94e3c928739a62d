"""Middleware around every request: security headers, caching, and whether the request has written anything."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from pinportal import headers

GetResponse = Callable[[HttpRequest], HttpResponse]
WRITES = ("INSERT", "UPDATE", "DELETE")


def add_security_headers(get_response: GetResponse) -> GetResponse:
    """Add the security headers to every response, and forbid storing it, because any page may show patient data.

    Django's SecurityMiddleware adds some of them too, but not to responses that it makes itself. This middleware is
    outside of every other one that can respond or fail.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in headers.SAME_FOR_ALL.items():
            response.headers.setdefault(name, value)
        if request.is_secure() and settings.SECURE_HSTS_SECONDS:
            response.headers.setdefault("Strict-Transport-Security", headers.STRICT_TRANSPORT_SECURITY)
        is_static = request.path.startswith(settings.STATIC_URL) and response.status_code in {200, 206, 304}
        # A cookie is for one browser. A shared cache would hand it to others.
        cache_control = "" if response.cookies else getattr(response, "cache_control", "")
        if not is_static:
            response.headers["Cache-Control"] = cache_control or headers.CACHE_CONTROL
        if cache_control:
            response.headers.pop("Vary", None)  # the response is the same for everyone
        return response

    return middleware


def allow_caching(response: HttpResponse, cache_control: str) -> None:
    """Send this Cache-Control with a response that has no patient data, such as the practice's logo."""
    response.cache_control = cache_control  # type: ignore[attr-defined]


def track_writes(get_response: GetResponse) -> GetResponse:
    """Track on the request whether it has written anything, so that an error page can say what was saved."""

    def middleware(request: HttpRequest) -> HttpResponse:
        writes = Writes()
        request.writes = writes  # type: ignore[attr-defined]
        with connection.execute_wrapper(writes.watch):
            return get_response(request)

    return middleware


class Writes:
    """What a request has written to the database."""

    started = False  # a writing statement was sent
    may_be_saved = False  # something was committed, or may have been

    def watch(self, execute: Callable[..., Any], sql: Any, *arguments: Any) -> Any:
        """Look at each statement before it runs."""
        if str(sql).lstrip().upper().startswith(WRITES):
            self.started = True
            if connection.in_atomic_block:
                transaction.on_commit(self._committed)  # each time: rolling back a savepoint drops it
            else:
                self.may_be_saved = True
        return execute(sql, *arguments)

    def _committed(self) -> None:
        self.may_be_saved = True
