"""Anchors: how far the audit trail was, kept where whoever owns the database cannot reach.

The seals show every change to the trail except one: putting all of it back, lines and heads, as it was
on an earlier day. Who has an anchor from after that day sees it.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from django.utils import timezone

from audit.verification import Mark


class NoAnchor(Exception):
    """The file is no anchor."""


def write(path: Path, marks: Mapping[int, Mark]) -> None:
    """Save how far each lane is. The file discloses nothing of what the trail says."""
    lanes = {str(lane): {"lines": mark.lines, "digest": mark.digest} for lane, mark in sorted(marks.items())}
    path.write_text(json.dumps({"made_at": timezone.now().isoformat(), "lanes": lanes}, indent=1) + "\n")


def read(path: Path) -> dict[int, Mark]:
    """The marks in the file. Raises NoAnchor, and OSError where there is no such file."""
    try:
        lanes = json.loads(path.read_text())["lanes"]
        return {int(lane): Mark(int(mark["lines"]), str(mark["digest"])) for lane, mark in lanes.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoAnchor(f"{path} is no anchor that verify_audit --anchor has written.") from error
