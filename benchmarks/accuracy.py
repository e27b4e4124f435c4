"""How good the forecasts are, on data that anybody can get, beside the naive and what others published.

Victoria: the champion (`gradient_boosting`, which was best in September to November) and `random_forest`, trained on
2012-01 to 2014-11, day-ahead from 00:00 UTC through December 2014. Zero-shot: `cnn_lstm` on the meters that its
training never saw (the split of its model card), and on the household of Sceaux. The data are files in
`../shared/data`, or where --data says; `./twin evaluate` does the same on any file. A part can be run alone: --only
victoria university households sceaux. Only where asked for (half an hour): `own`, what forecasters reach that learned
from the past of those meters themselves, without weather too.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks._rows import row, tell  # noqa: E402
from forecasting.domain.contract import Known  # noqa: E402
from forecasting.domain.evaluation import REFERENCE, evaluate  # noqa: E402
from forecasting.domain.evaluation_scores import Row, summary  # noqa: E402
from forecasting.domain.evaluation_windows import Protocol  # noqa: E402
from forecasting.domain.known import holidays_between  # noqa: E402
from forecasting.domain.load_files import MeterFile, read_loads, read_weather  # noqa: E402
from forecasting.domain.network.corpus import role_of  # noqa: E402
from forecasting.registry import forecasters  # noqa: E402

CHAMPION, FOREST, NETWORK = "gradient_boosting", "random_forest", "cnn_lstm"
OTHERS = ("blend", "load_temperature", "seasonal_naive")
HOUR = pd.Timedelta(hours=1)
BEGIN, END = datetime(2014, 12, 1, tzinfo=UTC), datetime(2014, 12, 31, tzinfo=UTC)
Rows = list[dict[str, Any]]


def main() -> int:
    """Print every row and, last, the JSON line; 0 where every target holds."""
    parts = {"victoria": _victoria, "university": _university, "households": _households, "sceaux": _sceaux}
    every = parts | {"own": _own_past}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--only", nargs="*", choices=every, default=list(parts))
    parser.add_argument("--json", action="store_true", help="only the last line")
    options = parser.parse_args()
    rows = [found for name in options.only for found in every[name](options.data)]
    covered = [found["value"] for found in rows if found["what"].startswith("coverage80_")]
    if covered:
        rows.append(row("coverage80_pct", float(np.mean(covered)), "%", least=76, most=84))
    return tell("accuracy", rows, as_json=options.json)


def _victoria(data: Path) -> Iterator[dict[str, Any]]:
    meter = next(read_loads(data / "vic_elec_30min.parquet", in_kw=False, zone="Australia/Melbourne"))
    meter = _at_the_end(meter.averaged(HOUR))
    december = meter.load.loc[BEGIN : END - pd.Timedelta(hours=1)]
    before = meter.load.shift(24).reindex(december.index)
    yield row("vic_previous_day_mae_mw", float((december - before).abs().mean()), "MW", least=308.37, most=308.38)
    for name, value in (("recursive_lightgbm", 206.3), ("tuned_lightgbm", 133.3), ("direct_lightgbm", 119.8)):
        yield row(f"vic_published_{name}_mae_mw", value, "MW")
    keys = (CHAMPION, FOREST, *OTHERS)
    protocol = Protocol(first=BEGIN, last=END, train_until=BEGIN, weather="actual")
    known = _scores([meter], keys, protocol, Known("Australia/Melbourne"))
    yield row("vic_champion_mae_mw", known[CHAMPION]["mae"], "MW", most=95)
    yield row("vic_random_forest_mae_mw", known[FOREST]["mae"], "MW", most=120)
    for key in (*OTHERS, REFERENCE):
        yield row(f"vic_{key}_mae_mw", known[key]["mae"], "MW")
    yield row("vic_coverage90_pct", known[CHAMPION]["coverage90_pct"], "%", least=87, most=93)
    yield row("coverage80_victoria_pct", known[CHAMPION]["coverage80_pct"], "%", least=70)
    guessed = replace(protocol, weather="persistence")
    persisted = _scores([meter], (CHAMPION, FOREST), guessed, Known("Australia/Melbourne"))
    for key, name in ((CHAMPION, "champion"), (FOREST, "random_forest")):
        for score, unit in (("mae", "MW"), ("coverage80_pct", "%"), ("coverage90_pct", "%")):
            yield row(f"vic_persisted_{name}_{score}", persisted[key][score], unit)


def _at_the_end(meter: MeterFile) -> MeterFile:
    """The tutorial stamps its hours at their end; the day begins an hour earlier than the stamps say."""
    weather = meter.weather
    assert weather is not None
    hourly = weather.resample(HOUR).mean().shift(freq=HOUR)
    return MeterFile(meter.meter, meter.load.shift(freq=HOUR), hourly, meter.holidays, meter.unit)


def _university(data: Path) -> Iterator[dict[str, Any]]:
    site = _site("GB", "ENG", "Europe/London", read_weather(data / "cambridge_weather_hourly.parquet"))
    meters = _test_meters(data / "cambridge_hourly.parquet", "university")
    yield from _zero_shot("university", meters, site, most=0.67)
    told = _scores(meters, (NETWORK,), Protocol(weather="actual"), site)[NETWORK]
    yield row("zero_shot_university_weather_ratio", told["median_of_ratios"], "", most=0.64)
    yield row("zero_shot_university_weather_ratio_of_medians", told["ratio_of_medians"], "")


def _households(data: Path) -> Iterator[dict[str, Any]]:
    yield from _zero_shot("households", *_london(data), most=0.94)


def _sceaux(data: Path) -> Iterator[dict[str, Any]]:
    yield from _zero_shot("sceaux", *_france(data), most=0.92)


def _own_past(data: Path) -> Iterator[dict[str, Any]]:
    """Learned from three years of Sceaux and half a year of the households, and asked with a month at hand."""
    cases = (
        ("sceaux", _france(data), datetime(2010, 1, 1, tzinfo=UTC), datetime(2010, 11, 26, tzinfo=UTC)),
        ("households", _london(data), datetime(2013, 7, 1, tzinfo=UTC), datetime(2013, 12, 30, tzinfo=UTC)),
    )
    for name, (meters, site), first, last in cases:
        protocol = Protocol(context_h=720, first=first, last=last, train_until=first)
        zero = _scores(meters, (NETWORK,), Protocol(first=first, last=last), site)
        own = _scores(meters, ("load_temperature", FOREST, CHAMPION, "blend"), protocol, site)
        yield row(f"{name}_zero_shot_ratio", zero[NETWORK]["median_of_ratios"], "")
        for key, told in own.items():
            yield row(f"{name}_own_past_{key}_ratio", told["median_of_ratios"], "")


def _london(data: Path) -> tuple[list[MeterFile], Known]:
    site = _site("GB", "ENG", "Europe/London", None)
    return _test_meters(data / "london_households_30min.parquet", "household"), site


def _france(data: Path) -> tuple[list[MeterFile], Known]:
    return list(read_loads(data / "sceaux_hourly.parquet")), _site("FR", "", "Europe/Paris", None)


def _zero_shot(name: str, meters: list[MeterFile], site: Known, *, most: float) -> Iterator[dict[str, Any]]:
    told = _scores(meters, (NETWORK,), Protocol(), site)
    ours, bar = told[NETWORK], told[REFERENCE]
    yield row(f"zero_shot_{name}_ratio", ours["median_of_ratios"], "", most=most)
    yield row(f"zero_shot_{name}_ratio_of_medians", ours["ratio_of_medians"], "")
    yield row(f"zero_shot_{name}_nrmse_pct", ours["nrmse_pct"], "%")
    yield row(f"zero_shot_{name}_bar_nrmse_pct", bar["nrmse_pct"], "%")
    yield row(f"coverage80_{name}_pct", ours["coverage80_pct"], "%", least=70)
    yield row(f"zero_shot_{name}_meter_years", ours["meter_years"], "")


def _site(country: str, subdivision: str, zone: str, weather: pd.DataFrame | None) -> Known:
    return Known(zone, holidays_between(country, subdivision, 2006, 2023), weather)


def _test_meters(path: Path, kind: str) -> list[MeterFile]:
    return [meter.averaged(HOUR) for meter in read_loads(path) if role_of(kind, meter.meter) == "test"]


def _scores(
    meters: list[MeterFile], keys: tuple[str, ...], protocol: Protocol, site: Known
) -> dict[str, dict[str, Any]]:
    makers = {key: forecasters.get(key) for key in (REFERENCE, *keys)}
    done = evaluate(meters, makers, protocol, site, progress=_progress)
    if done.refused:
        raise SystemExit(f"A forecaster did not run: {done.refused}")
    found: list[Row] = done.rows
    return {told["forecaster"]: told for told in summary(found, REFERENCE)}


def _progress(meter: str) -> None:
    sys.stderr.write(f"\r{meter:<30}")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
