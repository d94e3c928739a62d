"""Checkpoints of the audit trail: small files that are kept away from the database.

The seals reveal every change to the trail except one: replacing all of it, lines and heads, with an older copy.
A checkpoint from after that copy reveals this too.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from django.utils import timezone

from audit import private_files
from audit.verification import ChainState


class NotACheckpoint(Exception):
    """The file is not a checkpoint."""


def write(path: Path, states: Mapping[int, ChainState]) -> None:
    """Save the state of each chain. The file reveals nothing that the trail says."""
    chains = {str(chain): {"lines": state.lines, "digest": state.digest} for chain, state in sorted(states.items())}
    with private_files.write(path) as file:
        file.write(json.dumps({"made_at": timezone.now().isoformat(), "chains": chains}, indent=1) + "\n")


def read(path: Path) -> dict[int, ChainState]:
    """Read the states from the file. Raises NotACheckpoint, or OSError if the file cannot be read."""
    try:
        chains = json.loads(path.read_text())["chains"]
        return {int(chain): ChainState(int(state["lines"]), str(state["digest"])) for chain, state in chains.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotACheckpoint(f"{path} is not a checkpoint written by verify_audit --checkpoint.") from error
