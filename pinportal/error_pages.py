"""The error pages: what happened, what to do next, and a number by which the log has it.

They need neither database nor session nor context processor, and where even the template fails there
is a page that stands in this file. Nothing of the request but its number and language is in them.
"""

import logging
import sys
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise

from practice.failure_messages import failure_message

logger = logging.getLogger(__name__)
RETRY_AFTER = 30  # seconds; a database that restarts is back by then

LAST_RESORT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Something went wrong</title></head>
<body><main><h1>Something went wrong on our side</h1>
<p>What you did last may not have been saved. Go back, reload the page and look before you do it again.</p>
<p lang="es">Algo salió mal de nuestro lado. Es posible que lo último que hizo no se haya guardado. Regrese, vuelva
a cargar la página y revise antes de hacerlo otra vez.</p>
<p>Reference number / <span lang="es">número de referencia</span>: <strong>{reference}</strong></p></main></body></html>
"""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: not understood; 413 where it was only too much."""
    return answer(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 where nothing more is known; ``accounts.access.refuse`` gives reasons."""
    return answer(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, in the same words whether the page, the record or the surface is not there."""
    return answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our mistake; 503 where it is the database that cannot be reached or does not get through."""
    connection_lost = isinstance(sys.exception(), OperationalError | InterfaceError)
    # What the view itself has to say is needed only where nothing can be said for certain.
    words = failure_message(request) if saved(request, connection_lost=connection_lost) == "unknown" else ""
    if connection_lost:
        return answer(request, 503, retry_after=RETRY_AFTER, reason=words)
    return answer(request, 500, reason=words)


def answer(
    request: HttpRequest, status: int, *, retry_after: int = 0, reason: str | Promise = "", heading: str | Promise = ""
) -> HttpResponse:
    """The error page of this status, with ``heading`` and ``reason`` in place of its own where they are given."""
    reference = getattr(request, "reference", "")
    connection_lost = status == HTTPStatus.SERVICE_UNAVAILABLE
    context: dict[str, Any] = {"reference": reference, "heading": heading, "reason": reason}
    context["saved"] = saved(request, connection_lost=connection_lost)
    context["is_staffs"] = _is_staffs(request)
    context["csrf_token"] = _token_of_switch(request, status)
    try:
        with translation.override(_language(request)):
            page: str = render_to_string(f"{status}.html", context)
    except Exception:  # whatever it is, an error page must come
        logger.exception("The error page could not be drawn")
        page = LAST_RESORT.format(reference=reference)
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    return HttpResponse(page, status=status, headers=headers)


def saved(request: HttpRequest, *, connection_lost: bool) -> str:
    """What can be said for certain of what this request was to save: ``nothing``, ``no`` or ``unknown``.

    *nothing*: it only looked. *no*: it had not begun to write when it failed, or all of it was undone.
    Otherwise nobody can say: of a connection that breaks, it may have been the commit that got through.
    """
    if request.method in {"GET", "HEAD"}:
        return "nothing"
    writing = getattr(request, "writing", None)  # none: it did not get as far
    if writing is None or not writing.begun:
        return "no"
    return "unknown" if writing.stands or connection_lost else "no"


def _token_of_switch(request: HttpRequest, status: int) -> str:
    """For the language switch, where it can work: the request got through the layers it needs, and nothing is down."""
    is_refusal = status < HTTPStatus.INTERNAL_SERVER_ERROR
    return get_token(request) if is_refusal and hasattr(request, "user") and not _is_staffs(request) else ""


def _is_staffs(request: HttpRequest) -> bool:
    match = getattr(request, "resolver_match", None)
    rule = getattr(match.func, "access_rule", "") if match else ""
    return bool(rule.startswith("staff"))


def _language(request: HttpRequest) -> str:
    """English on the staff's pages; else what the browser asks for, found without session or database."""
    if _is_staffs(request):
        return "en"
    # As settled for this request (``practice.languages``), if it had got as far.
    return getattr(request, "LANGUAGE_CODE", "") or translation.get_language_from_request(request)
