"""Issue a forecast for a meter, in this process."""

import json
from argparse import ArgumentParser
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from forecasting.domain.errors import ForecastError
from forecasting.models import ForecastRun
from forecasting.selectors import quantiles_of
from forecasting.services import issue_forecasts
from meters.selectors import UnknownMeter, meter_named


class Command(BaseCommand):
    """Exit 0 with at least one run, 1 with the reason of each forecaster that could not serve."""

    help = "Issue 48 hours of quantiles for a meter by every forecaster that can serve it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which meter."""
        parser.add_argument("--meter", required=True, help="its short name")
        parser.add_argument("--train", action="store_true", help="train those that need it first")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Issue it."""
        try:
            meter = meter_named(options["meter"])
            issued = issue_forecasts(meter=meter, now=timezone.now(), retrain=options["train"])
        except (ForecastError, UnknownMeter) as error:
            raise CommandError(str(error)) from error
        for reason in issued.reasons.values():
            self.stderr.write(reason)
        if not issued.runs:
            raise CommandError(f"No forecaster could serve {meter}. With --train they are trained first.")
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(run) for run in issued.runs]))
            return
        for run in issued.runs:
            self._table(run, ZoneInfo(meter.site.zone))

    def _table(self, run: ForecastRun, zone: ZoneInfo) -> None:
        self.stdout.write(f"\n{run.forecaster}, data through {run.data_cutoff_at.astimezone(zone):%Y-%m-%d %H:%M}, kW")
        self.stdout.write(f"{'interval start':>16} {'10 %':>8} {'median':>8} {'90 %':>8}")
        for start, row in quantiles_of(run).iterrows():
            local = start.tz_convert(zone)  # type: ignore[attr-defined]  # a Timestamp, typed as Hashable
            self.stdout.write(f"{local:%Y-%m-%d %H:%M} {row[0.1]:8.3f} {row[0.5]:8.3f} {row[0.9]:8.3f}")


def _as_json(run: ForecastRun) -> dict[str, Any]:
    frame = quantiles_of(run)
    return {
        "forecaster": run.forecaster,
        "issued_at": run.issued_at.isoformat(),
        "data_cutoff_at": run.data_cutoff_at.isoformat(),
        "interval_s": run.interval_s,
        "weather": run.weather,
        "points": [
            {"start": start.isoformat(), **row}
            for start, row in zip(frame.index, frame.rename(columns=str).to_dict("records"), strict=True)
        ],
    }
