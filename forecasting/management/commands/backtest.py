"""Backtest forecasters on a file or on a meter of the database."""

import json
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from forecasting.domain.backtest import Plan, Result, backtest
from forecasting.domain.contract import Known
from forecasting.domain.errors import ForecastError
from forecasting.domain.folds import Origins
from forecasting.domain.known import WEATHERS, holidays_between
from forecasting.domain.load_files import read_loads
from forecasting.registry import forecasters
from forecasting.services import inputs_of
from meters.selectors import UnknownMeter, meter_named
from twin_project.kit.registry import BrokenPlugin, UnknownPlugin

COLUMNS = {
    "mae_kw": "MAE kW",
    "rmse_kw": "RMSE kW",
    "nrmse_pct": "NRMSE %",
    "mase": "MASE",
    "pinball_kw": "pinball kW",
    "coverage80_pct": "in 80 % band",
    "coverage90_pct": "in 90 % band",
    "n": "n",
}


class Command(BaseCommand):
    """Exit 0 with the table, 1 with a sentence."""

    help = "Compare forecasters by rolling origins: each sees the past of its origin only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, how, over which origins."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--data", type=Path, help="Parquet or CSV: timestamp (UTC), kwh | power_kw | mean_mw")
        what.add_argument("--meter", help="short name of a meter of the database")
        parser.add_argument("--meter-id", help="with --data: which meter of the file (default the first)")
        parser.add_argument("--zone", default="UTC", help="with --data: IANA zone of the site")
        parser.add_argument("--country", default="", help="with --data: ISO code, for public holidays")
        parser.add_argument(
            "--forecaster", nargs="+", action="extend", help=f"default all: {', '.join(forecasters.keys())}"
        )
        parser.add_argument("--origins", type=int, default=60, help="how many, the last ones of the data")
        parser.add_argument("--until", help="local date of the last origin (default: the last whole day)")
        parser.add_argument("--stride-hours", type=float, default=24)
        parser.add_argument("--horizon-hours", type=float, default=24)
        parser.add_argument("--refit-days", type=float, default=30)
        parser.add_argument("--weather", choices=WEATHERS, default="persistence", help="what is known of it ahead")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        try:
            load, known = self._given(options)
            keys = options["forecaster"] or list(forecasters.all())
            makers = {key: _maker(key, options["seed"]) for key in keys}
            plan = _plan(load, known, options)
            with tqdm(total=len(makers) * len(plan.origins), unit="forecast", disable=options["json"]) as bar:
                result = backtest(makers, load, known, plan, progress=lambda done, _: _advance(bar, done))
        except (ForecastError, UnknownMeter, UnknownPlugin, BrokenPlugin) as error:
            raise CommandError(str(error)) from error
        self._tell(result, plan, options["json"])

    def _given(self, options: dict[str, Any]) -> "tuple[pd.Series[float], Known]":
        if options["meter"]:
            inputs = inputs_of(meter=meter_named(options["meter"]), horizon=timedelta(0))
            return inputs.load, inputs.record
        found = {meter.meter: meter for meter in read_loads(options["data"])}
        wanted = options["meter_id"] or next(iter(found))
        if wanted not in found:
            raise CommandError(f"The file has no meter {wanted}; it has: {', '.join(list(found)[:20])}.")
        meter = found[wanted]
        first, last = meter.load.index[0].year, meter.load.index[-1].year + 1
        holidays = holidays_between(options["country"], "", first, last)
        return meter.load, Known(options["zone"], holidays, meter.weather)

    def _tell(self, result: Result, plan: Plan, as_json: bool) -> None:
        rows = result.scores.reset_index().to_dict("records")
        told = {
            "origins": len(plan.origins),
            "first_origin": plan.origins.first.isoformat(),
            "last_origin": plan.origins.last.isoformat(),
            "weather_ahead": plan.weather,
        }
        if as_json:
            self.stdout.write(json.dumps(told | {"scores": rows}))
            return
        self.stdout.write(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in told.items()))
        self.stdout.write(f"{'':<20}" + "".join(f"{title:>14}" for title in COLUMNS.values()))
        for origin, reason in result.skipped.items():
            self.stderr.write(f"Left out {origin:%Y-%m-%d %H:%M} UTC: {reason}")
        for row in rows:
            values = "".join(f"{row[name]:>14.{0 if name == 'n' else 3}f}" for name in COLUMNS)
            self.stdout.write(f"{row['forecaster']:<20}{values}")


def _maker(key: str, seed: int) -> Any:
    plugin = forecasters.get(key)
    return lambda: plugin(seed=seed)


def _plan(load: "pd.Series[float]", known: Known, options: dict[str, Any]) -> Plan:
    """The last `--origins` origins whose whole horizon lies in the data, at local midnight."""
    stride, horizon = timedelta(hours=options["stride_hours"]), timedelta(hours=options["horizon_hours"])
    end = (
        pd.Timestamp(options["until"], tz=known.zone)
        if options["until"]
        else load.index[-1].tz_convert(known.zone) - horizon
    )
    last = end.normalize()
    wall = last.tz_localize(None) - (options["origins"] - 1) * stride  # days are wall time, as in Origins
    first = wall.tz_localize(known.zone, ambiguous=False, nonexistent="shift_forward")
    if options["origins"] < 1 or first <= load.index[0]:
        raise CommandError(f"The data begin on {load.index[0]:%Y-%m-%d}: too late for {options['origins']} origins.")
    origins = Origins(first.to_pydatetime(), last.to_pydatetime(), stride, horizon, known.zone)
    return Plan(origins, weather=options["weather"], refit_every=timedelta(days=options["refit_days"]))


def _advance(bar: Any, done: int) -> None:
    bar.update(done - bar.n)
