"""The real server with the project's code, and an HTTP client to use it."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.cookiejar import Cookie, CookieJar
from pathlib import Path

from tests import servers
from tests.faults.databases import wait_until
from tests.servers import ROOT

SECRET = "x" * 32  # of the CSRF cookie

PEOPLE = """
import json
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from audit.trail import Actor
from tests import people
from tests.portal import days, steps
from portal import worklist
from portal.desk import runs
from patients.ages import today
desk = people.staff("Dana Ortiz", "front_desk")
by, rivera, oneil = Actor(desk, "192.0.2.1"), people.make_rivera(), people.make_oneil()
children = rivera.mateo, rivera.sofia
luis = [rivera.link(rivera.luis, child) for child in children]
numbers = steps.issued(by, *luis)
maeve = [oneil.link(oneil.maeve, child) for child in oneil.children]
steps.issued(by, *maeve)
days.families(6)
run = runs.plan(day=today(), families=worklist.read(today()).families, by=by)
print(json.dumps({
    "session": people.signed_in(desk).session.session_key,
    "patient": rivera.mateo.pk,
    "ana": [rivera.link(rivera.ana, child).pk for child in children],
    "maeve": [link.pk for link in maeve],
    "luis": [link.pk for link in luis],
    "pins": [numbers[child.given_name] for child in children],
    "born": [[child.birth_date.month, child.birth_date.day, child.birth_date.year] for child in children],
    "run": run.pk,
}))
"""


def surroundings(url, **more):
    """The environment of the server and commands: this database, and short time limits so that tests are quick."""
    limits = {"DATABASE_LOCK_SECONDS": "2", "DATABASE_STATEMENT_SECONDS": "20"}
    return {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"} | limits | more


def python(url, *arguments, **more):
    """Run Python in the project on this database."""
    return subprocess.run(  # noqa: S603
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | surroundings(url, **more),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def populate(url):
    """Migrate the database, add the people, and return the numbers that tests need."""
    done = python(url, "-c", PEOPLE)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Site:
    """gunicorn with one worker."""

    def __init__(self, url, log, **more):
        self.master, self.port = servers.started(log, **surroundings(url, **more))
        self.address = f"http://127.0.0.1:{self.port}"
        try:
            wait_until(self._answers)
        except AssertionError:
            self.stop()
            raise

    def _answers(self):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.address}/static/favicon.svg") as answer:  # noqa: S310
            return answer.status == 200
        return False

    @property
    def workers(self):
        children = Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children").read_text()
        return [int(number) for number in children.split()]

    def kill_worker(self):
        """``kill -9``; gunicorn makes a new one."""
        (worker,) = self.workers
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: self.workers and self.workers != [worker] and self._answers())

    def stop(self):
        for worker in self.workers:
            os.kill(worker, signal.SIGKILL)  # one that waits for a lock would not listen
        self.master.kill()
        self.master.wait(timeout=120)

    def browser(self, session=""):
        return Browser(self.address, session)


@dataclass(frozen=True)
class Answer:
    """The response; status 0 if there was none."""

    status: int
    body: bytes = b""

    @property
    def text(self):
        return self.body.decode()


class Browser:
    """Cookies, forms, and redirects, as in a browser."""

    def __init__(self, address, session):
        self.address, self.cookies = address, CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self._cookie("csrftoken", SECRET)
        if session:
            self._cookie("sessionid", session)

    def _cookie(self, name, value):
        known = {"domain": "127.0.0.1", "path": "/", "secure": False, "expires": None, "discard": True, "version": 0}
        specified = {"port_specified": False, "domain_specified": False, "path_specified": True}
        more = {"domain_initial_dot": False, "comment": None, "comment_url": None, "rest": {}}
        self.cookies.set_cookie(Cookie(name=name, value=value, port=None, **known, **specified, **more))

    def get(self, path):
        return self._ask(path, None)

    def post(self, path, data):
        fields = {"csrfmiddlewaretoken": SECRET, **data}
        return self._ask(path, urllib.parse.urlencode(fields, doseq=True).encode())

    def _ask(self, path, body):
        try:
            with self.opener.open(self.address + path, body, timeout=120) as answer:
                return Answer(answer.status, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read())
        except (urllib.error.URLError, http.client.HTTPException, ConnectionError):
            return Answer(0)
