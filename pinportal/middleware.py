"""The outermost layer: every request gets a reference number and one line in the log."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from time import perf_counter

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from pinportal import health
from pinportal.logs import current_request

logger = logging.getLogger(__name__)
REFERENCE_HEADER = "X-Request-ID"
# Read out on the telephone: nothing that looks or sounds like something else. 39 bits.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8


def account_for_request(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give the request its reference number, which stands on error pages, in the answer and in the log.

    What comes from below is always an answer: Django makes one of every exception. A number that the
    client sends is ignored, as it could name somebody else's request.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.reference = get_random_string(REFERENCE_LENGTH, REFERENCE_ALPHABET)  # type: ignore[attr-defined]
        started = perf_counter()
        token = current_request.set(request)
        try:
            response = get_response(request)
            response.headers[REFERENCE_HEADER] = request.reference  # type: ignore[attr-defined]
            facts = {"status": response.status_code, "duration_ms": round((perf_counter() - started) * 1000, 1)}
            # Whoever watches us asks every few seconds; its lines would bury the others.
            is_watching = request.path_info in health.PATHS and response.status_code == HTTPStatus.OK
            logger.log(logging.DEBUG if is_watching else logging.INFO, "answered", extra={"facts": facts})
            return response
        finally:
            current_request.reset(token)

    return middleware
