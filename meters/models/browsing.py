"""Readings, revisions and weather for the admin, which refuses composite keys: views with one text key.

A key is `<meter or site>@<microseconds since 1970>`, and `@<microseconds>` more for a revision; `parts_of`
takes it apart, so that one row is found by the table's own key.
"""

from datetime import UTC, datetime, timedelta

from django.db import models

from meters.models.readings import Measured, Source
from meters.models.sites import Meter, Site

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parts_of(key: str) -> tuple[int, list[datetime]]:
    """The meter or site and the instants that a text key names; raises ValueError."""
    owner, *instants = key.split("@")
    return int(owner), [_EPOCH + timedelta(microseconds=int(instant)) for instant in instants]


class BrowsedReading(Measured):
    """A reading, to look at."""

    key = models.TextField(primary_key=True)
    meter = models.ForeignKey(Meter, on_delete=models.DO_NOTHING, related_name="+")
    start_at = models.DateTimeField()
    source = models.ForeignKey(Source, on_delete=models.DO_NOTHING, related_name="+")
    stored_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "meters_browsed_reading"
        verbose_name = "reading"

    def __str__(self) -> str:
        return f"{self.meter}, {self.start_at:%Y-%m-%d %H:%M} UTC"


class BrowsedRevision(Measured):
    """What a reading said before, to look at."""

    key = models.TextField(primary_key=True)
    meter = models.ForeignKey(Meter, on_delete=models.DO_NOTHING, related_name="+")
    start_at = models.DateTimeField()
    replaced_at = models.DateTimeField()
    source = models.ForeignKey(Source, on_delete=models.DO_NOTHING, related_name="+")
    stored_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "meters_browsed_revision"
        verbose_name = "revision"

    def __str__(self) -> str:
        return f"{self.meter}, {self.start_at:%Y-%m-%d %H:%M} UTC"


class BrowsedWeather(models.Model):
    """A weather observation, to look at."""

    key = models.TextField(primary_key=True)
    site = models.ForeignKey(Site, on_delete=models.DO_NOTHING, related_name="+")
    start_at = models.DateTimeField()
    temperature_c = models.FloatField()
    relative_humidity_pct = models.FloatField(null=True)
    irradiance_w_m2 = models.FloatField(null=True)
    wind_speed_ms = models.FloatField(null=True)
    source = models.ForeignKey(Source, on_delete=models.DO_NOTHING, related_name="+")

    class Meta:
        managed = False
        db_table = "meters_browsed_weather"
        verbose_name = "weather observation"

    def __str__(self) -> str:
        return f"{self.site}, {self.start_at:%Y-%m-%d %H:%M} UTC"
