"""The ledger: one row a job, the truth about what was asked for, what runs and what came of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class Job(models.Model):
    """A piece of long work. States move queued -> running -> done | failed | cancelled, or back to queued."""

    class State(models.TextChoices):
        """Where a job stands."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    OPEN = (State.QUEUED, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, help_text="what it works on, for people")
    dedup_key = models.CharField(max_length=200, help_text="one open job for each key")
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    run_after = models.DateTimeField(help_text="not started before")
    kicked_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True, help_text="who holds it: only that process may write its end")
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    again = models.BooleanField(default=False, help_text="more came while it ran: the same once more when it is done")
    step = models.CharField(max_length=200, blank=True)
    done_n = models.PositiveIntegerField(default=0)
    done_of = models.PositiveIntegerField(null=True, blank=True)
    result = models.JSONField(default=dict, blank=True)
    error_class = models.CharField(max_length=80, blank=True)
    error_message = models.TextField(blank=True)
    advice = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["dedup_key"], condition=Q(state__in=["queued", "running"]), name="one_open_job_for_each_key"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "run_after"], name="job_due"),
            models.Index(fields=["kind", "-created_at"], name="job_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def is_open(self) -> bool:
        """Queued or running."""
        return self.state in self.OPEN


class JobLine(models.Model):
    """One line of a job's log, written as it happens."""

    class Level(models.TextChoices):
        """How much a line matters."""

        INFO = "info"
        WARNING = "warning"
        ERROR = "error"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="lines")
    at = models.DateTimeField()
    level = models.CharField(max_length=8, choices=Level, default=Level.INFO)
    text = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


class Beat(models.Model):
    """When a canary last went the whole way round a cluster: queue, worker, ledger."""

    cluster = models.CharField(primary_key=True, max_length=40)
    sent_at = models.DateTimeField(null=True)
    back_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.cluster
