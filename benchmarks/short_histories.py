"""What a forecaster is worth in a meter's first year: its error over that of the mean of the last seven days.

Each meter (validation meters of the pre-trained network, and the household of Sceaux) is begun anew at several days
of its record: trained on the first DAYS of it, then asked at every third midnight of the next four weeks without
being trained again, as the trial of the panel does. No weather. `../shared/data`, or where --data says.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks._rows import row, tell  # noqa: E402
from forecasting.domain.backtest import Plan, backtest  # noqa: E402
from forecasting.domain.contract import Known  # noqa: E402
from forecasting.domain.evaluation import REFERENCE  # noqa: E402
from forecasting.domain.folds import Origins  # noqa: E402
from forecasting.domain.known import holidays_between  # noqa: E402
from forecasting.domain.load_files import read_loads  # noqa: E402
from forecasting.registry import forecasters  # noqa: E402

METERS = {
    "cambridge_hourly.parquet": ("b8", "b16", "b91"),
    "london_households_30min.parquet": ("MAC000002", "MAC000024", "MAC000034"),
    "sceaux_hourly.parquet": (),
}
DAY, HOUR = pd.Timedelta(days=1), pd.Timedelta(hours=1)
TRIAL = 27 * DAY


def main() -> int:
    """Print a row for each forecaster and number of days, and last the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--forecaster", nargs="+", default=["load_temperature", "random_forest"])
    parser.add_argument("--days", type=int, nargs="+", default=[35, 75, 150, 250])
    parser.add_argument("--starts", type=int, default=3, help="of each meter (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="only the last line")
    options = parser.parse_args()
    rows = []
    meters = list(_meters(options.data))
    for days in options.days:
        asked = [one for load, known in meters for one in _ratios(load, known, days, options)]
        for key in options.forecaster:
            ratios = [ratio[key] for ratio in asked if np.isfinite(ratio[key])]
            rows.append(row(f"{key}_{days}_days", float(np.mean(ratios)), f"n={len(ratios)}"))
    return tell("short_histories", rows, as_json=options.json)


def _meters(data: Path) -> Iterator[tuple["pd.Series[float]", Known]]:
    for name, wanted in METERS.items():
        country, zone = ("FR", "Europe/Paris") if "sceaux" in name else ("GB", "Europe/London")
        known = Known(zone, holidays_between(country, "ENG" if country == "GB" else "", 2006, 2023))
        for meter in read_loads(data / name):
            if not wanted or meter.meter in wanted:
                yield meter.averaged(HOUR).load.loc[:"2019"], known


def _ratios(load: "pd.Series[float]", known: Known, days: int, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    last = load.index[-1] - days * DAY - TRIAL - 2 * DAY
    for start in pd.date_range(load.index[0], last, periods=options.starts).ceil("D"):
        part = load.loc[start : start + days * DAY + TRIAL + 2 * DAY]
        first = start + days * DAY
        if part.loc[:first].isna().mean() > 0.1 or part.std() == 0:
            continue
        plan = Plan(Origins(first, first + TRIAL, 3 * DAY), weather="none", refit_every=2 * TRIAL)
        makers = {key: forecasters.get(key) for key in (REFERENCE, *options.forecaster)}
        mae = backtest(makers, part, known, plan).scores["mae_kw"]
        sys.stderr.write(f"\r{days} days from {start:%Y-%m-%d}")
        yield {key: mae[key] / mae[REFERENCE] for key in options.forecaster}


if __name__ == "__main__":
    sys.exit(main())
