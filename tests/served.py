"""The tests' settings, served as in production: static files collected, compressed, and with hashes in their names;
real password hashes. The URLs include the pages that fail.
"""

import os
from pathlib import Path

from tests.settings import *  # noqa: F403
from tests.settings import STORAGES

STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
STATIC_ROOT = Path(os.environ["STATIC_ROOT"])
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
ROOT_URLCONF = "tests.pinportal.broken"
WRITES_TO_FAMILIES = True
