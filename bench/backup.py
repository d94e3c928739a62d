"""``python -m bench.backup``: time and size of a backup and of its restore at 100,000 patients.

On a database of its own: the one that DATABASE_URL leads to is replaced (``bin/with-postgres`` has one
to spare), or else a file of SQLite that is deleted afterwards. The commands are the ones people run.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
PATIENTS = 100_000


def fill() -> None:
    """A practice of ten years: two contacts a family of two, a third registered, five visits and six lines each."""
    import django  # noqa: PLC0415  # not before DATABASE_URL is known

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from appointments.models import Appointment, Provider  # noqa: PLC0415
    from patients.models import Contact, FamilyContact, Patient  # noqa: PLC0415
    from portal import pins  # noqa: PLC0415
    from portal.models import Pin, Registration  # noqa: PLC0415
    from practice import lanes  # noqa: PLC0415
    from practice.models import AuditEvent  # noqa: PLC0415
    from tests import people  # noqa: PLC0415

    def create(model, rows):
        return model.objects.bulk_create(rows, batch_size=2000)

    call_command("migrate", verbosity=0)
    desk, provider = people.staff("Dana Ortiz", "front_desk"), Provider.objects.create(name="Dr. Maya Feldman")
    now, key = timezone.now(), pins.pin_keys()[0]
    born = [people.years_ago(age) for age in range(18)]
    patients = create(
        Patient,
        [
            Patient(
                chart_number=f"{number:07}",
                given_name=f"Given{number % 977}",
                family_name=f"Family{number // 2}",
                birth_date=born[number % 18],
                street=f"{number % 300} Maple Street",
                city="Springfield",
                postal_code=f"{number % 99999:05}",
            )
            for number in range(PATIENTS)
        ],
    )
    contacts = create(
        Contact,
        [
            Contact(
                given_name=f"Parent{number % 977}", family_name=f"Family{number // 2}", email=f"p{number}@mail.example"
            )
            for number in range(PATIENTS)
        ],
    )
    links = create(
        FamilyContact,
        [
            FamilyContact(
                patient=patient, contact=contacts[number - number % 2 + which], role="parent", authority="joint"
            )
            for number, patient in enumerate(patients)
            for which in (0, 1)
        ],
    )
    registrations = create(
        Registration, [Registration(family_contact=link, status="pending") for link in links[: 2 * PATIENTS // 3]]
    )
    create(
        Pin,
        [
            Pin(
                registration=each,
                digest=pins.digest(f"{number:012}", key),
                key_id=key.key_id,
                sealed=pins.seal(f"{number:012}", key),
                issued_by=desk,
                issued_at=now,
                expires_at=now + timedelta(days=14),
            )
            for number, each in enumerate(registrations)
        ],
    )
    for visit in range(5):
        at = now - timedelta(days=200 * visit)
        create(Appointment, [Appointment(patient=patient, provider=provider, start=at) for patient in patients])
    for _ in range(6):
        lanes.write(
            [
                AuditEvent(action="patient.viewed", user=desk, patient_id=patient.pk, address="192.0.2.1")
                for patient in patients
            ]
        )


def timed(*arguments: str) -> tuple[float, str]:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return time.perf_counter() - started, done.stdout


def main() -> None:
    workshop = Path(tempfile.mkdtemp(prefix="pinportal-bench."))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    kind = "PostgreSQL" if "DATABASE_URL" in os.environ else "SQLite"
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{workshop / 'bench.sqlite3'}")
    try:
        fill()
        made, said = timed("backup", "--to", str(workshop))
        file = Path(said.splitlines()[0])
        back, told = timed("restore", str(file), "--replace")
        megabytes = file.stat().st_size / 1024 / 1024
        print(f"{kind}, {PATIENTS:,} patients: backup {made:.1f} s, {megabytes:.0f} MB; restore {back:.1f} s")
        print(f"  {told.splitlines()[0]}")
    finally:
        shutil.rmtree(workshop)


if __name__ == "__main__":
    main()
