"""How long readings usually take to come."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meters", "0006_weather_tariffs")]
    operations = [
        migrations.CreateModel(
            name="UsualLag",
            fields=[
                (
                    "meter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="lag_row",
                        serialize=False,
                        to="meters.meter",
                    ),
                ),
                ("usual_s", models.PositiveIntegerField()),
                ("longest_s", models.PositiveIntegerField()),
                ("visits_n", models.PositiveIntegerField()),
                ("learned_at", models.DateTimeField()),
            ],
        ),
    ]
