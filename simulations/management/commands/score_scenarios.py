"""The scorecards: how well past events were told, by meter and kind."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from meters.selectors import UnknownMeter, meter_named
from simulations.models import Scorecard


class Command(BaseCommand):
    """Exit 0 with the cards; 1 where there is none yet."""

    help = "Print the scorecards of past events told again; replay_event makes them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which meter."""
        parser.add_argument("--meter", help="its short name; by default all")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them."""
        rows = Scorecard.objects.select_related("meter").order_by("meter__name", "kind")
        if options["meter"]:
            try:
                rows = rows.filter(meter=meter_named(options["meter"]))
            except UnknownMeter as error:
                raise CommandError(str(error)) from error
        if not rows:
            raise CommandError("No past event has been told again yet. Run replay_event --meter M first.")
        if options["json"]:
            names = ("kind", "forecaster", "replays_n", "told_mae_kw", "untold_mae_kw", "ratio", "peak_error_pct",
                     "coverage80_pct", "spread")  # fmt: skip
            told = [{"meter": row.meter.slug, **{name: getattr(row, name) for name in names}} for row in rows]
            self.stdout.write(json.dumps(told))
            return
        for row in rows:
            ratio = "-" if row.ratio is None else f"{row.ratio:.2f}"
            self.stdout.write(
                f"{row.meter.name:<28}{row.kind:<11}{row.replays_n:>3}  told/untold {ratio}  peak "
                f"{row.peak_error_pct or 0:.1f} %  inside {row.coverage80_pct:.0f} %"
            )
