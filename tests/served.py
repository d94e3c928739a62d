"""The tests' settings with static files as production has them: collected, with hashes in their names, compressed."""

import os
from pathlib import Path

from tests.settings import *  # noqa: F403
from tests.settings import STORAGES

STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
STATIC_ROOT = Path(os.environ["STATIC_ROOT"])
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = False
