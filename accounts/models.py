"""The people who sign in: users, staff records, failed tries, codes."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.attempt_counter import Attempt
from accounts.normal import normalised


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


class SignInAttempt(Attempt):
    """A try to sign in that has not succeeded; from these the waits of ``accounts.signin.attempts`` are computed."""

    class Step(models.TextChoices):
        PASSWORD = "password"  # noqa: S105
        CODE = "code"  # of a second factor
        RESET = "reset"  # asking for a link to choose a new password: always counts
        MAIL = "mail"  # asking for a code to confirm an e-mail address: always counts
        CONFIRM = "confirm"  # typing that code
        EMAIL = "email"  # asking whether an account can be made with an e-mail: always counts
        DOWNLOAD = "download"  # asking for all the portal holds about a child: always counts

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
