"""The project's own settings with a test's secrets; ``DATABASE_URL`` picks the database."""

import os
import sys

os.environ.update(
    PINPORTAL_ENV="test",
    SECRET_KEY="test-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
    PIN_KEYS="AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    AUDIT_KEYS="ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=",
    PORTAL_URL="https://portal.sunnyside.example",
)
# Playwright's synchronous interface runs an event loop in the thread of the tests.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from pinportal.settings import *  # noqa: F403
from pinportal.settings import DATABASES, STORAGES, VAR_DIR

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: several connections must meet at one database as they do in life.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# One cheap hasher: the tests sign in a thousand times, and none of them is about hashing.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
assert sys.version_info >= (3, 11)
