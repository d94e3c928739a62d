"""``manage.py verify_audit``: is the audit trail as it was written?"""

import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import anchors, verification

NOT_CHECKED = 2  # exit code: nothing is wrong as far as could be seen, but a key was missing


class Command(BaseCommand):
    help = (
        "Check every line of the audit trail; name what was changed, forged or deleted. "
        "Exit code 0: all as written; 1: not so; 2: some lines could not be checked, as their key is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchor", type=Path, help="If all is well, write to this file how far the trail is")
        parser.add_argument("--since-anchor", type=Path, help="Compare with an anchor: finds a trail that was put back")

    def handle(self, *args: Any, **options: Any) -> None:
        anchor = _read(options["since_anchor"]) if options["since_anchor"] else None
        started = time.monotonic()
        report = verification.verify(say=self._say, progress=self._progress, anchor=anchor)
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
            raise CommandError(f"The audit trail is NOT as it was written: {report.findings:,} findings, see above.")
        if report.unchecked:
            raise CommandError("Not all of the audit trail could be checked.", returncode=NOT_CHECKED)
        self.stdout.write("The audit trail is as it was written.")
        if options["anchor"]:
            anchors.write(options["anchor"], report.marks)
            self.stdout.write(f"Anchor written to {options['anchor']}. Keep it away from the database and its backups.")

    def _say(self, sentence: str) -> None:
        self._progress("")
        self.stderr.write(sentence)

    def _progress(self, words: str) -> None:
        """How far it is, on a terminal, in a line that is written over."""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{words}")
            sys.stderr.flush()


def _read(path: Path) -> dict[int, verification.Mark]:
    try:
        return anchors.read(path)
    except (anchors.NoAnchor, OSError) as error:
        raise CommandError(str(error)) from error
