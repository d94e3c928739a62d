"""What is wrapped around every request."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from pinportal import headers

GetResponse = Callable[[HttpRequest], HttpResponse]
WRITES = ("INSERT", "UPDATE", "DELETE")


def protective_headers(get_response: GetResponse) -> GetResponse:
    """The headers of every answer, and no storing of anything but static files (patient data!).

    Django's SecurityMiddleware sets some of them too, but not where it is itself what answers or fails;
    this one stands outside of all that can.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in headers.SAME_FOR_ALL.items():
            response.headers.setdefault(name, value)
        if request.is_secure() and settings.SECURE_HSTS_SECONDS:
            response.headers.setdefault("Strict-Transport-Security", headers.STRICT_TRANSPORT_SECURITY)
        is_static = request.path.startswith(settings.STATIC_URL) and response.status_code in {200, 206, 304}
        # A cookie is for one browser: kept between here and there, the end of one session would end everybody's.
        kept = "" if response.cookies else getattr(response, "kept", "")
        if not is_static:
            response.headers["Cache-Control"] = kept or headers.CACHE_CONTROL
        if kept:
            response.headers.pop("Vary", None)  # it is the same for everybody
        return response

    return middleware


def keep(response: HttpResponse, how: str) -> None:
    """Have this answer kept, which is nobody's secret: the practice's logo is. ``how``: its Cache-Control."""
    response.kept = how  # type: ignore[attr-defined]


def follow_writes(get_response: GetResponse) -> GetResponse:
    """Note on the request how far its writing has come, so that an error page can say what became of it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        writing = Writing()
        request.writing = writing  # type: ignore[attr-defined]
        with connection.execute_wrapper(writing.watch):
            return get_response(request)

    return middleware


class Writing:
    """How far a request has come with writing to the database."""

    begun = False  # something was sent to be written
    stands = False  # something was written for good, or may have been

    def watch(self, execute: Callable[..., Any], sql: Any, *arguments: Any) -> Any:
        """Look at each statement on its way."""
        if str(sql).lstrip().upper().startswith(WRITES):
            self.begun = True
            if connection.in_atomic_block:
                transaction.on_commit(self._committed)  # each time: a savepoint that is undone forgets it
            else:
                self.stands = True
        return execute(sql, *arguments)

    def _committed(self) -> None:
        self.stands = True
