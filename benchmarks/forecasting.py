"""How fast forecasting is: the forest's training, its backtest beside skforecast's, and a fleet of meters.

`forest_retrain_s`: `random_forest` on three years of hours. `backtest_365_s`: 365 daily origins of the last of them,
trained again every 90 days. skforecast (a peer, pinned in requirements-bench.txt) gets the same kind of forest, as many
trees, lags of the same hours, calendar and temperature, the same origins and one training before them; both are timed
over training and forecasts, and `speedup_vs_skforecast` is its time over ours. The rows of a fleet come out of
`benchmarks.forecasting_fleet` (--without-fleet leaves them out). Data: Victoria's hours in `../shared/data`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks._rows import row, tell  # noqa: E402
from forecasting.domain.backtest import Plan, backtest  # noqa: E402
from forecasting.domain.contract import Known  # noqa: E402
from forecasting.domain.folds import Origins  # noqa: E402
from forecasting.domain.forest import COLUMNS_SHARE  # noqa: E402
from forecasting.domain.load_files import MeterFile, read_loads  # noqa: E402
from forecasting.registry import forecasters  # noqa: E402

HOUR, DAY = pd.Timedelta(hours=1), timedelta(days=1)
ZONE = "Australia/Melbourne"
TREES, LEAF = 100, 5
LAGS = [1, 2, 3, 6, 12, 24, 48, 72, 96, 120, 144, 168, 336]
LAST = pd.Timestamp("2014-12-30", tz="UTC")


def main() -> int:
    """Print every row and, last, the JSON line; 0 where every target holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--peer-origins", type=int, default=60, help="daily origins that both are timed over")
    parser.add_argument("--without-fleet", action="store_true")
    parser.add_argument("--without-peer", action="store_true")
    parser.add_argument("--json", action="store_true", help="only the last line")
    options = parser.parse_args()
    meter = next(read_loads(options.data / "vic_elec_30min.parquet", zone=ZONE)).averaged(HOUR)
    rows = [*_training(meter), *_backtest(meter)]
    if not options.without_peer:
        rows += _against_skforecast(meter, options.peer_origins)
    if not options.without_fleet:
        rows += _fleet(options.data)
    return tell("forecasting", rows, as_json=options.json)


def _known(meter: MeterFile) -> Known:
    return Known(ZONE, meter.holidays, meter.weather)


def _training(meter: MeterFile) -> Iterator[dict[str, Any]]:
    took = []
    for _ in range(2):  # the first also imports scikit-learn
        began = time.perf_counter()
        forest = forecasters.get("random_forest")().fit(meter.load, _known(meter))
        took.append(time.perf_counter() - began)
    yield row("forest_retrain_s", min(took), "s", most=8)
    with tempfile.TemporaryDirectory() as folder:
        forest.save(Path(folder) / "forest")
        size = sum(file.stat().st_size for file in (Path(folder) / "forest").iterdir())
    yield row("forest_mb", size / 1e6, "MB", most=20)


def _backtest(meter: MeterFile) -> Iterator[dict[str, Any]]:
    origins = Origins((LAST - 364 * DAY).to_pydatetime(), LAST.to_pydatetime())
    began = time.perf_counter()
    makers = {"random_forest": forecasters.get("random_forest")}
    result = backtest(makers, meter.load, _known(meter), Plan(origins, refit_every=timedelta(days=90)))
    yield row("backtest_365_s", time.perf_counter() - began, "s", most=60)
    yield row("backtest_365_mae_mw", float(result.scores["mae_kw"].iloc[0]) / 1000, "MW")


def _against_skforecast(meter: MeterFile, count: int) -> Iterator[dict[str, Any]]:
    origins = Origins((LAST - (count - 1) * DAY).to_pydatetime(), LAST.to_pydatetime())
    began = time.perf_counter()
    makers = {"random_forest": forecasters.get("random_forest")}
    ours = backtest(makers, meter.load, _known(meter), Plan(origins, refit_every=timedelta(days=3660)))
    our_s = time.perf_counter() - began
    their_s, their_mae = _skforecast(meter, count)
    our_mae = float(ours.scores["mae_kw"].iloc[0]) / 1000
    yield row("speedup_vs_skforecast", their_s / our_s, "times", least=5)
    yield row("error_vs_skforecast", our_mae / their_mae, "", most=1)
    for name, value, unit in (("s", their_s, "s"), ("mae_mw", their_mae, "MW")):
        yield row(f"skforecast_{count}_origins_{name}", value, unit)
    yield row(f"forest_{count}_origins_s", our_s, "s")
    yield row(f"forest_{count}_origins_mae_mw", our_mae, "MW")


def _skforecast(meter: MeterFile, count: int) -> tuple[float, float]:
    """Seconds and MAE in MW of skforecast's own backtest, trained once before the first origin."""
    from skforecast.model_selection import TimeSeriesFold, backtesting_forecaster
    from skforecast.recursive import ForecasterRecursive
    from sklearn.ensemble import ExtraTreesRegressor

    load = (meter.load.loc[: LAST + DAY - HOUR] / 1000).asfreq("h")
    forest = ExtraTreesRegressor(TREES, min_samples_leaf=LEAF, max_features=COLUMNS_SHARE, n_jobs=2, random_state=0)
    forecaster = ForecasterRecursive(estimator=forest, lags=LAGS)
    folds = TimeSeriesFold(steps=24, initial_train_size=len(load) - 24 * count, refit=False, verbose=False)
    began = time.perf_counter()
    table, _ = backtesting_forecaster(
        forecaster, load, cv=folds, metric="mean_absolute_error", exog=_exogenous(meter, load), show_progress=False
    )
    return time.perf_counter() - began, float(table["mean_absolute_error"].iloc[0])


def _exogenous(meter: MeterFile, load: "pd.Series[float]") -> pd.DataFrame:
    """Calendar and temperature as its tutorials make them, with the smoothed temperatures that we have."""
    index = pd.DatetimeIndex(load.index)
    local = index.tz_convert(ZONE)
    assert meter.weather is not None
    warmth = meter.weather["temperature_c"].resample(HOUR).mean().reindex(index).ffill().bfill()
    year = 2 * np.pi * local.day_of_year / 365.25
    columns: dict[str, Any] = {
        "hour": local.hour,
        "weekday": local.day_of_week,
        "off": np.array([day in meter.holidays for day in local.date]) | (local.day_of_week >= 5),
        "year_sin": np.sin(year),
        "year_cos": np.cos(year),
        "temperature": warmth.to_numpy(),
        "temperature_day": warmth.rolling(24, min_periods=1).mean().to_numpy(),
    }
    for hours in (3, 8, 24, 72):
        columns[f"memory_{hours}h"] = warmth.ewm(halflife=hours).mean().to_numpy()
    return pd.DataFrame(columns, index=index).astype(float)


def _fleet(data: Path) -> list[dict[str, Any]]:
    """The rows of the fleet, measured in a process of its own: its memory is one of them."""
    command = [sys.executable, "-m", "benchmarks.forecasting_fleet", "--json", "--data", str(data)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        rows: list[dict[str, Any]] = json.loads(done.stdout.strip().splitlines()[-1])["rows"]
    except (IndexError, ValueError, KeyError):
        sys.stderr.write(done.stderr)
        raise SystemExit("The fleet could not be measured; what it said stands above.") from None
    return rows


if __name__ == "__main__":
    sys.exit(main())
