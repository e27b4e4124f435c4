"""random_forest against seasonal_naive on a real household, day-ahead from local midnight.

Data: sceaux_hourly.parquet, in `../shared/data` or where --data says. Trained on what lies before each
origin, again every 30 days; 329 origins of 2010, which were not looked at while features were chosen.
The weather is a daily mean and known ahead (`--weather persistence` for the last day repeated).
"""

import argparse
import json
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from forecasting.domain.backtest import Plan, backtest  # noqa: E402
from forecasting.domain.contract import Known  # noqa: E402
from forecasting.domain.folds import Origins  # noqa: E402
from forecasting.domain.known import WEATHERS, holidays_between  # noqa: E402
from forecasting.domain.load_files import read_loads  # noqa: E402
from forecasting.registry import forecasters  # noqa: E402

ZONE = "Europe/Paris"
ERRORS = ("mae_kw", "rmse_kw", "nrmse_pct", "mase", "pinball_kw")


def main() -> int:
    """Print the table and, last, the JSON line; 0 where every target holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "sceaux_hourly.parquet")
    parser.add_argument("--weather", choices=WEATHERS, default="actual")
    parser.add_argument("--first", default="2010-01-01")
    parser.add_argument("--last", default="2010-11-25")
    parser.add_argument("--json", action="store_true", help="only the last line")
    options = parser.parse_args()
    meter = next(read_loads(options.data))
    known = Known(ZONE, holidays_between("FR", "", 2006, 2011), meter.weather)
    origins = Origins(pd.Timestamp(options.first, tz=ZONE), pd.Timestamp(options.last, tz=ZONE), zone=ZONE)
    began = time.perf_counter()
    makers = {key: forecasters.get(key) for key in ("random_forest", "seasonal_naive")}
    scores = backtest(makers, meter.load, known, Plan(origins, weather=options.weather)).scores
    rows = _accuracy(scores) + _cost(meter.load, known, origins)
    rows.append(_row(f"backtest_{len(origins)}_s", time.perf_counter() - began, "s", most=None))
    if not options.json:
        sys.stdout.write(f"{len(origins)} origins, weather {options.weather}\n{scores.T.round(4).to_string()}\n\n")
        for row in rows:
            sys.stdout.write(f"{row['what']:<32}{row['value']:>10.3f} {row['unit']:<6} {row['target']}\n")
    passed = all(row["ok"] for row in rows)
    sys.stdout.write(json.dumps({"bench": "forest", "ok": passed, "rows": rows}) + "\n")
    return 0 if passed else 1


def _accuracy(scores: pd.DataFrame) -> list[dict[str, Any]]:
    forest, naive = scores.to_dict("index")["random_forest"], scores.to_dict("index")["seasonal_naive"]
    told = [_row(f"forest_{name}", forest[name], "", most=None) for name in ERRORS]
    compared = [_row(f"forest_over_naive_{name}", forest[name] / naive[name], "", most=0.9) for name in ERRORS]
    covered = _row("forest_coverage80_pct", forest["coverage80_pct"], "%", most=84, least=76)
    return [*told, *compared, covered]


def _cost(load: "pd.Series[float]", known: Known, origins: Origins) -> list[dict[str, Any]]:
    origin = max(origins)
    past = load.loc[load.index < origin]
    began = time.perf_counter()
    forest = forecasters.get("random_forest")().fit(past, known)
    fit_s = time.perf_counter() - began
    starts = origins.starts(origin, timedelta(hours=1))
    took = []
    for _ in range(40):
        began = time.perf_counter()
        forest.predict(past, known, starts)
        took.append(1000 * (time.perf_counter() - began))
    with tempfile.TemporaryDirectory() as folder:
        forest.save(Path(folder) / "forest")
        megabytes = sum(file.stat().st_size for file in (Path(folder) / "forest").iterdir()) / 1e6
    return [
        _row("forest_retrain_s", fit_s, "s", most=8),
        _row("forest_day_p95_ms", sorted(took)[37], "ms", most=50),
        _row("forest_mb", megabytes, "MB", most=20),
    ]


def _row(what: str, value: float, unit: str, *, most: float | None, least: float | None = None) -> dict[str, Any]:
    bounds = [f"at {word} {bound:g}" for word, bound in (("least", least), ("most", most)) if bound is not None]
    ok = (most is None or value <= most) and (least is None or value >= least)
    return {"what": what, "value": round(float(value), 4), "unit": unit, "target": " and ".join(bounds), "ok": bool(ok)}


if __name__ == "__main__":
    sys.exit(main())
