"""The WSGI entry point, for gunicorn."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pinportal.settings")
django = get_wsgi_application()

from pinportal.middleware import UNREADABLE  # noqa: E402  # needs the settings


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django, except that it is not shown a Content-Type with encoded parts (boundary*=…), which no browser sends.

    Django reads it before any middleware, and an unknown encoding would be an error that nothing catches.
    """
    if "*" in environ.get("CONTENT_TYPE", "").partition(";")[2]:
        environ["CONTENT_TYPE"] = UNREADABLE
    return django(environ, start_response)
