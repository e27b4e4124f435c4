"""Visits, what was kept of those that failed, and the codes that a portal asked for on the way."""

from django.db import models

from scraping.models.accounts import PortalAccount


class ScrapeRun(models.Model):
    """One visit of a portal account, from sign-in to the last reading."""

    class State(models.TextChoices):
        """How the visit stands."""

        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Purpose(models.TextChoices):
        """What the visit was made for."""

        VISIT = "visit"
        SIGN_IN = "sign_in", "sign-in test"
        BACKFILL = "backfill"
        FETCH_AGAIN = "fetch_again", "fetch again"

    account = models.ForeignKey(PortalAccount, on_delete=models.CASCADE, related_name="runs")
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.VISIT)
    job = models.UUIDField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    browsers_n = models.PositiveIntegerField(default=0, help_text="browsers started; more than one after crashes")
    documents_n = models.PositiveIntegerField(default=0)
    new_n = models.PositiveIntegerField(default=0)
    changed_n = models.PositiveIntegerField(default=0)
    same_n = models.PositiveIntegerField(default=0)
    refused_n = models.PositiveIntegerField(default=0)
    error_class = models.CharField(max_length=80, blank=True)
    error_message = models.TextField(blank=True)
    advice = models.TextField(blank=True)

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["account", "-started_at"], name="run_by_account")]

    def __str__(self) -> str:
        return f"{self.account} {self.started_at:%Y-%m-%d %H:%M}"


class Evidence(models.Model):
    """What the browser showed when a visit failed: a screenshot, the page and its requests, without secrets.

    Where the browser was gone by then, page and requests are from before, and there is no picture.
    """

    run = models.OneToOneField(ScrapeRun, on_delete=models.CASCADE, related_name="evidence")
    taken_at = models.DateTimeField(db_index=True)
    url = models.TextField(blank=True)
    screenshot = models.BinaryField(default=bytes)
    html = models.TextField(blank=True)
    requests = models.JSONField(default=list, blank=True, help_text="what the page asked for, the oldest first")
    browser_gone = models.BooleanField(default=False, help_text="it had crashed, and could not be looked at")
    seen_at = models.DateTimeField(null=True, blank=True, help_text="when its page was last looked at, if it was gone")

    class Meta:
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return f"evidence of {self.run}"


class CodeRequest(models.Model):
    """A code that a portal asks for in the middle of a visit, whose browser waits for it.

    The code is sealed, and forgotten as soon as the visit has taken it.
    """

    run = models.ForeignKey(ScrapeRun, on_delete=models.CASCADE, related_name="code_requests")
    question = models.TextField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="the visit has gone on, or given up")
    sealed_code = models.TextField(blank=True, default="", editable=False)

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"code for {self.run}"
