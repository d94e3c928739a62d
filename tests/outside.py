"""Public rosters and names that are not part of the repository: real-world samples in addition to our own small ones.

They are looked for in ``../shared/data``; PINPORTAL_ROSTERS names another folder. A run without them ends with a
list of what was not tested (tests/conftest.py). We have a small sample of every kind of roster: a transaction
(``family.json``), a bulk export (``northside``), and one file for each record in ``test_import_roster.py``. Our names
are in ``test_placeholder_names.py``.
"""

import os
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("PINPORTAL_ROSTERS") or Path(__file__).parents[2] / "shared" / "data")
MISSING = f"The shared rosters are not at {FOLDER} (PINPORTAL_ROSTERS names another folder)"

needs_folder = pytest.mark.skipif(not FOLDER.is_dir(), reason=MISSING)
