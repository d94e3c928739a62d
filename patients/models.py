"""Patients, their contacts, and the links between the two."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from patients.folding import FoldedField
from practice.emails import EmailField
from practice.one_line import OneLineField


class Patient(models.Model):
    """A person with a chart at this practice."""

    class Sex(models.TextChoices):
        FEMALE = "female", "Female"
        MALE = "male", "Male"
        OTHER = "other", "Other"
        UNKNOWN = "unknown", "Unknown"

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        INACTIVE = "inactive", "Inactive"
        TRANSFERRED = "transferred", "Transferred"
        DECEASED = "deceased", "Deceased"

    chart_number = OneLineField(max_length=64, unique=True)
    given_name = OneLineField(max_length=100, blank=True, help_text="Legal first name")
    middle_name = OneLineField(max_length=100, blank=True)
    family_name = OneLineField(max_length=100, blank=True)
    preferred_name = OneLineField(max_length=100, blank=True, help_text="Name the child goes by")
    birth_date = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=7, choices=Sex, default=Sex.UNKNOWN)
    status = models.CharField(max_length=11, choices=Status, default=Status.ACTIVE)
    # R3: a given name that staff confirmed as real although it looks like a placeholder. The name itself is
    # stored, so that a later change needs a new confirmation.
    confirmed_given_name = OneLineField(max_length=100, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    language = OneLineField(max_length=10, blank=True, help_text="BCP 47, such as en or es")
    phone = OneLineField(max_length=40, blank=True)
    email = EmailField("e-mail", blank=True)
    street = OneLineField(max_length=200, blank=True)
    city = OneLineField(max_length=100, blank=True)
    state = OneLineField(max_length=100, blank=True)
    postal_code = OneLineField(max_length=20, blank=True)
    folded_name = FoldedField(sources=["given_name", "middle_name", "family_name", "preferred_name"])

    class Meta:
        ordering: ClassVar = ["family_name", "given_name", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(chart_number=""), name="chart_number_is_given"),
            models.CheckConstraint(
                condition=Q(status__in=["active", "inactive", "transferred", "deceased"]),
                name="patient_status_is_known",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["birth_date"])]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Given and family name; a dash if both are empty."""
        return " ".join(part for part in (self.given_name, self.family_name) if part) or "—"

    @property
    def call_name(self) -> str:
        """The name to use when talking to the family."""
        return self.preferred_name or self.given_name


class Contact(models.Model):
    """A parent, guardian or relative of patients, or a patient as their own contact (Self)."""

    given_name = OneLineField("first name", max_length=100, blank=True)
    family_name = OneLineField("last name", max_length=100, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    language = OneLineField(max_length=10, blank=True, help_text="BCP 47, such as en or es")
    home_phone = OneLineField(max_length=40, blank=True)
    cell_phone = OneLineField(max_length=40, blank=True)
    email = EmailField("Home Email", blank=True)
    street = OneLineField(max_length=200, blank=True)
    city = OneLineField(max_length=100, blank=True)
    state = OneLineField(max_length=100, blank=True)
    postal_code = OneLineField(max_length=20, blank=True)
    folded_name = FoldedField(sources=["given_name", "family_name"])

    class Meta:
        ordering: ClassVar = ["family_name", "given_name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.given_name, self.family_name) if part) or "—"


class Level(models.TextChoices):
    """How much of a patient somebody sees on the portal."""

    FULL = "full", "Full"
    LIMITED = "limited", "Limited"
    NONE = "none", "None"


class FamilyContact(models.Model):
    """The link of one Contact to one Patient (FHIR: RelatedPerson)."""

    class Role(models.TextChoices):
        MOTHER = "mother", _("Mother")
        FATHER = "father", _("Father")
        PARENT = "parent", _("Parent")
        STEPPARENT = "stepparent", _("Stepparent")
        FOSTER_PARENT = "foster_parent", _("Foster parent")
        GUARDIAN = "guardian", _("Legal guardian")
        GRANDPARENT = "grandparent", _("Grandparent")
        SIBLING = "sibling", _("Sibling")
        RELATIVE = "relative", _("Other relative")
        SELF = "self", _("Self")
        EMERGENCY = "emergency", _("Emergency contact")
        OTHER = "other", _("Other")

    class Authority(models.TextChoices):
        """The right to decide for the child. Only Joint and Exclusive allow portal access."""

        JOINT = "joint", "Joint"
        EXCLUSIVE = "exclusive", "Exclusive"
        NONE = "none", "None"

    class Basis(models.TextChoices):
        """Why this person may see the patient on the portal. Adults need one of ``FOR_ADULTS``."""

        PARENT = "parent", "Parent"
        COURT_ORDER = "court_order", "Court order or guardianship of a minor"
        FOSTER = "foster", "Foster placement"
        ADULT_GUARDIANSHIP = "guardianship", "Guardianship of a dependent adult"
        CONSENT = "consent", "Adult patient’s consent"
        OTHER = "other", "Other"

    FOR_ADULTS: ClassVar = (Basis.ADULT_GUARDIANSHIP, Basis.CONSENT)
    WITH_DOCUMENT: ClassVar = (Basis.COURT_ORDER, Basis.FOSTER, Basis.ADULT_GUARDIANSHIP)

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="family_contacts")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="family_contacts")
    role = models.CharField(max_length=13, choices=Role, default=Role.OTHER)
    authority = models.CharField(max_length=9, choices=Authority, default=Authority.NONE)
    lives_with = models.BooleanField("lives with the patient", default=False)
    sort_order = models.PositiveSmallIntegerField(default=1, help_text="1 is the primary contact")
    level = models.CharField(
        "portal access",
        max_length=7,
        choices=Level,
        default=Level.FULL,
        help_text="What the practice allows. Age, authority, and basis can only make it less",
    )
    restriction_reason = OneLineField(max_length=200, blank=True)
    restriction_document = OneLineField(
        max_length=100, blank=True, help_text="Where to find the document, such as its number"
    )
    basis = models.CharField("basis of access", max_length=12, choices=Basis, default=Basis.PARENT)
    basis_document = OneLineField(
        "document", max_length=100, blank=True, help_text="Where to find the document, such as its number"
    )
    basis_from = models.DateField("from", null=True, blank=True, help_text="The first day of access")
    basis_until = models.DateField("until", null=True, blank=True, help_text="The last day of access")
    is_active = models.BooleanField("active", default=True)

    class Meta:
        ordering: ClassVar = ["sort_order", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["patient", "contact"],
                name="one_link_per_patient_and_contact",
                violation_error_message="This person is already a family contact of this patient.",
            ),
            models.UniqueConstraint(
                fields=["contact"],
                condition=Q(role="self"),
                name="self_of_one_patient_only",
                violation_error_message="This person is already the contact record (Self) of another patient.",
            ),
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(role="self", is_active=True),
                name="one_self_per_patient",
                violation_error_message="This patient already has a contact with the role Self.",
            ),
            models.CheckConstraint(
                condition=Q(level__in=["limited", "none"]) & ~Q(restriction_reason="")
                | Q(level="full", restriction_reason="", restriction_document=""),
                name="restriction_has_a_reason",
                violation_error_message=(
                    "Limited and None need a reason. With Full access, leave reason and document empty."
                ),
            ),
            models.CheckConstraint(
                condition=Q(basis__in=["parent", "court_order", "foster", "guardianship", "consent", "other"]),
                name="basis_is_known",
            ),
            models.CheckConstraint(
                condition=Q(basis_from=None) | Q(basis_until=None) | Q(basis_until__gte=F("basis_from")),
                name="basis_ends_after_it_begins",
                violation_error_message="The last day is before the first day. Check the dates.",
            ),
            models.CheckConstraint(
                condition=Q(authority__in=["joint", "exclusive", "none"]), name="authority_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact}, {self.get_role_display()} of {self.patient}"


class PatientAlias(models.Model):
    """Another name of a patient: old, maiden or temporary. Used by the search, never printed."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="aliases")
    name = OneLineField(max_length=200)
    folded_name = FoldedField(sources=["name"])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["patient", "name"], name="one_alias_per_patient_and_name")
        ]

    def __str__(self) -> str:
        return self.name


class Identifier(models.Model):
    """The identifier of a record in another system. Rosters are matched by it."""

    system = OneLineField(max_length=255, blank=True)
    value = OneLineField(max_length=255)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.system}|{self.value}"


class PatientIdentifier(Identifier):
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="identifiers")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["system", "value"], name="one_patient_per_identifier")]


class ContactIdentifier(Identifier):
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="identifiers")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["system", "value"], name="one_contact_per_identifier")]
