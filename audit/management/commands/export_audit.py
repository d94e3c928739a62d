"""``manage.py export_audit FILE``: the whole audit trail with its seals, for an auditor."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit import private_files, reading
from audit.models import AuditEvent
from audit.trail import Action, Actor, record


class Command(BaseCommand):
    help = "Write the audit trail as JSON Lines: the heads of all chains, then every line, newest first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="The file to write; - for standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        record(actor=Actor.command("export_audit"), action=Action.AUDIT_EXPORTED, format="json_lines")
        to_stdout = options["file"] == "-"
        with nullcontext(sys.stdout) if to_stdout else private_files.write(Path(options["file"])) as file:
            file.writelines(f"{line}\n" for line in reading.as_json_lines(AuditEvent.objects.all()))
        if not to_stdout:
            self.stdout.write(f"The audit trail is in {options['file']}.")
