"""Weather at a site: what was, what was forecast and when, and who is asked for it."""

from datetime import timedelta

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from meters.domain.weather import QUANTITIES
from meters.models.readings import Source
from meters.models.sites import Site
from meters.registry import provider_choices

COLDEST_C, HOTTEST_C = QUANTITIES["temperature_c"]


class Weather(models.Model):
    """One interval that begins at `start_at` (mostly an hour); only the temperature is always there."""

    start_at = models.DateTimeField()
    temperature_c = models.FloatField()
    relative_humidity_pct = models.FloatField(null=True)
    irradiance_w_m2 = models.FloatField(null=True)
    wind_speed_ms = models.FloatField(null=True)

    class Meta:
        abstract = True


class WeatherObservation(Weather):
    """The temperature of the interval that begins at `start_at`, as the source gives it (mostly an hour)."""

    pk = models.CompositePrimaryKey("site_id", "start_at")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(temperature_c__gte=COLDEST_C, temperature_c__lte=HOTTEST_C),
                name="weather_temperature_is_possible",
            )
        ]

    def __str__(self) -> str:
        return f"{self.temperature_c:.1f} °C at {self.start_at:%Y-%m-%d %H:%M %Z}"


class WeatherForecast(Weather):
    """What was forecast for an interval, at `issued_at`: all intervals of one `issued_at` are a vintage.

    The key begins with the site and the interval, so that the newest vintage of each interval up to a cut-off
    is one walk through a contiguous range.
    """

    pk = models.CompositePrimaryKey("site_id", "start_at", "issued_at")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False)
    issued_at = models.DateTimeField()
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(temperature_c__gte=COLDEST_C, temperature_c__lte=HOTTEST_C),
                name="forecast_temperature_is_possible",
            )
        ]
        indexes = [models.Index(fields=["site", "issued_at"], name="weather_vintages")]

    def __str__(self) -> str:
        return f"{self.temperature_c:.1f} °C at {self.start_at:%Y-%m-%d %H:%M %Z}, said {self.issued_at:%Y-%m-%d %H:%M}"


class WeatherFeed(models.Model):
    """Who is asked for the weather of a site, how often, and how the last try went."""

    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="weather_feed")
    provider = models.CharField(max_length=60, choices=provider_choices)
    params = models.JSONField(default=dict, blank=True)
    enabled = models.BooleanField(default=True)
    every_minutes = models.PositiveIntegerField(default=360, validators=[MinValueValidator(60)])
    next_fetch_at = models.DateTimeField(null=True, blank=True, editable=False)
    tried_at = models.DateTimeField(null=True, editable=False)
    fetched_at = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    problem = models.CharField(max_length=400, blank=True, editable=False)
    advice = models.CharField(max_length=400, blank=True, editable=False)

    def __str__(self) -> str:
        return f"{self.provider} for {self.site}"

    @property
    def every(self) -> timedelta:
        """How long to wait after a fetch."""
        return timedelta(minutes=self.every_minutes)
