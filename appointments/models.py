"""Providers, locations, appointments, and the settings of the schedule."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from patients.models import Identifier, Patient
from practice.one_line import OneLineField

MAX_MINUTES = 24 * 60  # of an appointment: none is longer than a day


class Provider(models.Model):
    """A clinician whom patients have appointments with (FHIR: Practitioner)."""

    name = OneLineField(max_length=100)
    is_active = models.BooleanField("active", default=True)

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """An office of the practice."""

    name = OneLineField(max_length=100, unique=True)
    address = OneLineField(max_length=200, blank=True)
    phone = OneLineField(max_length=40, blank=True)

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class WorkingHours(models.Model):
    """When a provider sees patients on one weekday, in the practice's time zone; two rows for a lunch break.

    A provider without rows has no known hours, so nobody is warned about them.
    """

    class Weekday(models.IntegerChoices):
        """Numbered as in ``date.weekday()``."""

        MONDAY = 0
        TUESDAY = 1
        WEDNESDAY = 2
        THURSDAY = 3
        FRIDAY = 4
        SATURDAY = 5
        SUNDAY = 6

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering: ClassVar = ["weekday", "starts"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "weekday", "starts"], name="one_start_of_work_at_a_time"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="weekday_is_one_of_seven"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="working_hours_end_after_they_start"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


class TimeOff(models.Model):
    """When a provider, or the whole practice, sees no patients: vacation, a holiday, a meeting."""

    provider = models.ForeignKey(
        Provider,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="time_off",
        help_text="Empty for the whole practice",
    )
    starts = models.DateTimeField(help_text="UTC")
    ends = models.DateTimeField(help_text="UTC, exclusive")
    reason = OneLineField(max_length=100)

    class Meta:
        ordering: ClassVar = ["starts", "pk"]
        verbose_name_plural = "time off"
        indexes: ClassVar = [models.Index(fields=["ends"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="time_off_ends_after_it_starts",
                violation_error_message="The end must be after the start.",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="time_off_has_a_reason"),
        ]

    def __str__(self) -> str:
        return self.reason


class VisitType(models.Model):
    """A kind of visit the practice offers. Appointments store its name, so rosters can bring types of their own."""

    class Color(models.TextChoices):
        """Color of the visit in the calendar. Each has its own edge too, for people who cannot tell colors apart."""

        TEAL = "teal"
        BLUE = "blue"
        VIOLET = "violet"
        ROSE = "rose"
        AMBER = "amber"
        GREEN = "green"
        ORANGE = "orange"
        SLATE = "slate"

    name = OneLineField(max_length=100, unique=True)
    minutes = models.PositiveSmallIntegerField("usual duration", default=15, help_text="Minutes")
    color = models.CharField(max_length=6, choices=Color, default=Color.SLATE)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=480), name="visit_takes_5_to_480_minutes"),
            models.CheckConstraint(
                condition=Q(color__in=["teal", "blue", "violet", "rose", "amber", "green", "orange", "slate"]),
                name="visit_type_color_is_known",
            ),
        ]

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
    visit_type = OneLineField("type", max_length=100, blank=True)
    status = models.CharField(max_length=11, choices=Status, default=Status.SCHEDULED)
    arrival_time = models.DateTimeField(null=True, blank=True)
    cancel_reason = OneLineField(max_length=200, blank=True, help_text="Why it was cancelled")
    override_reason = OneLineField(max_length=200, blank=True, help_text="Shown with the appointment")

    class Meta:
        ordering: ClassVar = ["start", "pk"]
        indexes: ClassVar = [models.Index(fields=["start"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(duration__gte=1, duration__lte=MAX_MINUTES), name="appointment_takes_time"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["scheduled", "confirmed", "arrived", "roomed", "checked_out", "no_show", "cancelled"]
                ),
                name="appointment_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status="cancelled") & ~Q(cancel_reason="") | ~Q(status="cancelled") & Q(cancel_reason=""),
                name="cancel_reason_goes_with_cancelled",
                violation_error_message="A cancelled appointment needs a reason, and only a cancelled one has it.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["scheduled", "confirmed"]) | Q(arrival_time__isnull=True),
                name="planned_appointment_has_no_arrival_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M}"

    @property
    def end(self) -> datetime:
        """The planned end, exclusive."""
        return self.start + timedelta(minutes=self.duration)


class SchedulePreference(models.Model):
    """The mode of the schedule that a user chose last."""

    class Mode(models.TextChoices):
        CALENDAR = "calendar", "Calendar"
        TRACKING = "tracking", "Tracking"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="schedule_preference")
    mode = models.CharField(max_length=8, choices=Mode)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(mode__in=["calendar", "tracking"]), name="schedule_mode_is_known")
        ]

    def __str__(self) -> str:
        return self.mode


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
