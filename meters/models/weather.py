"""Weather at a site."""

from django.db import models
from django.db.models import Q

from meters.models.readings import Source
from meters.models.sites import Site

COLDEST_C, HOTTEST_C = -90.0, 60.0  # the records of the Earth, rounded outwards


class WeatherObservation(models.Model):
    """The temperature of the interval that begins at `start_at`, as the source gives it (mostly an hour)."""

    pk = models.CompositePrimaryKey("site_id", "start_at")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False)
    start_at = models.DateTimeField()
    temperature_c = models.FloatField()
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
