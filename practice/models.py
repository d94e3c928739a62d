"""The practice itself: its settings and its terms for families."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from practice.one_line import LinesField, OneLineField


class Practice(models.Model):
    """The practice's settings. At most one row; without it, the defaults apply."""

    class Paper(models.TextChoices):
        LETTER = "Letter"
        A4 = "A4"

    class GridMinutes(models.IntegerChoices):
        FIVE = 5, "5 minutes"
        TEN = 10, "10 minutes"
        FIFTEEN = 15, "15 minutes"

    name = OneLineField(max_length=100, default="Our Practice")
    address = LinesField(max_length=200, blank=True, help_text="In lines, as on an envelope")
    phone = OneLineField(max_length=30, blank=True)
    logo = models.BinaryField(null=True, editable=False, help_text="A small PNG made by practice.logo")
    logo_mark = models.CharField(max_length=16, blank=True, editable=False, help_text="Of the logo's bytes")
    logo_width = models.PositiveSmallIntegerField(default=0, editable=False, help_text="Pixels")
    logo_height = models.PositiveSmallIntegerField(default=0, editable=False, help_text="Pixels")
    paper = models.CharField(max_length=6, choices=Paper, default=Paper.LETTER)
    pin_lifetime_days = models.PositiveSmallIntegerField(
        "PIN lifetime in days", default=14, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    adult_age = models.PositiveSmallIntegerField(
        "adult from age", default=18, validators=[MinValueValidator(14), MaxValueValidator(25)]
    )
    own_account_from = models.PositiveSmallIntegerField(
        "own accounts from age", default=13, validators=[MinValueValidator(1)]
    )
    teen_from = models.PositiveSmallIntegerField("teen from age", default=12, validators=[MinValueValidator(1)])
    teen_to = models.PositiveSmallIntegerField("teen to age", default=17)
    grid_minutes = models.PositiveSmallIntegerField(
        "calendar grid", choices=GridMinutes, default=GridMinutes.FIFTEEN, help_text="How long a slot of the day is"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(pk=1), name="practice_is_one_row"),
            models.CheckConstraint(
                condition=Q(pin_lifetime_days__gte=1, pin_lifetime_days__lte=30),
                name="pin_lifetime_is_1_to_30_days",
            ),
            models.CheckConstraint(
                condition=Q(teen_from__lte=F("teen_to"), teen_to__lt=F("adult_age")),
                name="teen_ages_end_before_adult_age",
            ),
            models.CheckConstraint(
                condition=Q(own_account_from__gte=1, own_account_from__lte=F("adult_age")),
                name="own_accounts_start_before_adult_age",
            ),
            models.CheckConstraint(condition=Q(teen_from__gte=1), name="teen_from_is_1_or_more"),
            models.CheckConstraint(condition=Q(adult_age__gte=14, adult_age__lte=25), name="adult_age_is_14_to_25"),
            models.CheckConstraint(condition=Q(grid_minutes__in=[5, 10, 15]), name="calendar_grid_is_5_10_or_15"),
            models.CheckConstraint(
                condition=Q(logo=None, logo_mark="", logo_width=0, logo_height=0)
                | (Q(logo__isnull=False, logo_width__gt=0, logo_height__gt=0) & ~Q(logo_mark="")),
                name="logo_is_there_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Practice":
        """The settings, or the defaults if nothing was saved yet. The logo is loaded only if used."""
        return cls.objects.filter(pk=1).defer("logo").first() or cls(pk=1)

    @classmethod
    def locked(cls) -> "Practice":
        """The row, locked until this transaction ends. Created if nothing was saved yet."""
        cls.objects.get_or_create(pk=1)
        return cls.objects.select_for_update().get(pk=1)

    @property
    def address_lines(self) -> list[str]:
        """The address as on an envelope."""
        return self.address.splitlines()

    @property
    def address_in_one_line(self) -> str:
        """The address in one line."""
        return ", ".join(line.strip().rstrip(",") for line in self.address_lines)


class Terms(models.Model):
    """A version of the practice's terms for families. Published versions never change; the newest applies."""

    number = models.PositiveIntegerField(unique=True, help_text="The version: 1, 2, 3 …")
    published_at = models.DateTimeField(default=timezone.now, help_text="UTC")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", help_text="Empty: a command"
    )

    class Meta:
        verbose_name_plural = "terms"
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(number__gte=1), name="terms_count_from_1")]

    def __str__(self) -> str:
        return f"Terms, version {self.number}"


class TermsText(models.Model):
    """The text of one version in one language."""

    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=10, help_text="A code of settings.LANGUAGES")
    text = models.TextField(help_text="Paragraphs, with an empty line between them")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["terms", "language"], name="one_text_per_terms_and_language"),
            models.CheckConstraint(condition=~Q(text=""), name="terms_have_words"),
        ]

    def __str__(self) -> str:
        return f"{self.terms} ({self.language})"


class TermsAcceptance(models.Model):
    """A family user has accepted a version, in the language in which it was shown."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="acceptances")
    language = models.CharField(max_length=10, help_text="A code of settings.LANGUAGES")
    accepted_at = models.DateTimeField(default=timezone.now, help_text="UTC")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "terms"], name="terms_are_accepted_once_by_each_user")
        ]

    def __str__(self) -> str:
        return f"{self.terms}, accepted {self.accepted_at:%Y-%m-%d}"
