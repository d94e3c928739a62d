"""The practice itself: its settings, the people who sign in, and the audit trail."""

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.normal import normalised


class Practice(models.Model):
    """The settings a practice chooses. One row at most; without it the defaults hold."""

    class Paper(models.TextChoices):
        LETTER = "Letter"
        A4 = "A4"

    class GridMinutes(models.IntegerChoices):
        FIVE = 5, "5 minutes"
        TEN = 10, "10 minutes"
        FIFTEEN = 15, "15 minutes"

    name = models.CharField(max_length=100, default="Our Practice")
    address = models.CharField(max_length=200, blank=True, help_text="In lines, as on an envelope")
    phone = models.CharField(max_length=30, blank=True)
    logo = models.BinaryField(null=True, editable=False, help_text="A small PNG of our own making (practice.logo)")
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
        """The practice's settings; the defaults where nobody has saved any yet. The logo is fetched when asked for."""
        return cls.objects.filter(pk=1).defer("logo").first() or cls(pk=1)

    @classmethod
    def locked(cls) -> "Practice":
        """The row, made where nobody has saved any yet; whoever else wants to change it waits for this transaction."""
        cls.objects.get_or_create(pk=1)
        return cls.objects.select_for_update().get(pk=1)

    @property
    def address_lines(self) -> list[str]:
        """The address as on an envelope."""
        return self.address.splitlines()

    @property
    def address_in_one_line(self) -> str:
        """The address where there is one line for it."""
        return ", ".join(line.strip().rstrip(",") for line in self.address_lines)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None, *, kind: str) -> "User":
        """Make a sign-in. The password is hashed; validate it before, in a form."""
        user = self.model(email=self.normalize_email(email), kind=kind)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A sign-in: an e-mail address and a password, of a staff member or of a family."""

    class Kind(models.TextChoices):
        STAFF = "staff"
        FAMILY = "family"

    email = models.EmailField(unique=True)
    kind = models.CharField(max_length=6, choices=Kind)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    session_number = models.PositiveIntegerField(
        default=0, editable=False, help_text="Counted up to end all sessions: each carries the number it began with"
    )
    link_number = models.PositiveIntegerField(
        default=0, editable=False, help_text="Counted up with each link to choose a password: the newest alone works"
    )
    language = models.CharField(
        max_length=10,
        blank=True,
        default="",
        help_text="What a family reads: a code of settings.LANGUAGES. Empty: not known yet",
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["kind"]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"), name="one_user_per_email", violation_error_message="This e-mail has a sign-in already."
            ),
            models.CheckConstraint(condition=Q(kind__in=["staff", "family"]), name="user_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_staff_member(self) -> bool:
        return self.kind == self.Kind.STAFF

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(normalised(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(normalised(raw_password))

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must carry to be this user's: it changes with the password and with the session number."""
        value = f"{self.password}:{self.session_number}"
        return salted_hmac("practice.User.session", value, secret=secret, algorithm="sha256").hexdigest()


class StaffRecord(models.Model):
    """The Practice Portal's record of a staff member; only one linked to a sign-in lets it work (R1)."""

    class Role(models.TextChoices):
        FRONT_DESK = "front_desk", "Front desk"
        CLINICIAN = "clinician", "Clinician"
        ADMINISTRATOR = "administrator", "Practice administrator"
        AUDITOR = "auditor", "Auditor"

    name = models.CharField(max_length=100)
    role = models.CharField(max_length=20, choices=Role)
    is_active = models.BooleanField("active", default=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="staff_record",
        verbose_name="sign-in",
        limit_choices_to={"kind": User.Kind.STAFF},
    )

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(role__in=["front_desk", "clinician", "administrator", "auditor"]),
                name="staff_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Terms(models.Model):
    """A version of the practice's terms for families. Published ones stay as they are; the newest counts."""

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
    """The words of one version in one language."""

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
    """A family's sign-in has accepted a version, in the language in which it was shown."""

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


class AuditLane(models.Model):
    """The head of one lane of the audit trail: how many lines it has, and what they come to (``audit.lanes``)."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    count = models.BigIntegerField(default=0, help_text="The number of its last line")
    digest = models.CharField(max_length=64, blank=True, help_text="Over the MACs of all its lines")
    pruned_count = models.BigIntegerField(default=0, help_text="The number of the last line that was pruned")
    pruned_digest = models.CharField(max_length=64, blank=True, help_text="Over the MACs of the lines pruned")
    key_id = models.CharField(max_length=8)
    seal = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"Lane {self.pk}: {self.count} lines"


class SignInAttempt(models.Model):
    """A try to sign in that has not succeeded; from these the waits of ``accounts.signin.attempts`` are computed."""

    class Step(models.TextChoices):
        PASSWORD = "password"  # noqa: S105
        CODE = "code"  # of a second factor
        RESET = "reset"  # asking for a link to choose a new password: always counts
        MAIL = "mail"  # asking for a code to confirm an e-mail address: always counts
        CONFIRM = "confirm"  # typing that code
        EMAIL = "email"  # asking whether an account can be made with an e-mail: always counts
        DOWNLOAD = "download"  # asking for all the portal holds about a child: always counts

    at = models.DateTimeField(default=timezone.now, db_index=True)
    step = models.CharField(max_length=8, choices=Step)
    account = models.CharField(max_length=64, help_text="Keyed digest: what was typed may be anything, even a password")
    address = models.CharField(max_length=45, help_text="The client's IP address")
    device = models.CharField(max_length=32, blank=True, help_text="The device, if this account has signed in there")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["step", "account", "at"]),
            models.Index(fields=["step", "address", "at"]),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.step}"


class SpentCode(models.Model):
    """A code of an authenticator app that has been used: within its time it works only once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=64, help_text="Keyed digest")
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "code"], name="a_code_is_spent_once")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}"


class EmailCode(models.Model):
    """The code mailed last to confirm an address of a user: the present one, or the one it is to become."""

    LIFETIME = timedelta(hours=24)  # NIST SP 800-63A-4 section 3.8: at most, for a code sent by e-mail
    MOST_WRONG = 5

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="email_code")
    email = models.EmailField(help_text="The address it was sent to")
    digest = models.CharField(max_length=64, help_text="Keyed digest of user, address and code")
    sent_at = models.DateTimeField(default=timezone.now)
    wrong = models.PositiveSmallIntegerField(default=0, help_text="Wrong codes typed since it was sent")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(wrong__lte=5), name="an_email_code_has_five_tries"),
        ]

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d %H:%M:%S}"

    @property
    def is_live(self) -> bool:
        return self.wrong < self.MOST_WRONG and timezone.now() < self.sent_at + self.LIFETIME


class AuditEvent(models.Model):
    """One line of the audit trail (R20): written by ``audit.trail.record``, never changed or deleted.

    The patient stands here by number rather than by foreign key: the trail is below the patients in
    the order of imports, and outlives whatever it speaks of.
    """

    at = models.DateTimeField(default=timezone.now, editable=False, help_text="UTC")
    action = models.CharField(max_length=40)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Who; empty: nobody signed in",
    )
    patient_id = models.BigIntegerField(null=True)
    address = models.CharField(max_length=45, blank=True, help_text="The client's IP address, or the command's name")
    detail: "models.JSONField[dict[str, Any]]" = models.JSONField(
        default=dict, help_text="Numbers and codes only: no PIN, password or clinical text"
    )
    lane = models.ForeignKey(AuditLane, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.BigIntegerField(help_text="In the lane, without gaps")
    key_id = models.CharField(max_length=8)
    mac = models.CharField(max_length=64, help_text="Over all other columns: audit.seals.line_mac")

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lane", "number"], name="one_line_per_lane_and_number")
        ]
        indexes: ClassVar = [
            models.Index(fields=["patient_id", "-at"]),
            models.Index(fields=["action", "-at"]),
            models.Index(fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action}"
