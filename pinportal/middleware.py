"""The outermost middleware: each request gets a reference number and one log line, and must be UTF-8."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from time import perf_counter

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from pinportal import health
from pinportal.logs import current_request

logger = logging.getLogger(__name__)
REFERENCE_HEADER = "X-Request-ID"
# Families read it out on the phone, so no characters that look or sound alike. 39 bits.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8
UNREADABLE = "application/x-unreadable"  # see pinportal.wsgi


def _level(request: HttpRequest, response: HttpResponse) -> int:
    """DEBUG for static files and health checks, which would hide the other lines."""
    is_routine = request.path_info in health.PATHS or request.path_info.startswith(settings.STATIC_URL)
    return logging.DEBUG if is_routine and response.status_code < HTTPStatus.BAD_REQUEST else logging.INFO


def account_for_request(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give the request a reference number, for error pages, the response, and the log.

    No exception reaches this middleware: Django turns each into a response. A number sent by the client is ignored,
    because it could be that of another request.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.reference = get_random_string(REFERENCE_LENGTH, REFERENCE_ALPHABET)  # type: ignore[attr-defined]
        started = perf_counter()
        token = current_request.set(request)
        try:
            response = get_response(request)
            response.headers[REFERENCE_HEADER] = request.reference  # type: ignore[attr-defined]
            facts = {"status": response.status_code, "duration_ms": round((perf_counter() - started) * 1000, 1)}
            logger.log(_level(request, response), "answered", extra={"facts": facts})
            return response
        finally:
            current_request.reset(token)

    return middleware


def ignore_impossible_session(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Ignore a session cookie that Django cannot have made. PostgreSQL refuses to look for one with NUL in it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if not (key.isascii() and key.isalnum()):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return get_response(request)

    return middleware


def require_utf_8(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 415 if the body says that it is in another character set.

    Django would decode it as it says. Python has character sets that take seconds for 250 kB (punycode), and some
    that are none (hex), which would end in an error page. Every browser sends UTF-8, because our pages are.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() == "utf-8" and request.content_type != UNREADABLE:
            return get_response(request)
        return HttpResponse("Send text as UTF-8.", content_type="text/plain", status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)

    return middleware
