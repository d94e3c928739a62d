"""``python -m bench.limits``: measure what a client that guesses PINs can learn, and how much it slows the practice.

1. How long a response takes: for each way in which a PIN can be wrong, and for a right one, in turns. The wrong ones
   must take equally long.
2. How fast the front desk's pages are on two gunicorn processes: alone, while eight clients guess PINs from one
   address, and while each guess comes from another address.

It uses the database of DATABASE_URL, or SQLite. Times on a shared machine vary, so compare them within one run.
"""

import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.db import connection  # noqa: E402  # Django must be set up before its parts are imported
from django.urls import reverse  # noqa: E402

from audit.trail import Actor  # noqa: E402
from patients.ages import today  # noqa: E402
from tests import people, servers  # noqa: E402
from tests.portal import steps  # noqa: E402
from tests.portal.pins import wrong_pins  # noqa: E402

ROUNDS = 300  # responses of each kind
SPRAYERS = 8
SECONDS = 20  # of each situation


def quartiles(taken: list[float]) -> str:
    low, middle, high = statistics.quantiles(taken, n=4)
    return f"{middle:>9.2f}{low:>9.2f}{high:>9.2f}"


def answer_times() -> None:
    person = people.contact("Kay", "Moore")
    kinds, right = wrong_pins.of_each_kind(person, by=Actor(people.staff("Dana Ortiz", "front_desk"), "192.0.2.1"))
    taken = wrong_pins.times({**kinds, "right": right}, rounds=ROUNDS)
    print(f"{f'answer, n = {ROUNDS}':<22}{'median':>9}{'25 %':>9}{'75 %':>9}  ms")
    for kind, each in taken.items():
        print(f"  {kind:<20}{quartiles(each)}")
    medians = [statistics.median(each) for kind, each in taken.items() if kind != "right"]
    print(f"  wrong ones differ by {max(medians) - min(medians):.2f} ms at most")


def desk_alone_and_sprayed(log: Path) -> None:
    session = people.signed_in(people.staff("Sam Okafor", "front_desk")).cookies["sessionid"].value
    print(f"\n{'front desk, 2 processes':<34}{'pages/s':>9}{'median':>9}{'p95':>9}  ms   {'tries/s':>8}  answers")
    for situation, proxies in (("alone", None), ("8 clients, one address", "0"), ("8 clients, ever others", "1")):
        with servers.server(log, WEB_CONCURRENCY="2", TRUSTED_PROXIES=proxies or "0") as server:
            pages, tries = measured(server, session, sprayers=SPRAYERS if proxies else 0)
        p95 = statistics.quantiles(pages, n=20)[-1]
        print(
            f"  {situation:<32}{len(pages) / SECONDS:>9.1f}{statistics.median(pages):>9.1f}{p95:>9.1f}"
            f"       {sum(tries.values()) / SECONDS:>8.1f}  {dict(tries)}"
        )


def measured(server: servers.Server, session: str, *, sprayers: int) -> tuple[list[float], Counter[int]]:
    """Milliseconds of each page that the desk opened, and how the tries were answered, while the time runs."""
    over, pages, tries = threading.Event(), [], Counter()
    threads = [threading.Thread(target=spray, args=(server, each, over, tries)) for each in range(sprayers)]
    for thread in threads:
        thread.start()
    http, until = HTTPConnection("127.0.0.1", server.port), time.monotonic() + SECONDS
    while time.monotonic() < until:
        started = time.perf_counter()
        http.request("GET", reverse("patients:search"), headers={"Cookie": f"sessionid={session}"})
        answer = http.getresponse()
        answer.read()
        if answer.status != HTTPStatus.OK:
            sys.exit(f"The desk was answered {answer.status}: nothing was measured.")
        pages.append((time.perf_counter() - started) * 1000)
    over.set()
    for thread in threads:
        thread.join()
    return pages, tries


def spray(server: servers.Server, number: int, over: threading.Event, tries: Counter[int]) -> None:
    chance, token = random.Random(number), "a" * 32  # noqa: S311  # not a secret
    while not over.is_set():
        guess = steps.guesses(1, first=chance.randrange(10**11))[0]
        sent = steps.typed(guess, today(), csrfmiddlewaretoken=token)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"csrftoken={token}",
            "X-Forwarded-For": ".".join(str(chance.randrange(1, 255)) for _ in range(4)),
        }
        http = HTTPConnection("127.0.0.1", server.port)
        http.request("POST", "/register/", urlencode(sent), headers)
        answer = http.getresponse()
        answer.read()
        tries[answer.status] += 1
        http.close()


def main() -> None:
    database = connection.creation.create_test_db(verbosity=0)
    try:
        print(f"Database: {connection.vendor}\n")
        answer_times()
        with tempfile.TemporaryDirectory() as directory:
            desk_alone_and_sprayed(Path(directory) / "server.log")
    finally:
        connection.creation.destroy_test_db(database, verbosity=0)


if __name__ == "__main__":
    main()
