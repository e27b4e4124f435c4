"""Places and their meters."""

import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from meters.domain.quantities import LONGEST_INTERVAL_S, SHORTEST_INTERVAL_S


def validate_zone(zone: str) -> None:
    """Raise ValidationError unless `zone` is an IANA name such as Asia/Kolkata."""
    if zone not in zoneinfo.available_timezones():
        raise ValidationError(f"{zone!r} is no IANA time zone; use a name like Europe/Paris or Asia/Kolkata.")


class Site(models.Model):
    """A place with its clock, its holidays and its supply voltage."""

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    zone = models.CharField("time zone", max_length=64, validators=[validate_zone], help_text="IANA name: Europe/Paris")
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166 code, for public holidays")
    subdivision = models.CharField(max_length=8, blank=True, help_text="state or region, where holidays differ by it")
    latitude = models.FloatField(null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)])
    nominal_voltage_v = models.FloatField("nominal voltage (V)", default=230.0, validators=[MinValueValidator(1)])
    voltage_tolerance_pct = models.FloatField(
        "voltage tolerance (%)",
        default=10.0,
        validators=[MinValueValidator(0), MaxValueValidator(50)],
        help_text="EN 50160 allows 10 % around 230 V, ANSI C84.1 range A 5 % around 120 V, India 6 %",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def voltage_band_v(self) -> tuple[float, float]:
        """The lowest and the highest voltage that the supply may have."""
        margin = self.nominal_voltage_v * self.voltage_tolerance_pct / 100
        return self.nominal_voltage_v - margin, self.nominal_voltage_v + margin


class Meter(models.Model):
    """One meter at a site; a sub-meter names its parent."""

    class Phases(models.IntegerChoices):
        """How many phases it measures."""

        ONE = 1, "1"
        THREE = 3, "3"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="meters")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, related_name="submeters", null=True, blank=True)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, unique=True)
    reference = models.CharField(max_length=120, help_text="the number that the portal or the utility gives it")
    interval_s = models.PositiveIntegerField("interval (s)", default=900, help_text="usual length of one reading")
    phases = models.PositiveSmallIntegerField(choices=Phases, default=Phases.ONE)
    capacity_kw = models.FloatField(
        "capacity (kW)", null=True, blank=True, help_text="of the connection; mean power above it is suspect"
    )
    is_simulated = models.BooleanField("simulated", default=False, help_text="its readings were never measured")
    data_note = models.CharField(max_length=300, blank=True, help_text="credit line shown beside its readings")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["site", "reference"], name="one_meter_for_each_reference_of_a_site"),
            models.CheckConstraint(
                condition=Q(interval_s__gte=SHORTEST_INTERVAL_S, interval_s__lte=LONGEST_INTERVAL_S),
                name="meter_interval_between_a_minute_and_a_day",
            ),
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="meter_is_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name
