"""``python -m pinportal.serve``: start the production server, or say in one line why not."""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.http.request import validate_host

from practice import version

# The settings refuse weak secrets. The defaults of these two are not for production.
NEEDED = {
    "ALLOWED_HOSTS": "the names this server answers to, e.g. portal.example.org",
    "DATABASE_URL": "e.g. postgres://user:password@host/pinportal",
}


def refusal() -> str:
    """Why the server cannot start, in one line; "" if it can."""
    for name, meaning in NEEDED.items():
        if not os.environ.get(name, "").strip():
            return f"{name} is missing: {meaning}"
    try:
        django.setup()
    except (ImproperlyConfigured, ValueError) as error:  # ValueError: an invalid number or URL
        return str(error)
    if settings.DEBUG:
        return "DEBUG must not be set: error pages would show patient data"
    if "*" in settings.ALLOWED_HOSTS:
        return "ALLOWED_HOSTS must name the hosts: * would accept any host name"
    if reason := _refusal_of_addresses():
        return reason
    try:
        if earlier := version.earlier_version_of_database():
            return version.cannot_use(earlier)
        pending = version.missing_migrations()
    except OperationalError as error:
        return f"the database does not answer: {str(error).splitlines()[0]}"
    if pending:
        command = f"PINPORTAL_ENV=production {sys.executable} manage.py migrate"
        return f"the database lacks {len(pending)} migrations. Run: {command}"
    return ""


def _refusal_of_addresses() -> str:
    """What is wrong with the configured addresses. People type PINs and passwords there."""
    if settings.SURFACE == "staff" and not os.environ.get("STAFF_URL", "").strip():
        return "STAFF_URL is missing: the address staff use, e.g. https://staff.example.org, for links in their e-mails"
    served = "STAFF_URL" if settings.SURFACE == "staff" else "PORTAL_URL"
    for name in ("PORTAL_URL", "STAFF_URL"):
        address = urlsplit(getattr(settings, name))
        if address.scheme != "https" or not address.hostname:
            return f"{name} must be an https:// address, not {getattr(settings, name)!r}: PINs and passwords go there"
        if name == served and not validate_host(address.hostname, settings.ALLOWED_HOSTS):
            return f"ALLOWED_HOSTS lacks {address.hostname}, the host of {name}: every request would be refused"
    return ""


def main() -> None:
    """Replace this process with gunicorn, so that signals reach it directly."""
    os.environ["PINPORTAL_ENV"] = "production"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pinportal.settings")
    if reason := refusal():
        sys.exit(f"Not started. {reason}")
    config = Path(__file__).with_name("gunicorn.py")
    os.execv(  # noqa: S606  # no shell, no input from outside
        sys.executable, [sys.executable, "-m", "gunicorn", "--config", str(config), "pinportal.wsgi"]
    )


if __name__ == "__main__":
    main()
