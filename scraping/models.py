"""Rows of the scraper: accounts at portals, their meters, visits, documents and what was kept of failures."""

from django.db import models

from scraping.registry import choices


class PortalAccount(models.Model):
    """One customer at one portal. `enabled` is the start/stop switch; the password is sealed (kit.vault)."""

    name = models.CharField(max_length=120, unique=True)
    portal = models.CharField(max_length=60, choices=choices)
    params = models.JSONField(default=dict, blank=True, help_text="what the portal plug-in asks for, base_url first")
    username = models.CharField(max_length=200)
    sealed_password = models.TextField(editable=False)
    enabled = models.BooleanField(default=False, help_text="visited on schedule")
    interval_minutes = models.PositiveIntegerField(default=720, help_text="between two visits; twice a day is polite")
    first_days = models.PositiveIntegerField(default=60, help_text="how far back the first visit reads")
    reread_days = models.PositiveIntegerField(default=30, help_text="portals correct the past: read again each visit")
    next_visit_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="visits that failed in a row")
    stopped_because = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PortalMeter(models.Model):
    """A meter as one account shows it."""

    account = models.ForeignKey(PortalAccount, on_delete=models.CASCADE, related_name="meters")
    reference = models.CharField(max_length=120, help_text="the portal's own number")
    meter = models.ForeignKey("meters.Meter", on_delete=models.CASCADE, related_name="+")
    has_news = models.BooleanField(default=False, help_text="readings were stored that nobody was told of yet")

    class Meta:
        ordering = ["account", "reference"]
        constraints = [models.UniqueConstraint(fields=["account", "reference"], name="one_row_for_each_portal_meter")]

    def __str__(self) -> str:
        return f"{self.reference} at {self.account}"


class ScrapeRun(models.Model):
    """One visit of a portal account, from sign-in to the last reading."""

    class State(models.TextChoices):
        """How the visit stands."""

        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    account = models.ForeignKey(PortalAccount, on_delete=models.CASCADE, related_name="runs")
    job = models.UUIDField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
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


class StoredDocument(models.Model):
    """Raw bytes that a portal gave, kept before anything reads them; the same bytes are kept once."""

    account = models.ForeignKey(PortalAccount, on_delete=models.CASCADE, related_name="documents")
    run = models.ForeignKey(ScrapeRun, null=True, on_delete=models.SET_NULL, related_name="documents")
    meter_reference = models.CharField(max_length=120)
    window_start_at = models.DateTimeField()
    window_end_at = models.DateTimeField()
    content_type = models.CharField(max_length=80)
    url = models.TextField()
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    claimed_rows = models.PositiveIntegerField(null=True, blank=True)
    fetched_at = models.DateTimeField()
    parsed_at = models.DateTimeField(null=True, blank=True)
    parse_error = models.TextField(blank=True)

    class Meta:
        ordering = ["-fetched_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "meter_reference", "window_start_at", "window_end_at", "sha256"],
                name="the_same_bytes_once",
            )
        ]
        indexes = [models.Index(fields=["account", "parsed_at"], name="document_to_parse")]

    def __str__(self) -> str:
        return f"{self.meter_reference} {self.window_start_at:%Y-%m-%d}..{self.window_end_at:%Y-%m-%d}"


class Evidence(models.Model):
    """What the browser showed when a visit failed: a screenshot, and the page without secrets."""

    run = models.OneToOneField(ScrapeRun, on_delete=models.CASCADE, related_name="evidence")
    taken_at = models.DateTimeField()
    url = models.TextField(blank=True)
    screenshot = models.BinaryField(default=bytes)
    html = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return f"evidence of {self.run}"
