"""Portal access: registrations, PINs, printed sheets, the families' accounts."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.attempt_counter import Attempt
from patients.models import Contact, FamilyContact
from practice.one_line import OneLineField


class Account(models.Model):
    """Links a family's user to its contact: one user, one contact (R14)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="account")
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="account")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.user}"


class Registration(models.Model):
    """Portal access of one family contact. *Unregistered* means that there is no such row, or that it has ended.

    The contact decides whose account it is. Whether there is access right now also depends on age and custody: see
    ``portal.eligibility``.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending Registration")
        REGISTERED = "registered", _("Registered")
        DECLINED = "declined", _("Declined")
        REMOVED = "removed", _("Removed")
        # Ended by the chart (R19), such as by a restriction. It starts again as if it had never been there.
        ENDED = "ended", _("Unregistered")

    family_contact = models.OneToOneField(FamilyContact, on_delete=models.PROTECT, related_name="registration")
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    changed_at = models.DateTimeField(default=timezone.now)
    registered_at = models.DateTimeField(null=True)
    reason = OneLineField(max_length=200, blank=True, help_text="Why declined, removed, or ended")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=["pending", "registered", "declined", "removed", "ended"]),
                name="registration_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status="registered", registered_at__isnull=False)
                | ~Q(status="registered") & Q(registered_at__isnull=True),
                name="registered_at_goes_with_registered",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["declined", "removed", "ended"]) & ~Q(reason="")
                | Q(status__in=["pending", "registered"], reason=""),
                name="reason_goes_with_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family_contact}: {self.get_status_display()}"


class Pin(models.Model):
    """A single-use secret for one registration, stored only as a keyed digest and, while live, encrypted (R7)."""

    class State(models.TextChoices):
        ACTIVE = "active"
        REDEEMED = "redeemed"
        EXPIRED = "expired"
        REVOKED = "revoked"
        SUPERSEDED = "superseded"
        LOCKED = "locked"

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="pins")
    digest = models.CharField(max_length=64, unique=True)
    key_id = models.CharField(max_length=8, help_text="The key of PIN_KEYS used for digest and seal")
    sealed = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    issued_at = models.DateTimeField(default=timezone.now)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(help_text="The moment from which it no longer works")
    printed_at = models.DateTimeField(null=True)
    wrong_birth_dates = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    end_reason = OneLineField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["registration"], condition=Q(state="active"), name="one_active_pin_per_registration"
            ),
            models.CheckConstraint(
                condition=Q(state="active") & ~Q(sealed="") | ~Q(state="active") & Q(sealed=""),
                name="pin_is_sealed_exactly_while_active",
            ),
            models.CheckConstraint(
                condition=Q(state="active", ended_at__isnull=True)
                | Q(
                    state__in=["redeemed", "expired", "revoked", "superseded", "locked"],
                    ended_at__isnull=False,
                ),
                name="pin_ended_at_goes_with_an_end",
            ),
            models.CheckConstraint(condition=~Q(state="revoked") | ~Q(end_reason=""), name="revoked_pin_has_a_reason"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("issued_at")), name="pin_expires_after_issue"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(wrong_birth_dates__lt=5), name="pin_locks_at_5_wrong_birth_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"PIN {self.pk} ({self.state})"

    @property
    def is_live(self) -> bool:
        """Whether it works right now: active and not expired."""
        return self.state == self.State.ACTIVE and timezone.now() < self.expires_at


class PinSheet(models.Model):
    """A printed sheet: one guardian and the PINs on it. Decides which children are offered together (R15)."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="pin_sheets")
    pins = models.ManyToManyField(Pin, related_name="sheets")
    language = models.CharField(max_length=10)
    printed_at = models.DateTimeField(default=timezone.now)
    printed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"Sheet {self.pk}"


class Postponement(models.Model):
    """A guardian wants to be asked again later. Until that day the family is not on the worklist."""

    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="postponement")
    until = models.DateField(help_text="The first day on which the family is asked again")
    reason = OneLineField(max_length=200)
    postponed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    postponed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="postponement_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.contact} until {self.until}"


class SheetRun(models.Model):
    """**Register and Print** for several families at once: what was chosen, and its progress.

    Planned (nothing is issued yet), started, printed. If the process is killed in between, the run can be continued.
    """

    day = models.DateField(help_text="The day of the worklist from which the families were chosen")
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(null=True, help_text="When the process working on it last reported progress")
    drawn = models.PositiveSmallIntegerField(default=0, help_text="Sheets drawn so far in the current or last PDF")
    printed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["day"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(printed_at__isnull=True) | Q(started_at__isnull=False),
                name="sheet_run_starts_before_it_is_printed",
            )
        ]

    def __str__(self) -> str:
        return f"Run {self.pk}"


class SheetRunFamily(models.Model):
    """One family of a run: one sheet for this contact, with these children."""

    run = models.ForeignKey(SheetRun, on_delete=models.CASCADE, related_name="families")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    family_contacts = models.ManyToManyField(FamilyContact, related_name="+")
    position = models.PositiveSmallIntegerField(help_text="The family's place in the order of appointments, from 1")
    done_at = models.DateTimeField(null=True, help_text="When its PINs were issued, or there was nothing to issue")

    class Meta:
        ordering: ClassVar = ["position"]
        verbose_name_plural = "sheet run families"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "contact"], name="one_sheet_per_family_of_a_run"),
            models.UniqueConstraint(fields=["run", "position"], name="one_family_per_place_of_a_run"),
        ]

    def __str__(self) -> str:
        return f"{self.run}, {self.position}"


class RedemptionFailure(Attempt):
    """A failed attempt to prove a PIN, for the limits per client and overall (R12). Kept for one hour."""

    client = models.CharField(max_length=45, help_text="IPv4 address, /64 of an IPv6 address, or user id")
    digest = models.CharField(max_length=64, help_text="Digest of the PIN that was tried, whether it exists or not")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["client", "at"])]


class Alert(models.Model):
    """A guessing attack shown to the practice, from its first attempts until an hour without any."""

    class Kind(models.TextChoices):
        REDEMPTION = "redemption", "PINs are being guessed"
        SIGN_IN = "sign_in", "Passwords are being guessed"

    kind = models.CharField(max_length=10, choices=Kind)
    started_at = models.DateTimeField(help_text="The first attempt that led to the alert")
    last_at = models.DateTimeField(help_text="The last attempt, to the minute")
    is_current = models.BooleanField(default=True, help_text="The newest alert of its kind, which may still go on")
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["redemption", "sign_in"]), name="alert_kind_is_known"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(is_current=True), name="one_current_alert_of_each_kind"
            ),
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True, seen_by__isnull=True)
                | Q(seen_at__isnull=False, seen_by__isnull=False),
                name="alert_seen_at_goes_with_seen_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.started_at:%Y-%m-%d %H:%M}"
