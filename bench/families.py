"""``make report``: what registering costs a family, measured, and written to docs/families.md with its pictures.

A real server with compressed files, Chromium as a phone of 360 by 740 px on WebPageTest's "3G Fast", a mother with
three children and a printed sheet: from the scan of its QR code to My Children. Then every page and state of
tests/browser/states.py: bytes, axe's verdict, reading grade. Pictures are taken without the slow connection.

The seconds of a person come from a model, because no person was timed. The machine is measured. The model's figures:
M = 1.35 s and P = 1.1 s of the Keystroke-Level Model (Card, Moran and Newell, CACM 23(7), 1980, 396-410; P was found
with a mouse), 36.2 words a minute typed on phones by 37,370 people (Palin et al., MobileHCI 2019), and 238 words a
minute for silent reading of English non-fiction (Brysbaert, J. Memory and Language 109, 2019, 104047).
"""

import os
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.served")
os.environ.setdefault("STATIC_ROOT", "var/static")
os.environ.setdefault("LOG_LEVEL", "WARNING")
django.setup()

from axe_playwright_python.sync_playwright import Axe  # noqa: E402  # Django must be set up before its parts are imported
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright  # noqa: E402

from audit import append_only, chains  # noqa: E402
from bench import families_page  # noqa: E402
from tests import families, network, reading, servers  # noqa: E402
from tests.accessibility import RULES  # noqa: E402
from tests.browser.states import LEFT_OUT, STATES, WRONG, Visit, prepared  # noqa: E402
from tests.browser.visit import touch  # noqa: E402

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
WIDTHS = (360, 768, 1280)
LANGUAGES = {"en": "en-US", "es": "es-US"}
ROUNDS = 5  # cold loads of the registration page; the median counts
# Seconds. M, a glance to find the next field, and P, to point at it: KLM. K: 36.2 words of five letters a minute.
GLANCE, TAP, KEY, WORD = 1.35, 1.1, 60 / (36.2 * 5), 60 / 238


@dataclass
class Thumb(families.Hands):
    """Types and taps as on a phone, and counts."""

    taps: int = 0
    keys: int = 0
    fields: int = 0

    def write(self, place: Locator, text: str) -> None:
        self.fields += 1
        self.press(place)
        self.keys += len(text)
        place.press_sequentially(text)

    def press(self, place: Locator) -> None:
        self.taps += 1
        place.tap()


@dataclass
class Step:
    """One page on the way, and what it took to get past it."""

    title: str
    words: int
    fields: int
    taps: int
    keys: int
    requests: int
    size: int  # bytes over the wire
    machine: float  # seconds until the page was usable

    @property
    def person(self) -> float:
        """Seconds, by the model."""
        return self.words * WORD + self.fields * GLANCE + self.taps * TAP + self.keys * KEY


@dataclass
class Look:
    """One page or state, judged."""

    name: str
    title: str
    first: tuple[int, int]  # requests, bytes with nothing kept
    later: tuple[int, int]  # the same again
    shift: float
    grade: float | None  # none: no sentence on it
    passed: int  # rules of axe
    failed: list[str]


@dataclass
class Report:
    """All measurements."""

    loads: dict[str, dict[str, float]] = field(default_factory=dict)
    walks: dict[str, list[Step]] = field(default_factory=dict)  # by how the family signs in afterwards
    looks: list[Look] = field(default_factory=list)
    load: tuple[float, float] = (0, 0)  # of the machine in the last minute, before and after
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)  # page -> language -> name without width


# --- Surroundings --------------------------------------------------------------------------------------


@contextmanager
def browser() -> Iterator[Browser]:
    found = subprocess.run(["bin/find-tool", "chromium"], capture_output=True, text=True, check=False).stdout.strip()
    with sync_playwright() as playwright:
        args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
        yield playwright.chromium.launch(executable_path=found or None, args=args)


def a_practice_with_a_sheet(page: Page, url: str, *, children: int = 2) -> Visit:
    """The same in a database that has been emptied before."""
    if connection.vendor == "sqlite":
        append_only.remove(connection)  # SQLite empties tables by DELETE, which the audit trail refuses
    call_command("flush", interactive=False, verbosity=0)
    append_only.install(connection)
    chains.make()
    return prepared(page, url, settings, children=children)


def phone(chromium: Browser, language: str = "en") -> BrowserContext:
    context = chromium.new_context(**PHONE, locale=LANGUAGES[language], timezone_id="America/New_York")
    context.set_default_timeout(20_000)
    return context


# --- Measuring -----------------------------------------------------------------------------------------


def loads(chromium: Browser, url: str) -> dict[str, dict[str, float]]:
    """Milliseconds until the registration page is usable, with nothing kept, by wire."""
    fast, slow = network.FAST_3G, network.SLOW_4G
    wires = {
        "no limit": (None, 1),
        "3G Fast (1.6 Mbit/s, 150 ms)": (fast, 1),
        "3G Fast, processor four times slower": (fast, 4),
        "Slow 4G of DevTools (1.4 Mbit/s, 563 ms)": (slow, 1),
    }
    found = {}
    for name, (speed, slower) in wires.items():
        seen = []
        for _ in range(ROUNDS):
            context = phone(chromium)
            page = context.new_page()
            network.listen(page, speed=speed)
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
            page.goto(url + reverse("signup:register"))
            seen.append(network.vitals(page))
            context.close()
        found[name] = {key: statistics.median(each[key] for each in seen) for key in ("first", "largest", "usable")}
        found[name]["shift"] = max(each["shift"] for each in seen)
    return found


def walk(chromium: Browser, url: str, *, passkey: bool = False) -> list[Step]:
    """From the scan to My Children, on the slow wire; with a passkey or a password at the end."""
    context = phone(chromium)
    page = context.new_page()
    if passkey:
        touch(page)
    visit = a_practice_with_a_sheet(page, url, children=3)
    visit.family.takes_passkey = passkey
    traffic, found, goal = network.listen(page, speed=network.FAST_3G), [], reverse("family:children")
    page.goto(url + visit.family.address)
    while True:
        machine = network.vitals(page)["usable"] / 1000
        title = page.get_by_role("heading", level=1).inner_text()
        words = len(page.locator("main").inner_text().split())
        thumb = visit.family.hands = Thumb()
        requests, size = len(traffic.asked), traffic.size
        traffic.answers.clear()
        is_last = page.evaluate("location.pathname") == goal
        if not is_last:
            visit.family.answer(page)
        found.append(Step(title, words, thumb.fields, thumb.taps, thumb.keys, requests, size, machine))
        if is_last or len(found) > families.MOST_STEPS:
            break
    context.close()
    if not is_last:
        raise SystemExit(f"My Children was not reached: {[step.title for step in found]}")
    return found


def look(chromium: Browser, url: str, name: str, reach: Callable[[Visit], object]) -> Look:
    """Reach this state and judge it; then load the same page again, if it can be opened by its address."""
    context = phone(chromium)
    page = context.new_page()
    visit = a_practice_with_a_sheet(page, url)
    traffic = network.listen(page)
    reach(visit)
    vitals = network.vitals(page)
    if page.locator("[data-error]").count() and name not in WRONG:
        raise SystemExit(f"{name}: an error page was shown instead")
    last = max((number for number, each in enumerate(traffic.asked) if each.kind == "Document"), default=0)
    first = traffic.asked if last == 0 else traffic.asked[last:]
    passed, failed = judged(page)
    text = reading.sentences_on(page.content())
    grade = round(reading.grade(text), 1) if text else None
    title = page.locator("h1:visible").first.inner_text()
    context_size = (len(first), sum(each.size for each in first))
    traffic.answers.clear()
    page.reload()
    network.vitals(page)
    later = (len(traffic.asked), traffic.size)
    context.close()
    return Look(name, title, context_size, later, vitals["shift"], grade, passed, failed)


def judged(page: Page) -> tuple[int, list[str]]:
    """Rules of axe that pass in light and dark, and those that fail in either."""
    passed, failed = set(), set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        options = {"runOnly": {"type": "tag", "values": RULES}}
        answer = Axe().run(page, options=options).response
        passed |= {each["id"] for each in answer["passes"]}
        failed |= {each["id"] for each in answer["violations"]}
    return len(passed - failed), sorted(failed)


def pictures(chromium: Browser, url: str, keep: Callable[[str, bytes], None]) -> dict[str, dict[str, str]]:
    """Each page of the way and the sign-in, in both languages and three widths."""
    found: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        context = phone(chromium, language)
        page = context.new_page()
        visit = a_practice_with_a_sheet(page, url, children=3)

        def shoot(number: int, page: Page = page, language: str = language) -> None:
            name = f"{number}-{page.evaluate('location.pathname').strip('/').replace('/', '-')}"
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 740})
                page.evaluate("scrollTo(0, 0)")
                keep(f"{name}-{language}-{width}", page.screenshot(full_page=True, animations="disabled"))
            page.set_viewport_size(PHONE["viewport"])
            found.setdefault(name, {})[language] = page.get_by_role("heading", level=1).inner_text()

        visit.go("account_login")
        shoot(0)
        visit.open(visit.family.address)
        for number in range(1, families.MOST_STEPS):
            page.wait_for_load_state("networkidle")
            is_last = page.evaluate("location.pathname") == reverse("family:children")
            if not is_last:
                visit.family.fill(page)
                page.evaluate("document.activeElement.blur()")
            shoot(number)
            if is_last:
                break
            visit.family.answer(page)
        context.close()
    return found


def measured(keep: Callable[[str, bytes], None]) -> Report:
    """Measure everything, on an empty database and a separate server."""
    report = Report()
    database = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        with tempfile.TemporaryDirectory() as directory, browser() as chromium:
            surroundings: dict[str, Any] = {"DJANGO_SETTINGS_MODULE": "tests.served", "WEB_CONCURRENCY": "4"}
            with servers.server(Path(directory) / "server.log", **surroundings) as server:
                url = f"http://127.0.0.1:{server.port}"
                report.load = (os.getloadavg()[0], 0)
                walk(chromium, url)  # warms the server up
                report.walks = {
                    "a password": walk(chromium, url),
                    "a passkey": walk(chromium, url.replace("127.0.0.1", "localhost"), passkey=True),  # it needs a name
                }
                report.loads = loads(chromium, url)
                report.pictures = pictures(chromium, url, keep)
                for name, reach in STATES.items():
                    if name not in LEFT_OUT:
                        report.looks.append(look(chromium, url, name, reach))
                report.load = (report.load[0], os.getloadavg()[0])
    finally:
        connection.creation.destroy_test_db(database, verbosity=0)
    return report


if __name__ == "__main__":
    setup_test_environment()
    families_page.write(measured(families_page.keep))
