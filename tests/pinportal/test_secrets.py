"""Without strong secrets, nothing starts."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from pinportal import secrets

ROOT = Path(__file__).parents[2]
GOOD = {
    "PINPORTAL_ENV": "production",
    "SECRET_KEY": secrets.new_secret_key(),
    "PIN_KEYS": secrets.new_key(),
    "AUDIT_KEYS": secrets.new_key(),
    "PORTAL_URL": "https://portal.example.org",
    "ALLOWED_HOSTS": "portal.example.org",
    "DATABASE_URL": "sqlite://:memory:",
}


def run(*arguments, **environment):
    """Run Python in the project with exactly this environment; None removes a variable."""
    variables = {name: value for name, value in (GOOD | environment).items() if value is not None}
    return subprocess.run(  # noqa: S603
        [sys.executable, *arguments], cwd=ROOT, env=variables, capture_output=True, text=True, timeout=60, check=False
    )


def test_new_secrets_are_accepted_and_differ():
    assert secrets.checked_secret_key(secrets.new_secret_key()) != secrets.new_secret_key()
    assert secrets.checked_keys([secrets.new_key()], name="PIN_KEYS") != [secrets.new_key()]


@pytest.mark.parametrize(
    "key",
    [
        "",
        "changeme",
        "a" * 64,
        "0123456789" * 4 + "012345678",  # 49 characters
        "012345678" * 8,  # 9 different ones
        "django-insecure-Vt3o0kq7Zb5YvJwq2mN8sLxRcD1eGhKpUiT4aWzXyQ6f",
    ],
)
def test_weak_secret_key_is_refused(key):
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        secrets.checked_secret_key(key)


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [""],
        ["not base64!"],
        [base64.urlsafe_b64encode(bytes(range(31))).decode()],
        [base64.urlsafe_b64encode(bytes(range(33))).decode()],
        [base64.urlsafe_b64encode(bytes(32)).decode()],
        [secrets.new_key(), "changeme"],  # an old one, kept for rotation, must be good too
    ],
)
def test_weak_pin_keys_are_refused(keys):
    with pytest.raises(ImproperlyConfigured, match="PIN_KEYS"):
        secrets.checked_keys(keys, name="PIN_KEYS")


def test_command_prints_lines_for_an_environment_file():
    lines = run("-m", "pinportal.secrets").stdout.splitlines()
    values = dict(line.split("=", 1) for line in lines)
    assert set(values) == {"SECRET_KEY", "PIN_KEYS", "AUDIT_KEYS"}
    assert run("manage.py", "check", **values).returncode == 0


def test_production_starts_with_good_settings():
    done = run("manage.py", "check")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", "changeme"),
        ("PIN_KEYS", None),
        ("PIN_KEYS", "changeme"),
        ("AUDIT_KEYS", None),
        ("AUDIT_KEYS", "changeme"),
        ("PORTAL_URL", None),
    ],
)
def test_production_does_not_start_without(name, value):
    done = run("manage.py", "check", **{name: value})
    assert done.returncode != 0
    assert f"ImproperlyConfigured: {name}" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET_KEY", None, "SECRET_KEY is missing"),
        ("SECRET_KEY", "changeme", "SECRET_KEY is weak"),
        ("PIN_KEYS", "changeme", "PIN_KEYS"),
        ("PORTAL_URL", None, "PORTAL_URL is missing"),
        ("PORTAL_URL", "http://portal.example.org", "PORTAL_URL must be an https:// address"),
        ("ALLOWED_HOSTS", None, "ALLOWED_HOSTS is missing"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name the hosts"),
        ("ALLOWED_HOSTS", "www.example.org", "ALLOWED_HOSTS lacks portal.example.org"),
        ("DATABASE_URL", None, "DATABASE_URL is missing"),
        ("DATABASE_URL", "postgres://nobody@127.0.0.1:9/none", "the database does not answer"),
        ("TRUSTED_PROXIES", "many", "many"),
        ("DEBUG", "1", "DEBUG must not be set"),
        # An empty database: nothing has been migrated.
        ("DATABASE_URL", "sqlite://:memory:", "manage.py migrate"),
    ],
)
def test_server_says_in_one_line_why_it_does_not_start(name, value, words):
    done = run("-m", "pinportal.serve", **{name: value})
    assert done.returncode == 1
    assert done.stderr.startswith("Not started. ")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
