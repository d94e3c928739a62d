"""``manage.py verify_audit``: check the audit trail, and the records that it is about, for changes."""

import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import checkpoints, verification

NOT_CHECKED = 2  # exit code: no finding, but some lines could not be checked


class Command(BaseCommand):
    help = (
        "Check every line of the audit trail and name what was changed, forged, or deleted. Compare e-mails, staff "
        "records, chart numbers, and open registrations with what the lines say. Exit code 0: intact; 1: changed; "
        "2: some lines could not be checked, because their key is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--checkpoint", type=Path, help="If the trail is intact, write a checkpoint to this file")
        parser.add_argument("--since-checkpoint", type=Path, help="Compare with this checkpoint")

    def handle(self, *args: Any, **options: Any) -> None:
        checkpoint = _read(options["since_checkpoint"]) if options["since_checkpoint"] else None
        started = time.monotonic()
        report = verification.verify(say=self._say, progress=self._progress, checkpoint=checkpoint)
        seconds = time.monotonic() - started
        self._progress("")
        self.stdout.write(
            f"{report.lines:,} lines checked in {seconds:.1f} s ({report.lines / max(seconds, 0.001):,.0f} lines/s)."
        )
        for key_id, count in sorted(report.unchecked.items()):
            self.stderr.write(
                f"{count:,} lines and heads cannot be checked: key {key_id!r} is missing in AUDIT_KEYS. "
                "If the practice never had a key of that name, they are forged."
            )
        if report.findings:
            raise CommandError(f"The audit trail was CHANGED: {report.findings:,} findings, see above.")
        if not report.unchecked:
            self.stdout.write("The audit trail is intact.")
            if options["checkpoint"]:
                checkpoints.write(options["checkpoint"], report.states)
                self.stdout.write(f"Checkpoint written to {options['checkpoint']}. Keep it away from the database.")
        if report.differences:
            raise CommandError(
                f"Records were CHANGED without a line in the trail: {report.differences:,} findings, see above."
            )
        if report.unchecked:
            raise CommandError("Not all of the audit trail could be checked.", returncode=NOT_CHECKED)

    def _say(self, sentence: str) -> None:
        self._progress("")
        self.stderr.write(sentence)

    def _progress(self, words: str) -> None:
        """Show the progress on a terminal, in one line that is overwritten."""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{words}")
            sys.stderr.flush()


def _read(path: Path) -> dict[int, verification.ChainState]:
    try:
        return checkpoints.read(path)
    except (checkpoints.NotACheckpoint, OSError) as error:
        raise CommandError(str(error)) from error
