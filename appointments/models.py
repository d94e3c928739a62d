"""Who sees patients where and when."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from patients.models import Identifier, Patient


class Provider(models.Model):
    """A clinician with appointments of their own (FHIR: Practitioner)."""

    name = models.CharField(max_length=100)
    is_active = models.BooleanField("active", default=True)

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """An office of the practice."""

    name = models.CharField(max_length=100, unique=True)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Appointment(models.Model):
    """A visit of one patient to one provider."""

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", "Scheduled"
        CONFIRMED = "confirmed", "Confirmed"
        ARRIVED = "arrived", "Arrived"
        ROOMED = "roomed", "Roomed"
        CHECKED_OUT = "checked_out", "Checked out"
        NO_SHOW = "no_show", "No-show"
        CANCELLED = "cancelled", "Cancelled"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="appointments")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments")
    start = models.DateTimeField(help_text="Stored in UTC, shown in the practice's time zone")
    duration = models.PositiveSmallIntegerField(default=15, help_text="Minutes")
    visit_type = models.CharField("type", max_length=100, blank=True)
    status = models.CharField(max_length=11, choices=Status, default=Status.SCHEDULED)
    arrival_time = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["start", "pk"]
        indexes: ClassVar = [models.Index(fields=["start"])]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(duration__gte=1), name="appointment_takes_time"),
        ]

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M}"


class ProviderIdentifier(Identifier):
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="identifiers")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["system", "value"], name="one_provider_per_identifier")
        ]


class AppointmentIdentifier(Identifier):
    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="identifiers")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["system", "value"], name="one_appointment_per_identifier")
        ]
