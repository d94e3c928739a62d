"""The tests' settings, served as in production: static files collected, with hashes in their names, compressed; real
password hashes. Its addresses have the pages that fail as well.
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
