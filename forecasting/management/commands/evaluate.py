"""Evaluate forecasters on any file of meters, without a database."""

import csv
import json
import math
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from forecasting.domain.contract import Known
from forecasting.domain.errors import BadSeries, ForecastError
from forecasting.domain.evaluation import REFERENCE, Evaluation, evaluate
from forecasting.domain.evaluation_scores import summary
from forecasting.domain.evaluation_windows import Protocol
from forecasting.domain.known import holidays_between
from forecasting.domain.load_files import MeterFile, read_loads, read_weather
from forecasting.registry import forecasters
from twin_project.kit.registry import BrokenPlugin, UnknownPlugin

COLUMNS = {
    "meter_years": ("meter-years", 0),
    "nrmse_pct": ("NRMSE %", 2),
    "ratio_of_medians": ("of medians", 3),
    "median_of_ratios": ("of ratios", 3),
    "mae": ("MAE", 4),
    "rmse": ("RMSE", 4),
    "mase": ("MASE", 3),
    "pinball_scaled": ("pinball/MASE", 4),
    "coverage80_pct": ("in 80 %", 1),
    "coverage90_pct": ("in 90 %", 1),
    "peak_error": ("peak error", 3),
    "windows": ("windows", 0),
    "seconds": ("seconds", 1),
}
KNOWN_WEATHER = ("none", "actual", "persistence")


class Command(BaseCommand):
    """Exit 0 with the table, 1 with a sentence."""

    help = "Score forecasters on every meter and year of a file, beside the mean of the last seven days."
    requires_system_checks = ()  # some of them look at the database, which this command does without

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files, forecasters, protocol, what to print."""
        parser.add_argument("--data", type=Path, required=True, help="timestamp (UTC, start), meter_id, a load column")
        parser.add_argument(
            "--weather", type=Path, help="timestamp, temperature_c and more, of the place of all meters"
        )
        parser.add_argument("--load", help="the load column, where it is not kwh, power_kw or mean_mw")
        parser.add_argument("--meter-id", nargs="+", action="extend", help="only these meters of the file")
        parser.add_argument(
            "--forecaster", nargs="+", action="extend", help=f"default all that can: {', '.join(forecasters.keys())}"
        )
        parser.add_argument("--zone", help="IANA zone of the meters; else their days are those of UTC")
        parser.add_argument("--country", default="", help="ISO code, for public holidays where the file names none")
        parser.add_argument("--subdivision", default="", help="of the country")
        parser.add_argument("--latitude", type=float)
        parser.add_argument("--longitude", type=float)
        parser.add_argument("--context", type=float, default=168, help="hours of load that a forecaster is handed")
        parser.add_argument("--horizon", type=float, default=24, help="hours to forecast")
        parser.add_argument("--stride", type=float, default=24, help="hours between origins")
        parser.add_argument("--season", type=float, default=24, help="hours of MASE's naive change")
        parser.add_argument("--step-minutes", type=float, default=60, help="finer readings are averaged to this")
        parser.add_argument("--from", dest="first", help="first origin (UTC); else each year after its first context")
        parser.add_argument("--to", dest="last", help="no forecast reaches past this (UTC)")
        parser.add_argument(
            "--train-until", help="train on each meter's readings before this (UTC), score what follows"
        )
        parser.add_argument("--known-weather", choices=KNOWN_WEATHER, default="none", help="ahead of each origin")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--per-meter", type=Path, help="write a row for each forecaster and meter-year (CSV)")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        if options["zone"] is None:
            options["zone"] = "UTC"
            self.stderr.write("No --zone: days and weekends begin at midnight UTC, whatever the meters' clocks say.")
        try:
            protocol = _protocol(options)
            known = _known(options)
            meters = list(_meters(options))
            makers = {key: _maker(key, options["seed"]) for key in _keys(options["forecaster"])}
            with tqdm(total=len(meters), unit="meter", disable=options["json"] or None) as bar:
                done = evaluate(meters, makers, protocol, known, progress=lambda _: _advance(bar))
        except (ForecastError, UnknownPlugin, BrokenPlugin) as error:
            raise CommandError(str(error)) from error
        told = summary(done.rows, REFERENCE)
        if options["per_meter"]:
            _write_rows(options["per_meter"], done)
        self._tell(told, done, protocol, meters, options)

    def _tell(
        self,
        told: list[dict[str, Any]],
        done: Evaluation,
        protocol: Protocol,
        meters: list[MeterFile],
        options: dict[str, Any],
    ) -> None:
        if options["json"]:
            head = {"data": options["data"].name, "unit": meters[0].unit, "meters": len(meters), "reference": REFERENCE}
            rules = {
                name: str(value) if isinstance(value, datetime) else value for name, value in asdict(protocol).items()
            }
            whole = {**head, "protocol": rules, "left_out": done.left_out, "refused": done.refused, "forecasters": told}
            self.stdout.write(json.dumps(_without_nan(whole)))
            return
        for key, reason in done.refused.items():
            self.stderr.write(f"{key} did not run: {reason}")
        if done.left_out:
            self.stderr.write(f"Left out {len(done.left_out)} meter-years, such as {done.left_out[0]}")
        self.stdout.write(
            f"Medians over meter-years; errors in {meters[0].unit}; known weather {protocol.weather}; NRMSE and RMSE "
            f"judge the mean, MAE the median; 'of medians' and 'of ratios' are NRMSE over that of {REFERENCE}."
        )
        self.stdout.write(f"{'':<22}" + "".join(f"{title:>13}" for title, _ in COLUMNS.values()))
        for row in told:
            values = "".join(f"{row[name]:>13.{digits}f}" for name, (_, digits) in COLUMNS.items())
            self.stdout.write(f"{row['forecaster']:<22}{values}")


def _advance(bar: Any) -> None:
    bar.update()


def _keys(wanted: list[str] | None) -> list[str]:
    keys = wanted or list(forecasters.all())
    return [REFERENCE, *(key for key in dict.fromkeys(keys) if key != REFERENCE)]


def _maker(key: str, seed: int) -> Any:
    plugin = forecasters.get(key)
    return lambda: plugin(seed=seed)


def _instant(text: str | None, name: str) -> datetime | None:
    if text is None:
        return None
    try:
        at = pd.Timestamp(text)
    except ValueError as error:
        raise BadSeries(f"--{name} {text!r} is no date; write 2014-12-01 or 2014-12-01T06:00.") from error
    return (at.tz_localize("UTC") if at.tzinfo is None else at.tz_convert("UTC")).to_pydatetime()


def _protocol(options: dict[str, Any]) -> Protocol:
    return Protocol(
        context_h=options["context"],
        horizon_h=options["horizon"],
        stride_h=options["stride"],
        season_h=options["season"],
        first=_instant(options["first"], "from"),
        last=_instant(options["last"], "to"),
        train_until=_instant(options["train_until"], "train-until"),
        weather=options["known_weather"],
    )


def _known(options: dict[str, Any]) -> Known:
    try:
        pd.Timestamp(0, tz=options["zone"])
    except (ValueError, LookupError, OSError) as error:
        raise BadSeries(f"There is no time zone {options['zone']}; write one such as Europe/Paris.") from error
    return Known(
        zone=options["zone"],
        holidays=holidays_between(options["country"], options["subdivision"], 1990, 2040),
        weather=read_weather(options["weather"]) if options["weather"] else None,
        latitude=options["latitude"],
        longitude=options["longitude"],
    )


def _meters(options: dict[str, Any]) -> Iterator[MeterFile]:
    wanted = set(options["meter_id"] or ())
    found = read_loads(options["data"], load=options["load"], in_kw=False, zone=options["zone"])
    names = []
    for meter in found:
        names.append(meter.meter)
        if not wanted or meter.meter in wanted:
            yield meter.averaged(pd.Timedelta(minutes=options["step_minutes"]))
    if missing := sorted(wanted - set(names)):
        raise BadSeries(f"The file has no meter {', '.join(missing)}; it has: {', '.join(names[:20])}.")


def _write_rows(path: Path, done: Evaluation) -> None:
    rows = [asdict(row) for row in done.rows]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _without_nan(value: Any) -> Any:
    """JSON has no NaN: what cannot be told is null."""
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_nan(inner) for inner in value]
    return None if isinstance(value, float) and math.isnan(value) else value
