"""Backtests asked for in the panel: what was asked, and each answer as soon as it was there."""

from django.db import models
from django.db.models import Q


class Backtest(models.Model):
    """One meter, some forecasters, local days `[first_day, last_day]` as origins, one assumption on the weather."""

    meter = models.ForeignKey("meters.Meter", on_delete=models.CASCADE, related_name="+")
    forecasters = models.JSONField(default=list)
    first_day = models.DateField()
    last_day = models.DateField(help_text="of the last origin, included")
    weather = models.CharField(max_length=20)
    refit_days = models.PositiveSmallIntegerField(default=30, help_text="trained again at this age")
    data_through_at = models.DateTimeField(help_text="readings after it are not used, so that a restart sees the same")
    created_at = models.DateTimeField()
    job = models.UUIDField(null=True, blank=True)
    summary = models.JSONField(default=dict, blank=True, help_text="of forecasting.domain.report, when it is done")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=models.F("first_day")), name="a_backtest_has_days")
        ]

    def __str__(self) -> str:
        return f"{self.meter}, {self.first_day} to {self.last_day}"


class BacktestFold(models.Model):
    """What one forecaster said at one origin: rows of little-endian float64, QUANTILES and then what came (kW)."""

    backtest = models.ForeignKey(Backtest, on_delete=models.CASCADE, related_name="folds")
    forecaster = models.CharField(max_length=60)
    origin_at = models.DateTimeField()
    interval_s = models.PositiveIntegerField()
    answer = models.BinaryField()
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["origin_at", "forecaster"]
        constraints = [
            models.UniqueConstraint(fields=["backtest", "forecaster", "origin_at"], name="one_fold_of_each_origin")
        ]

    def __str__(self) -> str:
        return f"{self.forecaster} at {self.origin_at:%Y-%m-%d %H:%M}"
