"""Readings added up by hour, local day and local month, and how far back single readings are kept."""

import django.db.models.deletion
from django.db import migrations, models

# Written by every store, read by every chart: kept packed, and vacuumed before its key bloats.
TUNE = """
ALTER TABLE meters_rollup SET (
    fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05,
    autovacuum_analyze_scale_factor = 0.02
);
"""
UNTUNE = """
ALTER TABLE meters_rollup RESET (
    fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor
);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("meters", "0002_storage"),
    ]

    operations = [
        migrations.CreateModel(
            name="Retention",
            fields=[
                (
                    "meter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="retention",
                        serialize=False,
                        to="meters.meter",
                    ),
                ),
                ("kept_from_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Rollup",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "meter_id", "kind", "start_at", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "meter",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="meters.meter",
                    ),
                ),
                ("kind", models.SmallIntegerField(choices=[(0, "hour"), (1, "day"), (2, "month")])),
                ("start_at", models.DateTimeField()),
                ("length_s", models.IntegerField()),
                ("readings_n", models.IntegerField()),
                ("longest_s", models.IntegerField()),
                ("covered_s", models.IntegerField()),
                ("estimated_s", models.IntegerField()),
                ("suspect_s", models.IntegerField()),
                ("energy_kwh", models.FloatField(null=True)),
                ("power_s", models.IntegerField()),
                ("power_min_kw", models.FloatField(null=True)),
                ("power_mean_kw", models.FloatField(null=True)),
                ("power_max_kw", models.FloatField(null=True)),
                ("voltage_s", models.IntegerField()),
                ("voltage_min_v", models.FloatField(null=True)),
                ("voltage_mean_v", models.FloatField(null=True)),
                ("voltage_max_v", models.FloatField(null=True)),
                ("current_s", models.IntegerField()),
                ("current_min_a", models.FloatField(null=True)),
                ("current_mean_a", models.FloatField(null=True)),
                ("current_max_a", models.FloatField(null=True)),
            ],
        ),
        migrations.RunSQL(TUNE, UNTUNE),
    ]
