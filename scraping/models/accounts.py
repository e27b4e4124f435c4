"""Customers at portals, and the meters that their accounts show."""

from django.db import models

from scraping.registry import choices


class PortalAccount(models.Model):
    """One customer at one portal. `enabled` is the start/stop switch; every secret is sealed (kit.vault)."""

    name = models.CharField(max_length=120, unique=True)
    portal = models.CharField(max_length=60, choices=choices)
    params = models.JSONField(default=dict, blank=True, help_text="what the portal plug-in asks for, base_url first")
    username = models.CharField(max_length=200)
    sealed_password = models.TextField(editable=False)
    sealed_totp_seed = models.TextField(blank=True, default="", editable=False)
    sealed_session = models.TextField(blank=True, default="", editable=False, help_text="cookies of the last visit")
    session_kept_at = models.DateTimeField(null=True, blank=True, editable=False)
    enabled = models.BooleanField(default=False, help_text="visited on schedule")
    interval_minutes = models.PositiveIntegerField(default=720, help_text="between two visits; twice a day is polite")
    first_days = models.PositiveIntegerField(default=60, help_text="how far back the first visit reads")
    reread_days = models.PositiveIntegerField(default=30, help_text="portals correct the past: read again each visit")
    next_visit_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="visits that failed in a row")
    stopped_because = models.TextField(blank=True)
    stopped_class = models.CharField(max_length=80, blank=True, editable=False, help_text="the error that stopped it")
    terms_accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    terms_text = models.TextField(blank=True, editable=False, help_text="the sentence that was accepted")

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
