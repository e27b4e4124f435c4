"""Dated tariffs and carbon factors, as a person enters them. `meters.selectors.billing` reads them into the domain."""

from datetime import time
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from meters.models.sites import Meter, Site

QUARTERS = (0, 15, 30, 45)
_DAYS = RegexValidator(
    r"^(?=.)1?2?3?4?5?6?7?H?$", "Give ISO weekdays in order (1 is Monday), and H for public holidays."
)
_SEASON = RegexValidator(r"^((0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?$", "Give month and day, as 10-01.")
_CURRENCY = RegexValidator(r"^[A-Z]{3}$", "Give the three capitals of ISO 4217: EUR, INR, USD.")


def price(**options: object) -> "models.DecimalField[Decimal, Decimal]":
    """A column of money with room for a thousandth of the smallest coin."""
    return models.DecimalField(max_digits=14, decimal_places=6, **options)  # type: ignore[arg-type] # options of Django


class TariffVersion(models.Model):
    """What energy costs from a local day on, until the next version of the same site and meter."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="tariffs")
    meter = models.ForeignKey(
        Meter, on_delete=models.CASCADE, related_name="+", null=True, blank=True, help_text="empty: all of the site"
    )
    name = models.CharField(max_length=120)
    valid_from = models.DateField(help_text="the first local day on which it holds")
    currency = models.CharField(max_length=3, validators=[_CURRENCY])
    sanctioned_load_kw = models.DecimalField(
        "sanctioned load (kW)",
        max_digits=10,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    is_example = models.BooleanField("example", default=False, help_text="invented prices; every page says so")
    note = models.CharField(max_length=300, blank=True, help_text="where the prices stand: a web address, a bill")

    class Meta:
        ordering = ["site", "meter", "valid_from"]
        verbose_name = "tariff"
        constraints = [
            models.UniqueConstraint(
                fields=["site", "meter", "valid_from"], name="one_tariff_a_day", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} from {self.valid_from:%Y-%m-%d}"

    def clean(self) -> None:
        """A meter's tariff is one of its own site."""
        if self.meter is not None and self.meter.site_id != self.site_id:
            raise ValidationError({"meter": f"{self.meter} is not at {self.site}."})


class InWindow(models.Model):
    """Hours of some days of a season, on the site's clock."""

    days = models.CharField(
        max_length=8, default="1234567", validators=[_DAYS], help_text="ISO weekdays, H for public holidays: 12345"
    )
    begins = models.TimeField(default=time(0), help_text="local time, at a quarter of an hour")
    ends = models.TimeField(default=time(0), help_text="equal to the beginning: the whole day")
    season_from = models.CharField(max_length=5, blank=True, validators=[_SEASON], help_text="month-day: 10-01")
    season_to = models.CharField(max_length=5, blank=True, validators=[_SEASON], help_text="that day included")

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Hours on the quarter, a season with both ends."""
        for name in ("begins", "ends"):
            at = getattr(self, name)
            if at is not None and (at.minute not in QUARTERS or at.second):
                raise ValidationError({name: "Use a whole quarter of an hour, such as 17:30."})
        if bool(self.season_from) != bool(self.season_to):
            raise ValidationError({"season_to": "Give both ends of the season, or none."})


class EnergyRate(InWindow):
    """A price of energy in a window; where windows overlap, the lowest position counts."""

    version = models.ForeignKey(TariffVersion, on_delete=models.CASCADE, related_name="rates")
    position = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=60)
    per_kwh = price()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "rate by time"
        verbose_name_plural = "rates by time (the first that holds counts)"

    def __str__(self) -> str:
        return self.name


class EnergySlab(models.Model):
    """A price of the month's energy above a threshold, up to the next slab's."""

    version = models.ForeignKey(TariffVersion, on_delete=models.CASCADE, related_name="slabs")
    name = models.CharField(max_length=60)
    from_kwh = models.DecimalField(
        max_digits=12, decimal_places=3, default=Decimal(0), validators=[MinValueValidator(0)]
    )
    per_kwh = price()

    class Meta:
        ordering = ["from_kwh"]
        verbose_name = "slab of the month's energy"
        verbose_name_plural = "slabs of the month's energy (beside the rates)"

    def __str__(self) -> str:
        return self.name


class FixedCharge(models.Model):
    """A charge that no energy changes."""

    class Per(models.TextChoices):
        """What it is counted by."""

        DAY = "day", "day"
        MONTH = "month", "month"
        KW_MONTH = "kw_month", "month and kW of sanctioned load"

    version = models.ForeignKey(TariffVersion, on_delete=models.CASCADE, related_name="fixed")
    name = models.CharField(max_length=60)
    amount = price()
    per = models.CharField(max_length=8, choices=Per, default=Per.MONTH)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class DemandCharge(InWindow):
    """A charge on the highest mean power of the month."""

    version = models.ForeignKey(TariffVersion, on_delete=models.CASCADE, related_name="demands")
    name = models.CharField(max_length=60)
    per_kw = price(help_text="for each month")
    interval_minutes = models.PositiveSmallIntegerField(
        choices=[(15, "15"), (30, "30"), (60, "60")], default=15, help_text="the mean power over it is what counts"
    )
    ratchet_pct = models.DecimalField(
        "ratchet (%)", max_digits=5, decimal_places=2, default=Decimal(0), help_text="of the highest earlier month"
    )
    ratchet_months = models.PositiveSmallIntegerField(default=0, help_text="how many months back")
    least_pct = models.DecimalField(
        "least (%)",
        max_digits=5,
        decimal_places=2,
        default=Decimal(0),
        help_text="of the sanctioned load, billed at least",
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class TariffTax(models.Model):
    """Per cent of what stands above it, or an amount for each kWh."""

    class Base(models.TextChoices):
        """What the per cent are of."""

        CHARGES = "charges", "energy, fixed and demand charges"
        ENERGY = "energy", "energy charges"
        ALL = "all", "charges and the taxes above it"

    version = models.ForeignKey(TariffVersion, on_delete=models.CASCADE, related_name="taxes")
    position = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=60)
    percent = models.DecimalField(max_digits=8, decimal_places=4, default=Decimal(0))
    per_kwh = price(default=Decimal(0))
    base = models.CharField(max_length=8, choices=Base, default=Base.CHARGES)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "tax"
        verbose_name_plural = "taxes"
        constraints = [models.CheckConstraint(condition=Q(percent=0) | Q(per_kwh=0), name="tax_is_per_cent_or_per_kwh")]

    def __str__(self) -> str:
        return self.name


class CarbonVersion(models.Model):
    """kg of CO2 per kWh from a local day on: one figure, or 24, one for each hour of the site's clock."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="carbon")
    valid_from = models.DateField()
    kg_per_kwh = ArrayField(
        models.FloatField(validators=[MinValueValidator(0)]),
        verbose_name="kg CO2 per kWh",
        help_text="one figure, or 24 with commas between: midnight first",
    )
    is_example = models.BooleanField("example", default=False)
    note = models.CharField(max_length=300, blank=True, help_text="where the figure stands")

    class Meta:
        ordering = ["site", "valid_from"]
        verbose_name = "carbon factor"
        constraints = [models.UniqueConstraint(fields=["site", "valid_from"], name="one_carbon_factor_a_day")]

    def __str__(self) -> str:
        return f"{self.site} from {self.valid_from:%Y-%m-%d}"

    def clean(self) -> None:
        """One or 24."""
        if self.kg_per_kwh is not None and len(self.kg_per_kwh) not in (1, 24):
            raise ValidationError({"kg_per_kwh": f"Give one figure or 24, not {len(self.kg_per_kwh)}."})
