"""Who is in charge of a meter's forecasts, by which rule that may change, and every decision about it."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from forecasting.registry import choices


class ForecastCare(models.Model):
    """How the forecasts of one meter are looked after. Made with the first forecast."""

    meter = models.OneToOneField("meters.Meter", on_delete=models.CASCADE, primary_key=True, related_name="+")
    champion = models.CharField(max_length=60, choices=choices, blank=True, help_text="the forecaster in charge")
    champion_since_at = models.DateTimeField(null=True, blank=True)
    retired = models.JSONField(default=list, blank=True, help_text="forecasters that shall not serve this meter")
    promotes_by_rule = models.BooleanField("promote by rule", default=True)
    better_by_pct = models.FloatField(
        "better by (%)",
        default=3.0,
        validators=[MinValueValidator(0), MaxValueValidator(90)],
        help_text="pinball loss of a challenger below that of the champion",
    )
    over_days = models.PositiveSmallIntegerField(
        "over (days)",
        default=14,
        validators=[MinValueValidator(3), MaxValueValidator(365)],
        help_text="of runs that both truly issued",
    )
    drift_pct = models.FloatField(
        "drift (%)",
        default=50.0,
        validators=[MinValueValidator(5), MaxValueValidator(1000)],
        help_text="error of the last week above that of its trial",
    )
    retrain_days = models.PositiveSmallIntegerField(
        "retrain every (days)", default=7, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    next_training_at = models.DateTimeField(null=True, blank=True, db_index=True)
    drifted_at = models.DateTimeField(null=True, blank=True)
    drift_words = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["meter"]
        verbose_name = "forecast care"
        verbose_name_plural = "forecast care"

    def __str__(self) -> str:
        return f"{self.meter}: {self.champion or 'nobody yet'}"


class Decision(models.Model):
    """One decision about the forecasters of a meter: who or which rule, when and why. Never changed."""

    class What(models.TextChoices):
        """What was decided."""

        PROMOTED = "promoted"
        RETIRED = "retired"
        RESTORED = "restored"
        DRIFTED = "drifted"
        SETTLED = "settled", "no drift any more"

    meter = models.ForeignKey("meters.Meter", on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=12, choices=What)
    forecaster = models.CharField(max_length=60, choices=choices)
    instead_of = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    why = models.TextField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["meter", "-at"], name="decision_latest")]

    def __str__(self) -> str:
        return f"{self.forecaster} {self.what}"
