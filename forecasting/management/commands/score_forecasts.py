"""Score past forecasts against the readings that have come, in this process."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from forecasting.selectors import Accuracy, accuracy
from forecasting.services import score_runs, settle, watch_drift
from meters.selectors import UnknownMeter, all_meters, meter_named


class Command(BaseCommand):
    """Exit 0 with the leaderboard of each meter, 1 with a sentence."""

    help = "Score every run whose readings have come since, and print the leaderboard."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which meters, from when on again."""
        parser.add_argument("--meter", nargs="+", action="extend", help="its short name (default: all meters)")
        parser.add_argument("--again-from", metavar="DATE", help="score runs anew that reach this local day or later")
        parser.add_argument("--days", type=int, default=30, help="of the leaderboard")
        parser.add_argument("--dry-run", action="store_true", help="only print the leaderboard")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Score them."""
        try:
            meters = [meter_named(slug) for slug in options["meter"]] if options["meter"] else list(all_meters())
            day = datetime.strptime(options["again_from"], "%Y-%m-%d").date() if options["again_from"] else None  # noqa: DTZ007  # a local day
        except (UnknownMeter, ValueError) as error:
            raise CommandError(str(error)) from error
        now, told = timezone.now(), []
        for meter in tqdm(meters, unit="meter", disable=options["json"] or len(meters) < 2):
            scored = 0
            if not options["dry_run"]:
                again = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(meter.site.zone)) if day else None
                scored = score_runs(meter=meter, now=now, again_from=again)
                settle(meter=meter, now=now)
                watch_drift(meter=meter, now=now)
            board = accuracy(meter, since=now - timedelta(days=options["days"]))
            told.append({"meter": meter.slug, "scored": scored, "board": [asdict(row) for row in board]})
            if not options["json"]:
                self._table(meter.slug, scored, board)
        if options["json"]:
            self.stdout.write(json.dumps(told))

    def _table(self, meter: str, scored: int, board: list[Accuracy]) -> None:
        self.stdout.write(f"\n{meter}: {scored} runs scored")
        for row in board:
            skill = "" if row.skill is None else f"{100 * row.skill:6.0f} %"
            self.stdout.write(
                f"  {row.forecaster:<22}{skill:>9}  MAE {row.mae_kw:.3f} kW  pinball {row.pinball_kw:.3f} kW  "
                f"in 80 % {100 * row.coverage80:.0f} %  n {row.points_n}"
            )
