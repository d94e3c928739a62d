"""Error pages: what happened, what to do next, and the reference number of the request in the log.

They need no database, session, or context processor. If even the template fails, ``LAST_RESORT`` is the page. They
show nothing from the request except its reference number and language.
"""

import logging
import sys
from http import HTTPStatus
from typing import Any

from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from practice.failure_messages import failure_message

logger = logging.getLogger(__name__)
RETRY_AFTER = 30  # seconds; enough for a database to restart
# The same sentence as in includes/went_wrong.html.
WENT_WRONG = gettext_lazy(
    "What you did last may not have been saved. Go back, reload the page and look before you do it again."
)

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
    """400 for a malformed request; 413 if it was only too large.

    Also for a session that ended during the request, for example by signing out in another tab. Then the view has
    already done its work.
    """
    if isinstance(exception, SessionInterrupted):
        return answer(request, 400, reason=_ended_while_working(request))
    return answer(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def _ended_while_working(request: HttpRequest) -> str | Promise:
    if saved(request, connection_lost=False) != "unknown":
        return ""
    return failure_message(request) or WENT_WRONG


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 without a reason. ``accounts.access.refuse`` gives reasons."""
    return answer(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with the same text whether the page, the record, or the surface does not exist."""
    return answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 for our own errors; 503 if the database cannot be reached or times out."""
    connection_lost = isinstance(sys.exception(), OperationalError | InterfaceError)
    # The view's own message is needed only if the outcome is unknown.
    words = failure_message(request) if saved(request, connection_lost=connection_lost) == "unknown" else ""
    if connection_lost:
        return answer(request, 503, retry_after=RETRY_AFTER, reason=words)
    return answer(request, 500, reason=words)


def answer(
    request: HttpRequest,
    status: int,
    *,
    retry_after: int = 0,
    reason: str | Promise = "",
    heading: str | Promise = "",
    template: str = "",
    **more: Any,
) -> HttpResponse:
    """The error page for this status, or another template with ``more``.

    ``heading`` and ``reason`` replace the page's own, if given.
    """
    reference = getattr(request, "reference", "")
    connection_lost = status == HTTPStatus.SERVICE_UNAVAILABLE
    context: dict[str, Any] = {"reference": reference, "heading": heading, "reason": reason}
    context["saved"] = saved(request, connection_lost=connection_lost)
    context["is_staff_page"] = _is_staff_page(request)
    context["csrf_token"] = _language_switch_token(request, status)
    context |= more
    try:
        with translation.override(_language(request)):
            page: str = render_to_string(template or f"{status}.html", context)
    except Exception:  # whatever fails, show an error page
        logger.exception("The error page could not be rendered")
        page = LAST_RESORT.format(reference=reference)
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    return HttpResponse(page, status=status, headers=headers)


def saved(request: HttpRequest, *, connection_lost: bool) -> str:
    """Whether this request saved its changes: ``nothing``, ``no``, or ``unknown``.

    *nothing*: the request changes nothing. *no*: it failed before it wrote, or everything was rolled back.
    *unknown*: some of it was committed, or the connection broke and the commit may have succeeded.
    """
    if request.method in {"GET", "HEAD"}:
        return "nothing"
    writes = getattr(request, "writes", None)  # None: the request failed before track_writes
    if writes is None or not writes.started:
        return "no"
    return "unknown" if writes.may_be_saved or connection_lost else "no"


def _language_switch_token(request: HttpRequest, status: int) -> str:
    """The CSRF token for the language switch, if the switch can work: its middleware ran, and nothing is down."""
    is_refusal = status < HTTPStatus.INTERNAL_SERVER_ERROR
    return get_token(request) if is_refusal and hasattr(request, "user") and not _is_staff_page(request) else ""


def _is_staff_page(request: HttpRequest) -> bool:
    match = getattr(request, "resolver_match", None)
    rule = getattr(match.func, "access_rule", "") if match else ""
    return bool(rule.startswith("staff"))


def _language(request: HttpRequest) -> str:
    """English on staff pages; otherwise the browser's language, found without session or database."""
    if _is_staff_page(request):
        return "en"
    # Set by ``practice.languages``, if the request got that far.
    return getattr(request, "LANGUAGE_CODE", "") or translation.get_language_from_request(request)
