"""Years of the past, brought window by window; each window is a row, so that nothing is fetched twice."""

from django.db import models

from scraping.models.accounts import PortalAccount, PortalMeter


class Backfill(models.Model):
    """What somebody asked to be brought: `[start_at, end_at)` of one meter, or of all where `reference` is empty."""

    class State(models.TextChoices):
        """How it stands."""

        OPEN = "open"
        DONE = "done"
        STOPPED = "stopped"
        FAILED = "failed"

    account = models.ForeignKey(PortalAccount, on_delete=models.CASCADE, related_name="backfills")
    reference = models.CharField(max_length=120, blank=True)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    job = models.UUIDField(null=True, blank=True, help_text="the job that works on it, or did last")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    worked_s = models.FloatField(default=0, help_text="seconds spent on its windows")
    error_message = models.TextField(blank=True)
    advice = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.account} back to {self.start_at:%Y-%m-%d}"

    @property
    def next_step(self) -> str:
        """What can be done with it: stop it, or let it go on."""
        return "stop" if self.state == self.State.OPEN else "go-on"


class BackfillWindow(models.Model):
    """One run of days of one meter."""

    backfill = models.ForeignKey(Backfill, on_delete=models.CASCADE, related_name="windows")
    link = models.ForeignKey(PortalMeter, on_delete=models.CASCADE, related_name="+")
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, help_text="why it could not be read; tried again when the backfill goes on")

    class Meta:
        ordering = ["backfill", "link", "-start_at"]
        constraints = [models.UniqueConstraint(fields=["backfill", "link", "start_at"], name="each_window_once")]

    def __str__(self) -> str:
        return f"{self.link} {self.start_at:%Y-%m-%d}..{self.end_at:%Y-%m-%d}"
