"""Rows of what-if: scenarios as people write them, and each run with all that is needed to make it again."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from simulations.registry import choices


class Scenario(models.Model):
    """Some events on some meters over a period. Its runs stand for what it was when they were asked for."""

    name = models.CharField(max_length=120)
    note = models.TextField(blank=True)
    meters = models.ManyToManyField("meters.Meter", related_name="+")
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    forecaster = models.CharField(max_length=60, blank=True, help_text="blank: the best that knows the weather")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-changed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(end_at__gt=models.F("start_at")), name="a_scenario_has_a_period")
        ]

    def __str__(self) -> str:
        return self.name


class ScenarioEvent(models.Model):
    """One event of a scenario: its plug-in, its parameters, when it holds."""

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="events")
    event = models.CharField(max_length=60, choices=choices)
    params = models.JSONField(default=dict, blank=True)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()

    class Meta:
        ordering = ["start_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end_at__gt=models.F("start_at")), name="an_event_ends_after_its_start")
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.start_at:%Y-%m-%d}..{self.end_at:%Y-%m-%d}"


class SimulationRun(models.Model):
    """One answer to a scenario. `asked` is the scenario as it was, with the versions of its events.

    Results are written in one transaction with the state DONE: a run of any other state has none.
    """

    class State(models.TextChoices):
        """How far it is."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    OPEN = (State.QUEUED, State.RUNNING)

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    job = models.UUIDField(null=True, blank=True, db_index=True)
    asked = models.JSONField(help_text="the scenario, its events with their versions, as they were")
    seed = models.PositiveIntegerField(default=0)
    draws = models.PositiveIntegerField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    error = models.TextField(blank=True)
    summary = models.JSONField(default=dict, blank=True, help_text="of the sum of all meters")
    total = models.JSONField(default=dict, blank=True, help_text="series of the sum, where there are several meters")

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(state="failed") | ~Q(error=""), name="a_failed_simulation_says_why")
        ]

    def __str__(self) -> str:
        return f"{self.scenario}, {self.requested_at:%Y-%m-%d %H:%M}"


class SimulationPart(models.Model):
    """One meter's share of a run: by what it was told, knowing what, and what came of it."""

    run = models.ForeignKey(SimulationRun, on_delete=models.CASCADE, related_name="parts")
    meter = models.ForeignKey("meters.Meter", on_delete=models.PROTECT, related_name="+")
    trained = models.ForeignKey("forecasting.TrainedForecaster", on_delete=models.PROTECT, related_name="+")
    data_cutoff_at = models.DateTimeField(help_text="end of the last reading it knew")
    weather = models.CharField(max_length=20, help_text="of the weather: observed, forecast, persistence, none")
    weather_issued_at = models.DateTimeField(null=True, blank=True)
    interval_s = models.PositiveIntegerField()
    summary = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "meter"], name="one_part_a_meter")]

    def __str__(self) -> str:
        return f"{self.meter} in {self.run}"


class SimulationPoint(models.Model):
    """One interval of one meter of a run, in kW: base, scenario, and their difference with its own range."""

    pk = models.CompositePrimaryKey("meter_id", "run_id", "start_at")
    meter = models.ForeignKey("meters.Meter", on_delete=models.PROTECT, related_name="+", db_index=False)
    run = models.ForeignKey(SimulationRun, on_delete=models.CASCADE, related_name="points", db_index=True)
    start_at = models.DateTimeField()
    base_p10_kw = models.FloatField()
    base_p50_kw = models.FloatField()
    base_p90_kw = models.FloatField()
    scenario_p10_kw = models.FloatField()
    scenario_p50_kw = models.FloatField()
    scenario_p90_kw = models.FloatField()
    change_p10_kw = models.FloatField()
    change_p50_kw = models.FloatField()
    change_p90_kw = models.FloatField()

    def __str__(self) -> str:
        return f"{self.start_at:%Y-%m-%d %H:%M} {self.base_p50_kw:.3f} -> {self.scenario_p50_kw:.3f} kW"


class Replay(models.Model):
    """A past event told again to a twin that was trained before it: told, untold, actual."""

    meter = models.ForeignKey("meters.Meter", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, help_text="heatwave, cold_snap, holiday, shutdown, placebo")
    words = models.CharField(max_length=120)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    forecaster = models.CharField(max_length=60)
    trained_through_at = models.DateTimeField(help_text="end of the last reading it was trained on")
    made_at = models.DateTimeField()
    told_mae_kw = models.FloatField()
    untold_mae_kw = models.FloatField()
    peak_error_pct = models.FloatField(null=True)
    coverage80_pct = models.FloatField()
    intervals_n = models.PositiveIntegerField()
    placebo_pct = models.FloatField(null=True, help_text="change of energy by an event that was none")
    series = models.JSONField(help_text="by interval: start, told p10 p50 p90, untold p50, actual")

    class Meta:
        ordering = ["-start_at"]
        constraints = [
            models.UniqueConstraint(fields=["meter", "kind", "start_at", "forecaster"], name="one_replay_an_event")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.start_at:%Y-%m-%d}, {self.meter}"


class Scorecard(models.Model):
    """What the replays of one kind of event add up to for a meter, and how sure it makes the twin of such an effect."""

    meter = models.ForeignKey("meters.Meter", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    forecaster = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    replays_n = models.PositiveIntegerField()
    told_mae_kw = models.FloatField()
    untold_mae_kw = models.FloatField()
    peak_error_pct = models.FloatField(null=True)
    coverage80_pct = models.FloatField()
    spread = models.FloatField(help_text="one standard deviation of the effect, as a share of it")

    class Meta:
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["meter", "kind", "forecaster"], name="one_card_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.meter}: {self.replays_n} replays"

    @property
    def ratio(self) -> float | None:
        """Told over untold mean absolute error: the less the better."""
        return self.told_mae_kw / self.untold_mae_kw if self.untold_mae_kw else None
