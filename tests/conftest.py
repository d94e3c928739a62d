"""What all tests share: a database that keeps its locks, the people, and the browser."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import pytest_django
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps
from django.test import Client
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import StaffRecord, User
from tests import database, outside, people

WAITS = 60_000  # milliseconds that a browser test waits for something; long, because a busy machine is slow
expect.set_options(timeout=WAITS)
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

# --- Which tests ---------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)  # before pytest picks by -m
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.fixturenames:  # type: ignore[attr-defined]
            item.add_marker("browser")
        if item.get_closest_marker("django_db"):
            raise pytest.UsageError(f'{item.nodeid}: ask for the fixture "db" or "transactional_db" instead.')


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly which tests did not run because something outside of the repository is missing."""
    skipped = [each for each in terminalreporter.stats.get("skipped", []) if outside.MISSING in str(each.longrepr)]
    if skipped:
        terminalreporter.section("NOT TESTED", red=True, bold=True)
        terminalreporter.write_line(f"{outside.MISSING}. So these {len(skipped)} tests did not run:")
        for each in skipped:
            terminalreporter.write_line(f"  {each.nodeid}")


# --- Database ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On SQLite, give each process of each run its own file, so that they do not share one."""
    configured = settings.DATABASES["default"]
    if configured["ENGINE"].endswith("sqlite3"):
        path = tmp_path_factory.mktemp("database") / "test.sqlite3"
        configured["TEST"]["NAME"] = str(path)
        database.copy_kept(path)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Use the existing file: the copy that the fixture above has made."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock():
            database.keep()
    yield
    # PostgreSQL does not delete a database in use, and the live server's threads may still use it.
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    """A database in which saves are committed, as in production; it is emptied afterwards.

    Replaces pytest-django's fixture, whose way of emptying the tables is refused by the audit trail.
    """
    with django_db_blocker.unblock():
        yield
        database.empty()


@pytest.fixture
def db(request: pytest.FixtureRequest) -> None:
    """A database in a transaction that is rolled back. With a live server, it commits, so that the server sees it."""
    commits = {"transactional_db", "live_server"} & set(request.fixturenames)
    request.getfixturevalue("transactional_db" if commits else "db")  # the latter is pytest-django's


@pytest.fixture
def migrate(transactional_db: None) -> Iterator[Callable[[list[tuple[str, str]]], StateApps]]:
    """Takes the database to these migrations, and to the newest ones at the end."""

    def to(targets: list[tuple[str, str]]) -> StateApps:
        executor = MigrationExecutor(connection)
        executor.migrate(targets)
        return executor.loader.project_state(targets).apps

    yield to
    to(MigrationExecutor(connection).loader.graph.leaf_nodes())


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """The language of the last request stays with its thread, and the next test must not speak it."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


# --- People --------------------------------------------------------------------------------------


@pytest.fixture
def front_desk(db: None) -> User:
    return people.staff("Dana Ortiz", StaffRecord.Role.FRONT_DESK)


@pytest.fixture
def clinician(db: None) -> User:
    return people.staff("Priya Shah", StaffRecord.Role.CLINICIAN)


@pytest.fixture
def administrator(db: None) -> User:
    return people.staff("Morgan Lee", StaffRecord.Role.ADMINISTRATOR)


@pytest.fixture
def viewer(db: None) -> User:
    return people.staff("Sam Whitaker", StaffRecord.Role.VIEWER)


@pytest.fixture
def auditor(db: None) -> User:
    return people.staff("Avery Stone", StaffRecord.Role.AUDITOR)


@pytest.fixture
def unlinked(db: None) -> User:
    """A staff sign-in without a staff record: it has no access."""
    return people.staff_user("newcomer@sunnyside.example")


@pytest.fixture
def family_user(db: None) -> User:
    """A family's sign-in that has nothing to do with the Riveras or the O'Neils."""
    return people.family_user("stranger@mail.example")


@pytest.fixture
def as_front_desk(front_desk: User) -> Client:
    return people.signed_in(front_desk)


@pytest.fixture
def as_clinician(clinician: User) -> Client:
    return people.signed_in(clinician)


@pytest.fixture
def as_administrator(administrator: User) -> Client:
    return people.signed_in(administrator)


@pytest.fixture
def as_viewer(viewer: User) -> Client:
    return people.signed_in(viewer)


@pytest.fixture
def as_auditor(auditor: User) -> Client:
    return people.signed_in(auditor)


@pytest.fixture
def as_unlinked(unlinked: User) -> Client:
    return people.signed_in(unlinked)


@pytest.fixture
def as_family(family_user: User) -> Client:
    return people.signed_in(family_user)


@pytest.fixture
def rivera(db: None) -> people.Rivera:
    return people.make_rivera()


@pytest.fixture
def oneil(db: None) -> people.ONeil:
    return people.make_oneil()


# --- Browser -------------------------------------------------------------------------------------


def _tool(name: str) -> str | None:
    """The path of this program, or None: then Playwright takes its own browser, if it is installed."""
    find_tool = Path(__file__).parent.parent / "bin" / "find-tool"
    found = subprocess.run([find_tool, name], capture_output=True, text=True, check=False)  # noqa: S603
    return found.stdout.strip() or None


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, without sandbox (containers run as root) and without requests of its own."""
    return browser_type_launch_args | {
        "executable_path": _tool("headless"),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def browser_with_viewer(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """The Chromium that people use: unlike the headless one, it shows PDFs."""
    browser = browser_type.launch(**browser_type_launch_args | {"executable_path": _tool("chromium")})
    yield browser
    browser.close()


@pytest.fixture
def browser(request: pytest.FixtureRequest, browser: Browser) -> Browser:
    """The headless browser, or for tests marked ``shows_pdf`` the one with a viewer."""
    shows_pdf = request.node.get_closest_marker("shows_pdf")
    return request.getfixturevalue("browser_with_viewer") if shows_pdf else browser


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {
        "locale": "en-US",
        "timezone_id": "America/New_York",
        "viewport": {"width": 1280, "height": 800},
    }


@pytest.fixture
def desk(context: BrowserContext, live_server: LiveServer, front_desk: User) -> Page:
    """A page on which the front desk has signed in."""
    return people.page_of(front_desk, context, live_server)


@pytest.fixture
def console_errors() -> list[str]:
    """What the browser complained about: violations of the Content-Security-Policy, scripts, missing files.

    The test fails if this is not empty at the end. A test that causes a refusal (403, 404) checks the complaint and
    then removes it: ``console_errors.clear()``.
    """
    return []


@pytest.fixture
def new_context(new_context: Any, console_errors: list[str]) -> Iterator[Any]:
    """Contexts whose pages notice errors and wait long enough for a busy machine."""

    def complain(kind: str, text: str, url: str | None) -> None:
        # htmx also reports requests that are cut off by opening another page. A failed request has its own message.
        if kind == "error" and not text.startswith(("htmx:sendAbort", "htmx:afterRequest")):
            console_errors.append(f"{text} ({url})")

    def watched(**options: Any) -> BrowserContext:
        context: BrowserContext = new_context(**options)
        context.set_default_timeout(WAITS)
        context.on("console", lambda message: complain(message.type, message.text, message.location.get("url")))
        context.on("weberror", lambda error: console_errors.append(str(error.error)))
        return context

    yield watched
    assert not console_errors, "The browser complained:\n" + "\n".join(console_errors)
