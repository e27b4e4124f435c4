"""The life of an account: second factors, sessions, evidence of requests, backfills, and the order of documents."""

import django.db.models.deletion
from django.db import migrations, models

NUMBER_DOCUMENTS = """
UPDATE scraping_storeddocument d SET seq = o.n
  FROM (SELECT id, row_number() OVER (PARTITION BY account_id ORDER BY fetched_at, id) AS n
          FROM scraping_storeddocument) o
 WHERE o.id = d.id"""


class Migration(migrations.Migration):
    dependencies = [("scraping", "0002_news")]

    operations = [
        migrations.AddField(
            model_name="evidence",
            name="requests",
            field=models.JSONField(blank=True, default=list, help_text="what the page asked for, the oldest first"),
        ),
        migrations.AddField(
            model_name="portalaccount",
            name="sealed_session",
            field=models.TextField(blank=True, default="", editable=False, help_text="cookies of the last visit"),
        ),
        migrations.AddField(
            model_name="portalaccount",
            name="sealed_totp_seed",
            field=models.TextField(blank=True, default="", editable=False),
        ),
        migrations.AddField(
            model_name="portalaccount",
            name="session_kept_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="portalaccount",
            name="stopped_class",
            field=models.CharField(blank=True, editable=False, help_text="the error that stopped it", max_length=80),
        ),
        migrations.AddField(
            model_name="portalaccount",
            name="terms_accepted_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="portalaccount",
            name="terms_text",
            field=models.TextField(blank=True, editable=False, help_text="the sentence that was accepted"),
        ),
        migrations.AddField(
            model_name="scraperun",
            name="browsers_n",
            field=models.PositiveIntegerField(default=0, help_text="browsers started; more than one after crashes"),
        ),
        migrations.AddField(
            model_name="scraperun",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("visit", "Visit"),
                    ("sign_in", "sign-in test"),
                    ("backfill", "Backfill"),
                    ("fetch_again", "fetch again"),
                ],
                default="visit",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="storeddocument",
            name="seq",
            field=models.BigIntegerField(
                default=0, editable=False, help_text="order within the account, whatever the clock did"
            ),
        ),
        migrations.RunSQL(NUMBER_DOCUMENTS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="evidence",
            name="taken_at",
            field=models.DateTimeField(db_index=True),
        ),
        migrations.CreateModel(
            name="Backfill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(blank=True, max_length=120)),
                ("start_at", models.DateTimeField()),
                ("end_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("stopped", "Stopped"), ("failed", "Failed")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("job", models.UUIDField(blank=True, help_text="the job that works on it, or did last", null=True)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("worked_s", models.FloatField(default=0, help_text="seconds spent on its windows")),
                ("error_message", models.TextField(blank=True)),
                ("advice", models.TextField(blank=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="backfills",
                        to="scraping.portalaccount",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="CodeRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "closed_at",
                    models.DateTimeField(blank=True, help_text="the visit has gone on, or given up", null=True),
                ),
                ("sealed_code", models.TextField(blank=True, default="", editable=False)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="code_requests",
                        to="scraping.scraperun",
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at"],
            },
        ),
        migrations.CreateModel(
            name="BackfillWindow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start_at", models.DateTimeField()),
                ("end_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "error",
                    models.TextField(
                        blank=True, help_text="why it could not be read; tried again when the backfill goes on"
                    ),
                ),
                (
                    "backfill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="windows", to="scraping.backfill"
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="scraping.portalmeter"
                    ),
                ),
            ],
            options={
                "ordering": ["backfill", "link", "-start_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("backfill", "link", "start_at"), name="each_window_once")
                ],
            },
        ),
    ]
