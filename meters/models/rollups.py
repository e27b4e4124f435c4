"""Readings added up by hour, local day and local month, and how far back single readings are kept."""

from django.db import models

from meters.models.sites import Meter


class RollupKind(models.IntegerChoices):
    """How long a bucket is, on the clock of the meter's site."""

    HOUR = 0, "hour"
    DAY = 1, "day"
    MONTH = 2, "month"


class Rollup(models.Model):
    """The trusted readings that begin in `[start_at, start_at + length_s)`; suspect ones only count in `suspect_s`.

    Seconds are of intervals: `covered_s` of trusted readings, `power_s` and so on of those with that quantity, the
    weights of the means. A reading longer than an hour makes its hour's `longest_s` say so.
    """

    pk = models.CompositePrimaryKey("meter_id", "kind", "start_at")
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    kind = models.SmallIntegerField(choices=RollupKind)
    start_at = models.DateTimeField()
    length_s = models.IntegerField()
    readings_n = models.IntegerField()
    longest_s = models.IntegerField()
    covered_s = models.IntegerField()
    estimated_s = models.IntegerField()
    suspect_s = models.IntegerField()
    energy_kwh = models.FloatField(null=True)
    power_s = models.IntegerField()
    power_min_kw = models.FloatField(null=True)
    power_mean_kw = models.FloatField(null=True)
    power_max_kw = models.FloatField(null=True)
    voltage_s = models.IntegerField()
    voltage_min_v = models.FloatField(null=True)
    voltage_mean_v = models.FloatField(null=True)
    voltage_max_v = models.FloatField(null=True)
    current_s = models.IntegerField()
    current_min_a = models.FloatField(null=True)
    current_mean_a = models.FloatField(null=True)
    current_max_a = models.FloatField(null=True)

    def __str__(self) -> str:
        return f"meter {self.meter_id}, {self.get_kind_display()} of {self.start_at:%Y-%m-%d %H:%M %Z}"


class Retention(models.Model):
    """Single readings of the meter before `kept_from_at` were pruned; their roll-ups stand for ever."""

    meter = models.OneToOneField(Meter, on_delete=models.CASCADE, primary_key=True, related_name="retention")
    kept_from_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.meter} from {self.kept_from_at:%Y-%m-%d}"
