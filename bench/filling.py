"""Ten years of a practice for ``bench.backup``, in the database of DATABASE_URL."""

import os
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.core.management import call_command  # noqa: E402  # Django must be set up before its parts are imported
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from appointments.models import Appointment, Provider  # noqa: E402
from audit import chains  # noqa: E402
from audit.models import AuditEvent  # noqa: E402
from patients.models import Contact, FamilyContact, Patient  # noqa: E402
from portal.models import Pin, Registration  # noqa: E402
from portal.pins import sealing  # noqa: E402
from tests import people  # noqa: E402

PATIENTS = 100_000


def fill() -> None:
    """Families with two contacts and two children, a third registered; five visits and six audit lines per child."""
    call_command("migrate", verbosity=0)
    desk = people.staff("Dana Ortiz", "front_desk")
    patients = add_patients()
    add_pins(add_family_contacts(patients), desk)
    add_visits(patients)
    add_lines(patients, desk)


def create(model, rows):
    return model.objects.bulk_create(rows, batch_size=2000)


def add_patients() -> list[Patient]:
    born = [people.years_ago(age) for age in range(18)]
    return create(
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


def add_family_contacts(patients: list[Patient]) -> list[FamilyContact]:
    contacts = create(
        Contact,
        [
            Contact(
                given_name=f"Parent{number % 977}", family_name=f"Family{number // 2}", email=f"p{number}@mail.example"
            )
            for number in range(PATIENTS)
        ],
    )
    return create(
        FamilyContact,
        [
            FamilyContact(
                patient=patient, contact=contacts[number - number % 2 + which], role="parent", authority="joint"
            )
            for number, patient in enumerate(patients)
            for which in (0, 1)
        ],
    )


def add_pins(links: list[FamilyContact], desk: User) -> None:
    now, key = timezone.now(), sealing.KEYS.newest
    registrations = create(
        Registration, [Registration(family_contact=link, status="pending") for link in links[: 2 * PATIENTS // 3]]
    )
    create(
        Pin,
        [
            Pin(
                registration=each,
                digest=sealing.digest(f"{number:012}", key),
                key_id=key.key_id,
                sealed=sealing.seal(f"{number:012}", key),
                issued_by=desk,
                issued_at=now,
                expires_at=now + timedelta(days=14),
            )
            for number, each in enumerate(registrations)
        ],
    )


def add_visits(patients: list[Patient]) -> None:
    now, provider = timezone.now(), Provider.objects.create(name="Dr. Maya Feldman")
    for visit in range(5):
        at = now - timedelta(days=200 * visit)
        create(Appointment, [Appointment(patient=patient, provider=provider, start=at) for patient in patients])


def add_lines(patients: list[Patient], desk: User) -> None:
    for _ in range(6):
        chains.write(
            [
                AuditEvent(action="patient.viewed", user=desk, patient_id=patient.pk, address="192.0.2.1")
                for patient in patients
            ]
        )
