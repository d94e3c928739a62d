"""The audit trail: its lines and the heads of its chains."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class AuditChain(models.Model):
    """The head of one chain: the number of its lines and the digest over them (``audit.chains``)."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    count = models.BigIntegerField(default=0, help_text="The number of its last line")
    digest = models.CharField(max_length=64, blank=True, help_text="Over the MACs of all its lines")
    pruned_count = models.BigIntegerField(default=0, help_text="The number of the last line that was pruned")
    pruned_digest = models.CharField(max_length=64, blank=True, help_text="Over the MACs of the lines pruned")
    key_id = models.CharField(max_length=8)
    seal = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"Chain {self.pk}: {self.count} lines"


class AuditEvent(models.Model):
    """One line of the audit trail (R20): written by ``audit.trail.record``, never changed, kept for six years.

    The patient is a plain number, not a foreign key: ``audit`` cannot import ``patients``, and a line outlives the
    record that it names. ``names`` says what user and patient were called at that time (``audit.names``).
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
    names: "models.JSONField[dict[str, Any] | None]" = models.JSONField(
        null=True, help_text="Whom the line means, as called at that time; empty: a line from before 0.2.0"
    )
    chain = models.ForeignKey(AuditChain, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.BigIntegerField(help_text="In the chain, without gaps")
    key_id = models.CharField(max_length=8)
    mac = models.CharField(max_length=64, help_text="Over all other columns: audit.seals.line_mac")

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["chain", "number"], name="one_line_per_chain_and_number")
        ]
        indexes: ClassVar = [
            models.Index(fields=["patient_id", "-at"]),
            models.Index(fields=["action", "-at"]),
            models.Index(fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action}"
