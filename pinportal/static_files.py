"""The files that pages load, each made of small files under ``static/``.

A page loads one of our style sheets and few scripts, so that a phone on a slow network asks for little. Django finds
these files beside the other static files: they are the same in development, tests and production, where they also get
a hash in their name and are compressed. The order of the parts matters: later styles win, and later scripts use
earlier ones.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import rcssmin
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

FAMILIES = "css/families.css"
STAFF = "css/staff.css"
BUNDLES: dict[str, tuple[str, ...]] = {
    FAMILIES: (
        "tokens.css", "family/tokens.css", "parts/type.css", "family/plain.css", "parts/forms.css",
        "family/buttons.css", "family/fields.css", "parts/status.css", "parts/notices.css", "parts/toasts.css",
        "parts/lone.css", "accounts/sessions/warning.css", "paper/pages.css", "family/frame.css",
        "portal/signup/register.css", "portal/family/children.css", "accounts/signin/password.css",
        "accounts/factors/factors.css", "accounts/own_sign_in.css", "accounts/family/account.css",
        "family/direction.css",
    ),
    STAFF: (
        "tokens.css", "staff/tokens.css", "parts/type.css", "staff/bootstrap.css", "parts/forms.css",
        "staff/buttons.css", "staff/fields.css", "parts/status.css", "parts/notices.css", "parts/toasts.css",
        "accounts/sessions/warning.css", "parts/lone.css", "paper/pages.css", "staff/frame.css",
        "staff/cards.css", "staff/tables.css", "staff/filters.css", "staff/dialog.css", "patients/chart.css",
        "portal/desk/window.css", "portal/desk/families.css", "portal/sheets/run.css",
        "portal/office/history.css", "portal/office/dashboard.css", "portal/office/settings.css",
        "portal/office/audit.css", "portal/office/staff.css", "appointments/visit_status.css",
        "appointments/calendar/bar.css", "appointments/calendar/visits.css", "appointments/calendar/tables.css",
        "appointments/calendar/tracking.css", "appointments/window.css", "appointments/settings.css",
        "accounts/signin/password.css", "accounts/factors/factors.css", "accounts/own_sign_in.css",
        "accounts/no_access.css",
    ),
    "js/page.js": ("parts/toasts.js", "parts/kept_typing.js", "parts/error_summary.js", "parts/cookies_blocked.js"),
    "js/staff.js": ("staff/dialog.js", "staff/search_keys.js", "staff/answers.js", "staff/copy.js"),
    "js/session.js": (
        "parts/countdown.js", "accounts/sessions/curtain.js", "accounts/sessions/clock.js",
        "accounts/sessions/warning.js", "accounts/sessions/server.js", "accounts/sessions/tabs.js",
        "accounts/sessions/use.js", "accounts/sessions/watch.js",
    ),
    "js/password.js": (
        "accounts/signin/password_rules.js", "accounts/signin/password_toggle.js", "accounts/signin/password_meter.js",
    ),
    "js/register.js": (
        "portal/signup/pin_text.js", "portal/signup/pin_hint.js", "portal/signup/scanned_sheet.js",
        "portal/signup/pin_field.js", "portal/signup/passkey_check.js",
    ),
    "js/proof.js": ("parts/countdown.js", "portal/signup/proof_clock.js"),
    "js/calendar.js": (
        "appointments/calendar/mode.js", "appointments/calendar/grid.js", "appointments/calendar/open.js",
        "appointments/calendar/drag.js", "appointments/calendar/now.js", "appointments/calendar/refresh.js",
    ),
    "js/tracking.js": (
        "appointments/calendar/mode.js", "appointments/calendar/tracking_rows.js",
        "appointments/calendar/tracking_refresh.js",
    ),
    "js/appointment.js": (
        "appointments/window_guard.js", "appointments/window_form.js", "appointments/patient_finder.js",
        "appointments/fix_in_tab.js",
    ),
}  # fmt: skip


class Finder(BaseFinder):
    """Finds the bundles, and brings one up to date whenever it is asked for."""

    def __init__(self, *_arguments: Any, **_options: Any) -> None:
        self.storage = FileSystemStorage(settings.VAR_DIR / "bundle")

    def find(self, path: str, find_all: bool = False, **_options: Any) -> Any:
        """The place of a bundle on disk; an empty list for any other file."""
        if path not in BUNDLES:
            return []
        self._make(path)
        place = self.storage.path(path)
        return [place] if find_all else place

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        """All bundles, for ``collectstatic``."""
        for name in BUNDLES:
            self._make(name)
            yield name, self.storage

    def _make(self, name: str) -> None:
        """Write a bundle if its parts have changed.

        The file is written elsewhere and then moved, because several test processes may do this at the same time.
        """
        text = bundled(name)
        place = Path(self.storage.path(name))
        if place.exists() and place.read_text() == text:
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=place.parent, delete=False) as file:
            file.write(text)
        Path(file.name).chmod(0o644)  # temporary files are private; this one must be as readable as the others
        Path(file.name).replace(place)


def bundled(name: str) -> str:
    """The text of a bundle: its parts in order, styles without comments and needless space."""
    kind = name.partition("/")[0]
    text = "\n".join((settings.BASE_DIR / "static" / kind / part).read_text() for part in BUNDLES[name])
    return rcssmin.cssmin(text) if kind == "css" else text
