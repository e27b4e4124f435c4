"""What was trained, what was promised and when, and how it turned out. Kept for ever."""

from django.db import models
from django.db.models import Q

from forecasting.registry import choices

QUANTILE_FIELDS = (
    "p05_kw",
    "p10_kw",
    "p20_kw",
    "p30_kw",
    "p40_kw",
    "p50_kw",
    "p60_kw",
    "p70_kw",
    "p80_kw",
    "p90_kw",
    "p95_kw",
)


class TrainedForecaster(models.Model):
    """A forecaster fitted to one meter, saved as files under `var/artifacts/`, versioned."""

    meter = models.ForeignKey("meters.Meter", on_delete=models.PROTECT, related_name="+")
    forecaster = models.CharField(max_length=60, choices=choices)
    version = models.PositiveIntegerField()
    params = models.JSONField(default=dict)
    seed = models.IntegerField(default=0)
    trained_at = models.DateTimeField()
    data_from_at = models.DateTimeField()
    data_through_at = models.DateTimeField(help_text="end of the last reading it learned from")
    readings_n = models.PositiveIntegerField()
    with_weather = models.BooleanField()
    seconds = models.FloatField()
    sha256 = models.CharField(max_length=64, help_text="of its files, checked before they are opened")
    drivers = models.JSONField(default=list, blank=True, help_text="[words, share] pairs, the strongest first")
    notes = models.JSONField(default=list, blank=True, help_text="sentences: what of the readings was not learned")
    retired = models.BooleanField(default=False)
    rival = models.CharField(max_length=60, blank=True, help_text="what it was tried against on the last weeks")
    trial_days = models.PositiveIntegerField(null=True, help_text="the last days it was tried on, not knowing them")
    trial_points_n = models.PositiveIntegerField(null=True)
    trial_mae_kw = models.FloatField(null=True)
    trial_pinball_kw = models.FloatField(null=True)
    rival_mae_kw = models.FloatField(null=True)
    rival_pinball_kw = models.FloatField(null=True)

    class Meta:
        ordering = ["-trained_at"]
        constraints = [models.UniqueConstraint(fields=["meter", "forecaster", "version"], name="one_row_a_version")]

    def __str__(self) -> str:
        return f"{self.forecaster} v{self.version} of {self.meter}"

    @property
    def beats_rival(self) -> bool | None:
        """Whether its trial went better than that of the rival; None where there was no trial."""
        if self.trial_mae_kw is None or self.rival_mae_kw is None:
            return None
        return self.trial_mae_kw < self.rival_mae_kw


class ForecastRun(models.Model):
    """One forecast as it was issued: when, by what, knowing readings up to where."""

    meter = models.ForeignKey("meters.Meter", on_delete=models.PROTECT, related_name="+")
    forecaster = models.CharField(max_length=60, choices=choices)
    trained = models.ForeignKey(TrainedForecaster, on_delete=models.PROTECT, related_name="runs")
    issued_at = models.DateTimeField()
    data_cutoff_at = models.DateTimeField(help_text="end of the last reading it knew; also its first interval's start")
    ends_at = models.DateTimeField()
    interval_s = models.PositiveIntegerField()
    rehearsed = models.BooleanField(
        default=False, help_text="made afterwards, by a training and with weather that were known at its cut-off"
    )
    weather = models.CharField(
        max_length=20,
        help_text="known of the weather ahead: forecast (issued by then), persistence (the last day again) or none",
    )
    weather_issued_at = models.DateTimeField(null=True, help_text="issue time of the weather forecast it knew")

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["meter", "forecaster", "data_cutoff_at", "trained"], name="one_run_a_cutoff"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("data_cutoff_at")), name="a_run_has_a_horizon"),
        ]
        indexes = [models.Index(fields=["meter", "forecaster", "-issued_at"], name="run_latest")]

    def __str__(self) -> str:
        return f"{self.forecaster} of {self.meter}, issued {self.issued_at:%Y-%m-%d %H:%M}"


class ForecastPoint(models.Model):
    """Quantiles of the mean power over one interval of one run."""

    pk = models.CompositePrimaryKey("meter_id", "run_id", "start_at")
    meter = models.ForeignKey("meters.Meter", on_delete=models.PROTECT, related_name="+", db_index=False)
    run = models.ForeignKey(ForecastRun, on_delete=models.CASCADE, related_name="points", db_index=False)
    start_at = models.DateTimeField()
    p05_kw = models.FloatField()
    p10_kw = models.FloatField()
    p20_kw = models.FloatField()
    p30_kw = models.FloatField()
    p40_kw = models.FloatField()
    p50_kw = models.FloatField()
    p60_kw = models.FloatField()
    p70_kw = models.FloatField()
    p80_kw = models.FloatField()
    p90_kw = models.FloatField()
    p95_kw = models.FloatField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(p05_kw__lte=models.F("p10_kw"), p10_kw__lte=models.F("p50_kw"))
                & Q(p50_kw__lte=models.F("p90_kw"), p90_kw__lte=models.F("p95_kw")),
                name="quantiles_never_cross",
            )
        ]

    def __str__(self) -> str:
        return f"{self.start_at:%Y-%m-%d %H:%M} {self.p50_kw:.3f} kW"


class ForecastScore(models.Model):
    """How a run turned out against the readings that have come, written anew while more come."""

    run = models.OneToOneField(ForecastRun, on_delete=models.CASCADE, related_name="score")
    scored_at = models.DateTimeField()
    data_through_at = models.DateTimeField()
    points_n = models.PositiveIntegerField(help_text="intervals of the run that have a reading")
    mae_kw = models.FloatField()
    rmse_kw = models.FloatField()
    pinball_kw = models.FloatField()
    coverage80 = models.FloatField(help_text="share of readings inside the 80 % band")
    coverage90 = models.FloatField(null=True, help_text="share of readings inside the 90 % band")
    bias_kw = models.FloatField()
    mean_kw = models.FloatField(null=True, help_text="of the readings: NRMSE and the energy bias are relative to it")
    scale_kw = models.FloatField(
        null=True, help_text="mean change from day to day in the four weeks before: MASE's scale"
    )
    peaks_n = models.PositiveSmallIntegerField(default=0, help_text="local days whose peak could be compared")
    peak_hits_n = models.PositiveSmallIntegerField(default=0, help_text="of them, told within an hour")
    peak_error_kw = models.FloatField(null=True, help_text="mean error of the days' highest load")

    def __str__(self) -> str:
        return f"{self.run}: MAE {self.mae_kw:.3f} kW"
