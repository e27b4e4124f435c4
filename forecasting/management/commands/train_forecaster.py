"""Train a forecaster on a meter, in this process."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from forecasting.domain.errors import ForecastError
from forecasting.registry import forecasters
from forecasting.services import train_forecaster
from meters.selectors import UnknownMeter, meter_named
from twin_project.kit.params import BadParams
from twin_project.kit.registry import BrokenPlugin, UnknownPlugin


class Command(BaseCommand):
    """Exit 0 with a new version, 1 with a sentence."""

    help = "Train a forecaster on a meter and keep it as a new version."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which meter and forecaster."""
        parser.add_argument("--meter", required=True, help="its short name, see ./twin list_meters or the panel")
        parser.add_argument("--forecaster", default="random_forest", help=", ".join(forecasters.keys()))
        parser.add_argument("--param", nargs="+", action="extend", default=[], metavar="NAME=VALUE")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Train it."""
        try:
            trained = train_forecaster(
                meter=meter_named(options["meter"]),
                forecaster=options["forecaster"],
                now=timezone.now(),
                params=dict(pair.partition("=")[::2] for pair in options["param"]),
                seed=options["seed"],
            )
        except (ForecastError, UnknownMeter, UnknownPlugin, BrokenPlugin, BadParams) as error:
            raise CommandError(str(error)) from error
        told = {
            "forecaster": trained.forecaster,
            "version": trained.version,
            "readings": trained.readings_n,
            "data_from": trained.data_from_at.isoformat(),
            "data_through": trained.data_through_at.isoformat(),
            "with_weather": trained.with_weather,
            "seconds": round(trained.seconds, 2),
            "trial_days": trained.trial_days,
            "trial_mae_kw": trained.trial_mae_kw,
            "rival": trained.rival,
            "rival_mae_kw": trained.rival_mae_kw,
            "beats_rival": trained.beats_rival,
            "notes": trained.notes,
        }
        lines = "\n".join(f"{name:>13}  {value}" for name, value in told.items())
        self.stdout.write(json.dumps(told) if options["json"] else lines)
