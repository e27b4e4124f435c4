"""Searches for series at portals without a recipe, and what they propose."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ("scraping", "0003_life")]

    operations = [
        migrations.CreateModel(
            name="Probe",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.URLField(max_length=500)),
                ("username", models.CharField(max_length=200)),
                ("sealed_password", models.TextField(blank=True, default="", editable=False)),
                ("sealed_totp_seed", models.TextField(blank=True, default="", editable=False)),
                (
                    "zone",
                    models.CharField(
                        default="UTC", help_text="of those who ask, where the portal tells none", max_length=60
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("job", models.UUIDField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("pages_n", models.PositiveIntegerField(default=0, help_text="views that were opened")),
                (
                    "ignored",
                    models.JSONField(
                        blank=True, default=list, help_text="what was seen and left, each with its reason"
                    ),
                ),
                ("terms_accepted_at", models.DateTimeField(blank=True, editable=False, null=True)),
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
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rank", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("place", models.TextField(blank=True, help_text="where in the portal it stands")),
                ("recipe", models.TextField()),
                ("confidence", models.FloatField()),
                ("guesses", models.JSONField(default=dict)),
                (
                    "told",
                    models.JSONField(blank=True, default=list, help_text="how days are chosen, where else it was seen"),
                ),
                ("columns", models.JSONField(default=list)),
                ("ignored", models.JSONField(blank=True, default=list)),
                ("preview", models.JSONField(blank=True, default=dict)),
                (
                    "document",
                    models.BinaryField(default=bytes, help_text="what the recipe brought, for another reading of it"),
                ),
                ("content_type", models.CharField(blank=True, max_length=80)),
                ("window_start_at", models.DateTimeField(blank=True, null=True)),
                ("window_end_at", models.DateTimeField(blank=True, null=True)),
                ("trouble", models.TextField(blank=True, help_text="why the recipe could not read another period")),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="scraping.portalaccount",
                    ),
                ),
                (
                    "probe",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="proposals", to="scraping.probe"
                    ),
                ),
            ],
            options={
                "ordering": ["probe", "rank"],
                "constraints": [models.UniqueConstraint(fields=("probe", "rank"), name="one_proposal_for_each_rank")],
            },
        ),
    ]
