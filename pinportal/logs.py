"""Format log lines so that they contain no names or other patient data.

A line has only the fields chosen here. Messages of other packages can quote a URL, a header, or a value, and messages
of exceptions a whole row ("Key (email)=(…) already exists"). So only the template of such a message is logged, and
only the type, code, and place of an exception.
"""

import errno
import json
import logging
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest
from django.utils.functional import empty

from audit.client import client_address

ROOT = Path(__file__).resolve().parent.parent

current_request: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)


class JsonFormatter(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_line(record), default=str)  # in ASCII: no character can begin a new line


class TextFormatter(logging.Formatter):
    """The same facts for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        line = _line(record)
        frames = line.pop("error", [])
        head = " ".join(" ".join(line.pop(name).split()) for name in ("time", "level", "logger", "message"))
        words = [head, *(f"{name}={value}" for name, value in line.items() if value not in {None, ""})]
        return "\n".join([" ".join(words), *(f"    {json.dumps(each)}" for each in frames)])


def _line(record: logging.LogRecord) -> dict[str, Any]:
    line: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": _message(record),
    }
    # Django logs some messages after our middleware has returned.
    if request := current_request.get() or getattr(record, "request", None):
        line |= _of_request(request)
    line |= getattr(record, "facts", {})
    is_refusal = record.name.startswith("django.security")  # a wrong host or form, not our error
    if record.exc_info and (error := record.exc_info[1]) and not is_refusal:
        line["error"] = [_of_error(each) for each in _chain(error)]
    return line


def _message(record: logging.LogRecord) -> str:
    """Our own message in full; of other packages only the part that cannot quote a request."""
    room = record.name.split(".")[0]
    if room in settings.OUR_ROOMS:
        return record.getMessage()
    if status := getattr(record, "status_code", None):  # django.request, django.security: the message has the path
        return HTTPStatus(status).phrase
    if room == "gunicorn":  # its messages are about the server, up to the word "request"
        before, about_request, _ = record.getMessage().partition("request")
        return before + about_request
    return str(record.msg)


def _of_request(request: HttpRequest) -> dict[str, Any]:
    match = request.resolver_match
    return {
        "request": getattr(request, "reference", ""),
        "method": request.method,
        "route": match.view_name if match else "",
        "user": _user_number(request),
        "address": client_address(request),
    }


def _user_number(request: HttpRequest) -> int | None:
    """The signed-in user's number, if it is already loaded: logging makes no query."""
    user = vars(request).get("user")
    return None if getattr(user, "_wrapped", user) is empty else getattr(user, "pk", None)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and its causes, latest first."""
    while error:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _of_error(error: BaseException) -> dict[str, Any]:
    facts: dict[str, Any] = {"type": f"{type(error).__module__}.{type(error).__qualname__}"}
    if isinstance(error, OSError) and error.errno:
        facts["code"] = errno.errorcode.get(error.errno, error.errno)
    if isinstance(error, DatabaseError):
        facts |= _of_database_error(error)
    frames = traceback.extract_tb(error.__traceback__)
    facts["at"] = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return facts


def _of_database_error(error: BaseException) -> dict[str, Any]:
    """SQLSTATE and the constraint's name. The rest of the message can quote a row."""
    driver = error.__cause__ or error
    code = getattr(driver, "pgcode", None) or getattr(driver, "sqlite_errorname", None)
    diagnosis = getattr(driver, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None)
    if getattr(driver, "sqlite_errorname", "").startswith("SQLITE_CONSTRAINT"):
        # SQLite names columns or an index here, never values.
        constraint = str(driver).partition("constraint failed: ")[2].removeprefix("index ").strip("'")
    return {name: value for name, value in {"code": code, "constraint": constraint}.items() if value}


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else filename
