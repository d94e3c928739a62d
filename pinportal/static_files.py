"""The families' style sheets as one file, ``css/families.css``: a phone on a slow network asks once.

Django finds it beside the other static files, so it is the same file in development, tests and production, where it
gets its hash and is compressed as they are.
"""

import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "css/families.css"
PARTS = ("theme", "plain", "forms", "parts", "family", "register", "sign_in", "account", "direction")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SPACE = re.compile(r"\s+")


class Finder(BaseFinder):
    """Makes that file whenever somebody looks for it."""

    def __init__(self, *_arguments: Any, **_options: Any) -> None:
        self.storage = FileSystemStorage(settings.VAR_DIR / "bundle")

    def find(self, path: str, find_all: bool = False, **_options: Any) -> Any:
        """Its place on the disk; of any other file we know nothing."""
        if path != NAME:
            return []
        self._make()
        place = self.storage.path(NAME)
        return [place] if find_all else place

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        """For ``collectstatic``."""
        self._make()
        yield NAME, self.storage

    def _make(self) -> None:
        """Written beside and moved into place: several processes of the tests may do it at once."""
        text = bundled()
        place = Path(self.storage.path(NAME))
        if place.exists() and place.read_text() == text:
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=place.parent, delete=False) as file:
            file.write(text)
        Path(file.name).chmod(0o644)  # as the others
        Path(file.name).replace(place)


def bundled() -> str:
    """The parts in their order, without comments and needless space."""
    texts = [(settings.BASE_DIR / f"static/css/{part}.css").read_text() for part in PARTS]
    return SPACE.sub(" ", COMMENT.sub("", "".join(texts))).strip()
