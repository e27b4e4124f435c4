"""Files that came in: what they are, what was answered, what they wrote, and whether that was taken back."""

from django.conf import settings
from django.db import models

from meters.models.readings import Source
from meters.models.sites import Meter, Site


class ImportBatch(models.Model):
    """One file on its way in. States move open -> checked -> storing -> done -> undoing -> undone.

    What it wrote are the readings of its own `source`; `touched` says of each meter between which starts, so that
    undoing looks nowhere else. `portion` and `meters_n` say how far it came, in the transaction that came so far.
    """

    class State(models.TextChoices):
        """How far the file is."""

        OPEN = "open", "to be checked"
        CHECKED = "checked", "checked"
        STORING = "storing", "being stored"
        DONE = "done", "stored"
        UNDOING = "undoing", "being undone"
        UNDONE = "undone", "undone"
        FAILED = "failed", "cannot be read"

    UNSTORED = (State.OPEN, State.CHECKED, State.FAILED)

    name = models.CharField(max_length=200)
    format = models.CharField(max_length=40)
    path = models.CharField(max_length=500, blank=True)
    is_kept = models.BooleanField(default=False, help_text="the file is a copy of ours and goes when it is done")
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    message = models.TextField(blank=True)
    meter = models.ForeignKey(Meter, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    make_meters = models.BooleanField(default=False)
    skip_bad = models.BooleanField(default=False)
    options = models.JSONField(default=dict)
    layout = models.JSONField(default=dict)
    preview = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    report = models.JSONField(default=dict)
    rejects = models.JSONField(default=list)
    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    portion = models.PositiveIntegerField(default=0)
    meters_n = models.PositiveIntegerField(default=0)
    touched = models.JSONField(default=dict)
    new_n = models.PositiveBigIntegerField(default=0)
    changed_n = models.PositiveBigIntegerField(default=0)
    same_n = models.PositiveBigIntegerField(default=0)
    refused_n = models.PositiveBigIntegerField(default=0)
    job = models.UUIDField(null=True, blank=True, help_text="the job that last worked on it")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    began_at = models.DateTimeField(null=True, blank=True, help_text="when its first reading was stored")
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "import"

    def __str__(self) -> str:
        return self.name
