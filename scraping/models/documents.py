"""What portals gave, byte for byte."""

from django.db import models

from scraping.models.accounts import PortalAccount
from scraping.models.visits import ScrapeRun


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
    seq = models.BigIntegerField(
        default=0, editable=False, help_text="order within the account, whatever the clock did"
    )
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
