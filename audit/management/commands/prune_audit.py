"""``manage.py prune_audit --before DATE``: delete lines of the audit trail that are older than six years."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit import retention, verification
from audit.trail import Actor


class Command(BaseCommand):
    help = "Delete lines of the audit trail that are older than six years. Without --yes, only say how many."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument(
            "--before", type=date.fromisoformat, metavar="YYYY-MM-DD", help="Delete lines from before that day"
        )
        which.add_argument("--older-than-years", type=int, metavar="N", help="At least 6")
        parser.add_argument("--yes", action="store_true", help="Delete the lines")

    def handle(self, *args: Any, **options: Any) -> None:
        before = options["before"] or _years_ago(options["older_than_years"])
        try:
            planned = retention.plan(before=before)
        except retention.TooYoung as error:
            raise CommandError(str(error)) from error
        if not options["yes"]:
            self.stdout.write(
                f"{planned.lines:,} lines from before {before} would be deleted. Nothing was; --yes deletes them."
            )
            return
        report = verification.verify(say=self.stderr.write)
        if not report.is_clean:
            raise CommandError("Nothing was deleted. First find out why verify_audit fails.")
        retention.prune(planned, by=Actor.command("prune_audit"), comparisons=report.comparisons)
        self.stdout.write(f"{planned.lines:,} lines from before {before} were deleted.")


def _years_ago(years: int) -> date:
    today = timezone.localdate()
    try:
        return retention.years_before(today, years)
    except ValueError as error:
        raise CommandError(f"{years} years ago is before the first day of the calendar.") from error
