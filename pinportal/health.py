"""Health checks for a load balancer: is the process alive, and is it ready for requests?

Both are answered before the checks of host name, scheme, and session: monitoring uses an IP address without TLS and
must work while the database is down. The response names the failed part only; the reason is in the log.
"""

import logging
import tempfile
from collections.abc import Callable
from time import monotonic

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, resolve
from django.views.decorators.http import require_safe

from accounts.access import public_page
from portal.pins import numbers, sealing
from portal.sheets import sheet
from practice import version

logger = logging.getLogger(__name__)
FAILURE_KEPT = 5  # seconds


class NotReady(Exception):
    """A part responds, but wrongly. ``str()`` says why, for the log."""


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    if earlier := version.earlier_version_of_database():
        raise NotReady(version.cannot_use(earlier))
    if pending := version.missing_migrations():
        raise NotReady(f"The database lacks {len(pending)} migrations. Run: manage.py migrate")


def _keys() -> None:
    number = numbers.generate()
    if any(sealing.unseal(sealing.seal(number, key)) != number for key in sealing.KEYS):
        raise NotReady("A PIN does not come back from its sealed copy.")


def _pdf() -> None:
    if not sheet.test_page().startswith(b"%PDF"):
        raise NotReady("The test page is not a PDF.")


def _disk() -> None:
    with tempfile.TemporaryFile(dir=settings.VAR_DIR) as file:
        file.write(bytes(4096))
        file.flush()


# Each part, and the seconds for which this process keeps a good result. So constant requests cost next to nothing:
# one PDF in ten minutes, one look at the migrations in one minute.
PARTS: dict[str, tuple[Callable[[], None], int]] = {
    "database": (_database, 2),
    "migrations": (_migrations, 60),
    "keys": (_keys, 60),
    "pdf": (_pdf, 600),
    "disk": (_disk, 10),
}
_known: dict[str, tuple[bool, float]] = {}  # by part: whether it works, and until when that result is kept


def _works(name: str) -> bool:
    check, kept = PARTS[name]
    works, until = _known.get(name, (False, 0.0))
    if monotonic() < until:
        return works
    try:
        check()
    except Exception as error:  # any failure means that the part is not ready
        works, kept = False, FAILURE_KEPT
        # Only our own words: another exception's message can quote a row. The log has its type and place.
        logger.exception("not ready: %s%s", name, f". {error}" if isinstance(error, NotReady) else "")
    else:
        works = True
    _known[name] = (works, monotonic() + kept)
    return works


@require_safe
@public_page
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive. Checks nothing else."""
    return JsonResponse({"process": "ok"})


@require_safe
@public_page
def readyz(request: HttpRequest) -> HttpResponse:
    """200 if everything that pages need works; otherwise 503 with the failed parts."""
    parts = {name: _works(name) for name in PARTS}
    words = {name: "ok" if works else "failed" for name, works in parts.items()}
    return JsonResponse(words, status=200 if all(parts.values()) else 503)


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
PATHS = {f"/{each.pattern}" for each in urlpatterns}


def answer_health_checks(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that answers these two URLs before host, scheme, session, and sign-in are checked."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info not in PATHS:
            return get_response(request)
        request.resolver_match = match = resolve(request.path_info)
        response: HttpResponse = match.func(request)
        return response

    return middleware
