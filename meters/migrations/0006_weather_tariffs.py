"""Weather with more quantities and with forecasts, feeds; tariffs and carbon factors."""

import datetime
from decimal import Decimal

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import meters.registry

VIEW = """
DROP VIEW meters_browsed_weather;
CREATE VIEW meters_browsed_weather AS
    SELECT site_id || '@' || (extract(epoch FROM start_at) * 1000000)::bigint AS key, *
    FROM meters_weatherobservation;
"""
FORMER_VIEW = """
DROP VIEW meters_browsed_weather;
CREATE VIEW meters_browsed_weather AS
    SELECT site_id || '@' || (extract(epoch FROM start_at) * 1000000)::bigint AS key,
        start_at, temperature_c, site_id, source_id
    FROM meters_weatherobservation;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("meters", "0005_imports"),
    ]

    operations = [
        migrations.AddField(
            model_name="weatherobservation",
            name="irradiance_w_m2",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="weatherobservation",
            name="relative_humidity_pct",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="weatherobservation",
            name="wind_speed_ms",
            field=models.FloatField(null=True),
        ),
        migrations.AlterField(
            model_name="source",
            name="kind",
            field=models.CharField(
                choices=[
                    ("scrape", "Scrape"),
                    ("import", "Import"),
                    ("weather", "Weather"),
                    ("estimate", "Estimate"),
                    ("edit", "Edit"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="TariffVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("valid_from", models.DateField(help_text="the first local day on which it holds")),
                (
                    "currency",
                    models.CharField(
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{3}$", "Give the three capitals of ISO 4217: EUR, INR, USD."
                            )
                        ],
                    ),
                ),
                (
                    "sanctioned_load_kw",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=10,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="sanctioned load (kW)",
                    ),
                ),
                (
                    "is_example",
                    models.BooleanField(
                        default=False, help_text="invented prices; every page says so", verbose_name="example"
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True, help_text="where the prices stand: a web address, a bill", max_length=300
                    ),
                ),
                (
                    "meter",
                    models.ForeignKey(
                        blank=True,
                        help_text="empty: all of the site",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="meters.meter",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tariffs", to="meters.site"
                    ),
                ),
            ],
            options={
                "verbose_name": "tariff",
                "ordering": ["site", "meter", "valid_from"],
            },
        ),
        migrations.CreateModel(
            name="TariffTax",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=1)),
                ("name", models.CharField(max_length=60)),
                ("percent", models.DecimalField(decimal_places=4, default=Decimal("0"), max_digits=8)),
                ("per_kwh", models.DecimalField(decimal_places=6, default=Decimal("0"), max_digits=14)),
                (
                    "base",
                    models.CharField(
                        choices=[
                            ("charges", "energy, fixed and demand charges"),
                            ("energy", "energy charges"),
                            ("all", "charges and the taxes above it"),
                        ],
                        default="charges",
                        max_length=8,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="taxes", to="meters.tariffversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "tax",
                "verbose_name_plural": "taxes",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="FixedCharge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("amount", models.DecimalField(decimal_places=6, max_digits=14)),
                (
                    "per",
                    models.CharField(
                        choices=[("day", "day"), ("month", "month"), ("kw_month", "month and kW of sanctioned load")],
                        default="month",
                        max_length=8,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="fixed", to="meters.tariffversion"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="EnergySlab",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                (
                    "from_kwh",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal("0"),
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                ("per_kwh", models.DecimalField(decimal_places=6, max_digits=14)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="slabs", to="meters.tariffversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "slab of the month's energy",
                "verbose_name_plural": "slabs of the month's energy (beside the rates)",
                "ordering": ["from_kwh"],
            },
        ),
        migrations.CreateModel(
            name="EnergyRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "days",
                    models.CharField(
                        default="1234567",
                        help_text="ISO weekdays, H for public holidays: 12345",
                        max_length=8,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(?=.)1?2?3?4?5?6?7?H?$",
                                "Give ISO weekdays in order (1 is Monday), and H for public holidays.",
                            )
                        ],
                    ),
                ),
                (
                    "begins",
                    models.TimeField(default=datetime.time(0, 0), help_text="local time, at a quarter of an hour"),
                ),
                (
                    "ends",
                    models.TimeField(default=datetime.time(0, 0), help_text="equal to the beginning: the whole day"),
                ),
                (
                    "season_from",
                    models.CharField(
                        blank=True,
                        help_text="month-day: 10-01",
                        max_length=5,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^((0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01]))?$", "Give month and day, as 10-01."
                            )
                        ],
                    ),
                ),
                (
                    "season_to",
                    models.CharField(
                        blank=True,
                        help_text="that day included",
                        max_length=5,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^((0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01]))?$", "Give month and day, as 10-01."
                            )
                        ],
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=1)),
                ("name", models.CharField(max_length=60)),
                ("per_kwh", models.DecimalField(decimal_places=6, max_digits=14)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rates", to="meters.tariffversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "rate by time",
                "verbose_name_plural": "rates by time (the first that holds counts)",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="DemandCharge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "days",
                    models.CharField(
                        default="1234567",
                        help_text="ISO weekdays, H for public holidays: 12345",
                        max_length=8,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(?=.)1?2?3?4?5?6?7?H?$",
                                "Give ISO weekdays in order (1 is Monday), and H for public holidays.",
                            )
                        ],
                    ),
                ),
                (
                    "begins",
                    models.TimeField(default=datetime.time(0, 0), help_text="local time, at a quarter of an hour"),
                ),
                (
                    "ends",
                    models.TimeField(default=datetime.time(0, 0), help_text="equal to the beginning: the whole day"),
                ),
                (
                    "season_from",
                    models.CharField(
                        blank=True,
                        help_text="month-day: 10-01",
                        max_length=5,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^((0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01]))?$", "Give month and day, as 10-01."
                            )
                        ],
                    ),
                ),
                (
                    "season_to",
                    models.CharField(
                        blank=True,
                        help_text="that day included",
                        max_length=5,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^((0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01]))?$", "Give month and day, as 10-01."
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("per_kw", models.DecimalField(decimal_places=6, help_text="for each month", max_digits=14)),
                (
                    "interval_minutes",
                    models.PositiveSmallIntegerField(
                        choices=[(15, "15"), (30, "30"), (60, "60")],
                        default=15,
                        help_text="the mean power over it is what counts",
                    ),
                ),
                (
                    "ratchet_pct",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        help_text="of the highest earlier month",
                        max_digits=5,
                        verbose_name="ratchet (%)",
                    ),
                ),
                ("ratchet_months", models.PositiveSmallIntegerField(default=0, help_text="how many months back")),
                (
                    "least_pct",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        help_text="of the sanctioned load, billed at least",
                        max_digits=5,
                        verbose_name="least (%)",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="demands", to="meters.tariffversion"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="WeatherFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(choices=meters.registry.provider_choices, max_length=60)),
                ("params", models.JSONField(blank=True, default=dict)),
                ("enabled", models.BooleanField(default=True)),
                (
                    "every_minutes",
                    models.PositiveIntegerField(default=360, validators=[django.core.validators.MinValueValidator(60)]),
                ),
                ("next_fetch_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("tried_at", models.DateTimeField(editable=False, null=True)),
                ("fetched_at", models.DateTimeField(editable=False, null=True)),
                ("failures", models.PositiveIntegerField(default=0, editable=False)),
                ("problem", models.CharField(blank=True, editable=False, max_length=400)),
                ("advice", models.CharField(blank=True, editable=False, max_length=400)),
                (
                    "site",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="weather_feed", to="meters.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WeatherForecast",
            fields=[
                ("start_at", models.DateTimeField()),
                ("temperature_c", models.FloatField()),
                ("relative_humidity_pct", models.FloatField(null=True)),
                ("irradiance_w_m2", models.FloatField(null=True)),
                ("wind_speed_ms", models.FloatField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "site_id",
                        "start_at",
                        "issued_at",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("issued_at", models.DateTimeField()),
                (
                    "site",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="meters.site"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="meters.source",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CarbonVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                (
                    "kg_per_kwh",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(validators=[django.core.validators.MinValueValidator(0)]),
                        help_text="one figure, or 24 with commas between: midnight first",
                        size=None,
                        verbose_name="kg CO2 per kWh",
                    ),
                ),
                ("is_example", models.BooleanField(default=False, verbose_name="example")),
                ("note", models.CharField(blank=True, help_text="where the figure stands", max_length=300)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="carbon", to="meters.site"
                    ),
                ),
            ],
            options={
                "verbose_name": "carbon factor",
                "ordering": ["site", "valid_from"],
                "constraints": [models.UniqueConstraint(fields=("site", "valid_from"), name="one_carbon_factor_a_day")],
            },
        ),
        migrations.AddConstraint(
            model_name="tariffversion",
            constraint=models.UniqueConstraint(
                fields=("site", "meter", "valid_from"), name="one_tariff_a_day", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="tarifftax",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent", 0), ("per_kwh", 0), _connector="OR"), name="tax_is_per_cent_or_per_kwh"
            ),
        ),
        migrations.AddIndex(
            model_name="weatherforecast",
            index=models.Index(fields=["site", "issued_at"], name="weather_vintages"),
        ),
        migrations.AddConstraint(
            model_name="weatherforecast",
            constraint=models.CheckConstraint(
                condition=models.Q(("temperature_c__gte", -90.0), ("temperature_c__lte", 60.0)),
                name="forecast_temperature_is_possible",
            ),
        ),
        migrations.RunSQL(VIEW, FORMER_VIEW),
    ]
