"""A search through a portal that nobody wrote a recipe for, and what it proposes."""

from django.conf import settings
from django.db import models


class Probe(models.Model):
    """One search. Its secrets are sealed, and forgotten a day after; how it stands tells its job."""

    address = models.URLField(max_length=500)
    username = models.CharField(max_length=200)
    sealed_password = models.TextField(blank=True, default="", editable=False)
    sealed_totp_seed = models.TextField(blank=True, default="", editable=False)
    zone = models.CharField(max_length=60, default="UTC", help_text="of those who ask, where the portal tells none")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    job = models.UUIDField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    pages_n = models.PositiveIntegerField(default=0, help_text="views that were opened")
    ignored = models.JSONField(default=list, blank=True, help_text="what was seen and left, each with its reason")
    terms_accepted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.address


class Proposal(models.Model):
    """A series that the search found, with the recipe that read the preview. `guesses` maps a name to value,
    confidence and reasons.
    """

    probe = models.ForeignKey(Probe, on_delete=models.CASCADE, related_name="proposals")
    rank = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    place = models.TextField(blank=True, help_text="where in the portal it stands")
    recipe = models.TextField()
    confidence = models.FloatField()
    guesses = models.JSONField(default=dict)
    told = models.JSONField(default=list, blank=True, help_text="how days are chosen, where else it was seen")
    columns = models.JSONField(default=list)
    ignored = models.JSONField(default=list, blank=True)
    preview = models.JSONField(default=dict, blank=True)
    document = models.BinaryField(default=bytes, help_text="what the recipe brought, for another reading of it")
    content_type = models.CharField(max_length=80, blank=True)
    window_start_at = models.DateTimeField(null=True, blank=True)
    window_end_at = models.DateTimeField(null=True, blank=True)
    trouble = models.TextField(blank=True, help_text="why the recipe could not read another period")
    account = models.ForeignKey(
        "scraping.PortalAccount", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["probe", "rank"]
        constraints = [models.UniqueConstraint(fields=["probe", "rank"], name="one_proposal_for_each_rank")]

    def __str__(self) -> str:
        return self.title
