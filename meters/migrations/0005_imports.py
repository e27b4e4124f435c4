"""Files on their way in."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meters", "0004_validation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("format", models.CharField(max_length=40)),
                ("path", models.CharField(blank=True, max_length=500)),
                (
                    "is_kept",
                    models.BooleanField(default=False, help_text="the file is a copy of ours and goes when it is done"),
                ),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "to be checked"),
                            ("checked", "checked"),
                            ("storing", "being stored"),
                            ("done", "stored"),
                            ("undoing", "being undone"),
                            ("undone", "undone"),
                            ("failed", "cannot be read"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("message", models.TextField(blank=True)),
                ("make_meters", models.BooleanField(default=False)),
                ("skip_bad", models.BooleanField(default=False)),
                ("options", models.JSONField(default=dict)),
                ("layout", models.JSONField(default=dict)),
                ("preview", models.JSONField(default=dict)),
                ("notes", models.JSONField(default=list)),
                ("report", models.JSONField(default=dict)),
                ("rejects", models.JSONField(default=list)),
                ("portion", models.PositiveIntegerField(default=0)),
                ("meters_n", models.PositiveIntegerField(default=0)),
                ("touched", models.JSONField(default=dict)),
                ("new_n", models.PositiveBigIntegerField(default=0)),
                ("changed_n", models.PositiveBigIntegerField(default=0)),
                ("same_n", models.PositiveBigIntegerField(default=0)),
                ("refused_n", models.PositiveBigIntegerField(default=0)),
                ("job", models.UUIDField(blank=True, help_text="the job that last worked on it", null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "began_at",
                    models.DateTimeField(blank=True, help_text="when its first reading was stored", null=True),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="meters.meter",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="meters.site",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="meters.source"
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "ordering": ["-created_at", "-pk"],
            },
        ),
    ]
