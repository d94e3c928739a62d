"""``manage.py import_roster PATH…``: patients, guardians, providers and appointments from FHIR R4 files.

It is in this app because this is the lowest one that knows both patients and appointments.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from appointments.roster import import_appointments, import_providers
from audit.trail import Actor
from patients.roster.family import import_guardians
from patients.roster.fhir import guardian_records, of_kind, patient_records
from patients.roster.patients import import_patients
from patients.roster.reading import Resource, files_below, read_file
from patients.roster.report import Report
from patients.roster.versions import newest

HANDLED = ("Patient", "RelatedPerson", "Practitioner", "Appointment")


class Command(BaseCommand):
    help = (
        "Import patients, their guardians, providers and appointments from FHIR R4 rosters: Bundles and "
        "resources (.json), bulk exports (.ndjson), or folders of both. Importing the same roster again changes "
        "nothing. Records that cannot be imported are reported; all others are imported."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder")
        parser.add_argument(
            "--source",
            default="",
            help="name of the system that the roster comes from; resource ids are unique within it, "
            "so use the same name for every export (default: the folder's name)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        paths: list[Path] = options["paths"]
        for path in paths:
            if not path.exists():
                raise CommandError(f"{path} does not exist.")
        report = Report()
        files = {file.resolve(): (file, _source_of(path)) for path in reversed(paths) for file in files_below(path)}
        resources = [
            resource
            for file, folder in sorted(files.values())
            for resource in read_file(file, source=options["source"] or folder, report=report)
        ]
        if resources:
            import_all(newest(resources, report=report), report=report)
        for line in report.lines():
            self.stdout.write(line)
        if not resources:
            raise CommandError("No FHIR resources could be read. Nothing was imported.")


def _source_of(path: Path) -> str:
    """The name of this folder, or of the folder that contains this file."""
    whole = path.resolve()
    return (whole if whole.is_dir() else whole.parent).name


def import_all(resources: list[Resource], *, report: Report) -> None:
    """Import in the order in which records refer to each other: patients, guardians, providers, appointments."""
    actor = Actor.command("import_roster")
    for resource in resources:
        if resource.kind not in HANDLED:
            report.left_out[resource.kind] += 1
    patients, inside = patient_records(of_kind(resources, "Patient"), report=report)
    index = import_patients(patients, actor=actor, report=report)
    related = guardian_records(of_kind(resources, "RelatedPerson"), report=report)
    import_guardians([*related, *inside], patients=index, actor=actor, report=report)
    providers = import_providers(of_kind(resources, "Practitioner"), report=report)
    import_appointments(of_kind(resources, "Appointment"), patients=index, providers=providers, report=report)
