"""Users, staff records, failed attempts to sign in, and codes."""

import unicodedata
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.attempt_counter import Attempt
from practice.emails import EmailField
from practice.one_line import OneLineField


def normalize_password(password: str | None) -> str | None:
    """Normalize passwords to NFKC (NIST SP 800-63B section 3.1.1.2): some keyboards send é as two characters."""
    return None if password is None else unicodedata.normalize("NFKC", password)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None, *, kind: str) -> "User":
        """Make a sign-in. Validate the password before, in a form."""
        user = self.model(email=email, kind=kind)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=username)


class User(AbstractBaseUser):
    """A sign-in: an e-mail address and a password, of a staff member or of a family."""

    class Kind(models.TextChoices):
        STAFF = "staff"
        FAMILY = "family"

    email = EmailField(unique=True, error_messages={"unique": "This e-mail has a sign-in already."})
    kind = models.CharField(max_length=6, choices=Kind)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    session_number = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="Counted up to end all sessions: each session has the number it started with",
    )
    link_number = models.PositiveIntegerField(
        default=0, editable=False, help_text="Counted up with each link to choose a password: only the newest works"
    )
    language = models.CharField(
        max_length=10,
        blank=True,
        default="",
        help_text="A family's language: a code of settings.LANGUAGES. Empty: not known yet",
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["kind"]

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["staff", "family"]), name="user_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_staff_member(self) -> bool:
        return self.kind == self.Kind.STAFF

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(normalize_password(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(normalize_password(raw_password))

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """The value that a session must have to be valid. It changes with the password and the session number."""
        value = f"{self.password}:{self.session_number}"
        return salted_hmac("pinportal session", value, secret=secret, algorithm="sha256").hexdigest()


class StaffRecord(models.Model):
    """A staff member's record in the Practice Portal. A staff sign-in without an active one has no access (R1)."""

    class Role(models.TextChoices):
        FRONT_DESK = "front_desk", "Front desk"
        CLINICIAN = "clinician", "Clinician"
        VIEWER = "viewer", "Viewer"
        ADMINISTRATOR = "administrator", "Practice administrator"
        AUDITOR = "auditor", "Auditor"

    name = OneLineField(max_length=100)
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
                condition=Q(role__in=["front_desk", "clinician", "viewer", "administrator", "auditor"]),
                name="staff_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AccessRequest(models.Model):
    """A staff sign-in without an active staff record has asked for access. The answer deletes it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_request")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["asked_at", "pk"]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M:%S}"


class SignInAttempt(Attempt):
    """A failed attempt to sign in. ``accounts.signin.attempts`` computes waits from these."""

    class Step(models.TextChoices):
        PASSWORD = "password"  # noqa: S105
        CODE = "code"  # of a second factor
        RESET = "reset"  # asking for a link to choose a new password: always counts
        MAIL = "mail"  # asking for a code to confirm an e-mail address: always counts
        CONFIRM = "confirm"  # typing that code
        EMAIL = "email"  # asking whether an account can be made with an e-mail: always counts
        DOWNLOAD = "download"  # asking for a download of all data about a child: always counts

    step = models.CharField(max_length=8, choices=Step)
    account = models.CharField(max_length=64, help_text="Keyed digest, because users also type passwords by mistake")
    address = models.CharField(max_length=45, help_text="The client's IP address")
    device = models.CharField(max_length=32, blank=True, help_text="The device, if this account has signed in on it")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["step", "account", "at"]),
            models.Index(fields=["step", "address", "at"]),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.step}"


class SpentCode(models.Model):
    """A used code of an authenticator app: it works only once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=64, help_text="Keyed digest")
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "code"], name="a_code_is_spent_once")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}"


class EmailCode(models.Model):
    """The last code mailed to confirm a user's current or new address."""

    LIFETIME = timedelta(hours=24)  # NIST SP 800-63A-4 section 3.8: at most, for a code sent by e-mail
    MOST_WRONG = 5

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="email_code")
    email = EmailField(help_text="The address it was sent to")
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
