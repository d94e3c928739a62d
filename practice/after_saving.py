"""What follows a saved change, such as a mail. If it fails, the change is still a success, and the page says so."""

import logging
from collections.abc import Callable
from typing import TypeVar

logger = logging.getLogger(__name__)
T = TypeVar("T")


def go_on(what: str, do: Callable[[], T]) -> T | None:
    """Do it. If it fails: log that, and return None. ``what``: a few words for the log, without names."""
    try:
        return do()
    except Exception:  # whatever fails, the change before it is saved
        logger.exception("Saved, but then this failed: %s", what)
        return None
