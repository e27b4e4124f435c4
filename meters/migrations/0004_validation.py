"""Findings, exchanges, register reads; edits told in revisions."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meters", "0003_rollups"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MeterExchange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="exchanges", to="meters.meter"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("old_serial", models.CharField(blank=True, max_length=60)),
                ("new_serial", models.CharField(blank=True, max_length=60)),
                ("old_final_kwh", models.FloatField(blank=True, help_text="last value of the old register", null=True)),
                ("new_initial_kwh", models.FloatField(default=0.0, help_text="first value of the new register")),
                ("old_factor", models.FloatField(default=1.0, help_text="transformer factor of the old register")),
                ("new_factor", models.FloatField(default=1.0, help_text="transformer factor of the new register")),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="RegisterRead",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "meter_id", "read_at", blank=True, editable=False, primary_key=True, serialize=False
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
                (
                    "meter",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="meters.meter"
                    ),
                ),
                ("read_at", models.DateTimeField()),
                ("register_kwh", models.FloatField()),
            ],
        ),
        migrations.CreateModel(
            name="ValidationFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "meter",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="meters.meter",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("rule", models.CharField(max_length=60)),
                ("start_at", models.DateTimeField()),
                ("end_at", models.DateTimeField()),
                ("value", models.FloatField(null=True)),
                ("sentence", models.CharField(max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("accepted", "values accepted"), ("rejected", "values rejected")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("found_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["-start_at"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="reading",
            name="reading_quality_is_known",
        ),
        migrations.AddField(
            model_name="readingrevision",
            name="reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="readingrevision",
            name="replaced_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="reading",
            name="quality",
            field=models.SmallIntegerField(
                choices=[(0, "measured"), (1, "estimated"), (2, "suspect"), (3, "edited")], default=0
            ),
        ),
        migrations.AlterField(
            model_name="readingrevision",
            name="quality",
            field=models.SmallIntegerField(
                choices=[(0, "measured"), (1, "estimated"), (2, "suspect"), (3, "edited")], default=0
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="kind",
            field=models.CharField(
                choices=[("scrape", "Scrape"), ("import", "Import"), ("estimate", "Estimate"), ("edit", "Edit")],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.CheckConstraint(
                condition=models.Q(("quality__in", [0, 1, 2, 3])), name="reading_quality_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="meterexchange",
            constraint=models.UniqueConstraint(fields=("meter", "at"), name="one_exchange_of_a_meter_at_a_time"),
        ),
        migrations.AddIndex(
            model_name="validationfinding",
            index=models.Index(fields=["meter", "state", "start_at"], name="finding_by_state"),
        ),
        migrations.AddConstraint(
            model_name="validationfinding",
            constraint=models.UniqueConstraint(
                fields=("meter", "start_at", "rule"), name="one_finding_for_each_rule_and_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="validationfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(("end_at__gt", models.F("start_at"))), name="finding_ends_after_its_start"
            ),
        ),
    ]
