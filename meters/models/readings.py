"""Readings, where they came from, and what they replaced."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from meters.domain.quantities import COLUMNS, LONGEST_INTERVAL_S, QUANTITIES, SHORTEST_INTERVAL_S
from meters.models.sites import Meter


class Quality(models.IntegerChoices):
    """How a reading came about."""

    MEASURED = 0, "measured"
    ESTIMATED = 1, "estimated"
    SUSPECT = 2, "suspect"
    EDITED = 3, "edited"


class Source(models.Model):
    """Who gave readings: a portal account, an imported file, a way of estimating, a person's edits."""

    class Kind(models.TextChoices):
        """The way in."""

        SCRAPE = "scrape"
        IMPORT = "import"
        WEATHER = "weather"
        ESTIMATE = "estimate"
        EDIT = "edit"

    kind = models.CharField(max_length=10, choices=Kind)
    label = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["kind", "label"], name="one_source_for_each_label")]

    def __str__(self) -> str:
        return self.label


class Measured(models.Model):
    """What one interval of one meter can hold; missing is NULL, never 0."""

    interval_s = models.PositiveIntegerField()
    energy_kwh = models.FloatField(null=True)
    power_kw = models.FloatField(null=True)
    voltage_v = models.FloatField(null=True)
    current_a = models.FloatField(null=True)
    reactive_kvarh = models.FloatField(null=True)
    power_factor = models.FloatField(null=True)
    frequency_hz = models.FloatField(null=True)
    voltage_l1_v = models.FloatField(null=True)
    voltage_l2_v = models.FloatField(null=True)
    voltage_l3_v = models.FloatField(null=True)
    current_l1_a = models.FloatField(null=True)
    current_l2_a = models.FloatField(null=True)
    current_l3_a = models.FloatField(null=True)
    quality = models.SmallIntegerField(choices=Quality, default=Quality.MEASURED)

    class Meta:
        abstract = True


class Reading(Measured):
    """One interval `[start_at, start_at + interval_s)` of one meter. `store_readings` is the only way in.

    The key starts with the meter: one meter's year is one contiguous range, and the table can be divided by
    meter or by time. Foreign keys are not checked row by row: `store_readings` locks meter and source.
    """

    pk = models.CompositePrimaryKey("meter_id", "start_at")
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    start_at = models.DateTimeField()
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(interval_s__gte=SHORTEST_INTERVAL_S, interval_s__lte=LONGEST_INTERVAL_S),
                name="reading_interval_between_a_minute_and_a_day",
            ),
            *(
                models.CheckConstraint(
                    condition=Q((f"{name}__gte", QUANTITIES[name].lowest), (f"{name}__lte", QUANTITIES[name].highest)),
                    name=f"reading_{name}_is_possible",
                )
                for name in COLUMNS
            ),
            models.CheckConstraint(condition=Q(quality__in=Quality.values), name="reading_quality_is_known"),
        ]

    def __str__(self) -> str:
        return f"meter {self.meter_id} at {self.start_at:%Y-%m-%d %H:%M %Z}"


class ReadingRevision(Measured):
    """What a reading said until `replaced_at`; kept for ever. `reason` and `replaced_by` tell of a person's edit."""

    pk = models.CompositePrimaryKey("meter_id", "start_at", "replaced_at")
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    start_at = models.DateTimeField()
    replaced_at = models.DateTimeField()
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    stored_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    def __str__(self) -> str:
        return f"meter {self.meter_id} at {self.start_at:%Y-%m-%d %H:%M %Z}, until {self.replaced_at:%Y-%m-%d %H:%M}"
