"""The settings in production."""

from tests.pinportal.test_secrets import run

SHOW = """
import django; django.setup()
from django.conf import settings
print(*(f"{name}={getattr(settings, name)}" for name in %r), sep="\\n")
"""


def production(*names, **environment):
    """The values of these settings in production, as text."""
    done = run("-c", SHOW % (names,), DJANGO_SETTINGS_MODULE="pinportal.settings", **environment)
    assert done.returncode == 0, done.stderr
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


def test_production_passes_djangos_deployment_check():
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


def test_cookies_are_bound_to_this_host_over_tls():
    assert production("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE") == {
        "SESSION_COOKIE_NAME": "__Host-session",
        "SESSION_COOKIE_SECURE": "True",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "CSRF_COOKIE_SECURE": "True",
    }


def test_staff_need_a_second_factor_in_production_unless_it_says_otherwise():
    name = "REQUIRE_SECOND_FACTOR"
    assert production(name) == {name: "True"}
    assert production(name, REQUIRE_SECOND_FACTOR="0") == {name: "False"}
    assert production("MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN") == {"MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": "False"}


def test_an_earlier_secret_key_must_be_strong_too():
    done = run("manage.py", "check", SECRET_KEY_FALLBACKS="weak")
    assert "SECRET_KEY is weak" in done.stderr


def test_the_device_s_cookie_is_bound_to_this_host_too():
    assert production("DEVICE_COOKIE_NAME") == {"DEVICE_COOKIE_NAME": "__Host-device"}


def test_forwarded_protocol_is_believed_behind_our_proxy_only():
    name = "SECURE_PROXY_SSL_HEADER"
    assert production(name) == {name: "None"}
    assert production(name, TRUSTED_PROXIES="1") == {name: "('HTTP_X_FORWARDED_PROTO', 'https')"}


def test_demo_secrets_on_the_disk_do_not_reach_production():
    # run() names PINPORTAL_ENV, so var/demo.env is not read even where it exists.
    assert production("IS_DEMO", "DEBUG") == {"IS_DEMO": "False", "DEBUG": "False"}


def test_unknown_kind_of_place_is_refused():
    done = run("manage.py", "check", PINPORTAL_ENV="staging")
    assert "PINPORTAL_ENV must be production, demo or test" in done.stderr
