"""Real servers: gunicorn with the project's own configuration, on a database that a test names."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from django.db import connection

ROOT = Path(__file__).parent.parent
STARTS_WITHIN = 120  # seconds


class Server:
    """One gunicorn, which shares only the database with others."""

    def __init__(self, port: int) -> None:
        self.port = port

    def request(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, dict[str, str]]:
        """Status, text and headers of the answer."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=120)) as http:
            http.request(method, path, body or None, {key.replace("_", "-"): value for key, value in headers.items()})
            answer = http.getresponse()
            return answer.status, answer.read().decode(), dict(answer.getheaders())

    def post_form(self, path: str, fields: dict[str, object], **headers: str) -> tuple[int, str, dict[str, str]]:
        """Open the page for its token, as a browser does, then send the form."""
        status, _page, opened = self.request("GET", path)
        assert status == 200
        token = re.search(r"csrftoken=(\w+)", opened["Set-Cookie"])
        assert token
        form = urlencode({**fields, "csrfmiddlewaretoken": token[1]})
        sent = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={token[1]}"}
        return self.request("POST", path, form, **sent, **headers)


@contextmanager
def server(log: Path, **settings: str) -> Iterator[Server]:
    """A server that has started, until it is stopped. What it says goes to that file.

    ``settings``: of its surroundings, such as TRUSTED_PROXIES="1".
    """
    process, port = started(log, DATABASE_URL=_database_url(), **settings)
    try:
        yield Server(port)
    finally:
        process.terminate()
        process.wait(timeout=120)


def started(log: Path, **settings: str) -> "tuple[subprocess.Popen[bytes], int]":
    """A gunicorn with one worker, unless the settings say otherwise, that has begun to listen; and its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "pinportal/gunicorn.py", "pinportal.wsgi"]
    surroundings = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "BIND": f"127.0.0.1:{port}",
        "WEB_CONCURRENCY": "1",
    }
    with log.open("ab") as said:
        process = subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, env=os.environ | surroundings | settings, stdout=said, stderr=said
        )
    try:
        _wait_for(port, process, log)
    except AssertionError:
        process.kill()
        process.wait(timeout=120)
        raise
    return process, port


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(f"The server did not start:\n{log.read_text()}")


def _database_url() -> str:
    """That of the tests' own database, on the server that DATABASE_URL names."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
