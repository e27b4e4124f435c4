"""A backtest summed up as plain figures for a page and for JSON: a leaderboard, and errors from every side. Pure."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pandas as pd

from forecasting.domain import accuracy, metrics
from forecasting.domain.quantiles import MEDIAN

DAY_S = 86_400


def report(
    points: Mapping[str, pd.DataFrame], before: "pd.Series[float]", *, zone: str, interval_s: int, naive: str
) -> dict[str, Any]:
    """`rows`, the best first, and `sides` of each forecaster; `points` by forecaster as in domain.accuracy.

    `before` is the load before the first origin, for MASE's scale. What cannot be told is None.
    """
    scale = metrics.naive_scale(before.tail(366 * DAY_S // interval_s), max(1, DAY_S // interval_s))
    rows = [row_of(key, frame, scale, zone=zone) for key, frame in points.items()]
    bar = next((row["pinball_kw"] for row in rows if row["forecaster"] == naive), None)
    for row in rows:
        row["skill"] = None if not bar else 1 - row["pinball_kw"] / bar
    return {
        "rows": sorted(rows, key=lambda row: row["pinball_kw"]),
        "sides": {key: sides(frame, zone=zone, interval_s=interval_s) for key, frame in points.items()},
    }


def row_of(key: str, points: pd.DataFrame, scale_kw: float, *, zone: str) -> dict[str, Any]:
    """One line of the leaderboard; shares 0 to 1, the energy bias relative to what came."""
    known = points.dropna(subset=["actual"])
    score = asdict(metrics.score(known["actual"], known, scale_kw=scale_kw, zone=zone))
    days = [accuracy.peaks(day["actual"], day[MEDIAN], zone) for day in _runs(points)]
    counted, hits = sum(day.days_n for day in days), sum(day.hits_n for day in days)
    return {
        "forecaster": key,
        "points_n": score["n"],
        "mae_kw": _told(score["mae_kw"]),
        "rmse_kw": _told(score["rmse_kw"]),
        "nrmse": _told(score["nrmse_pct"] / 100),
        "mase": _told(score["mase"]),
        "pinball_kw": score["pinball_kw"],
        "coverage80": _told(score["coverage80_pct"] / 100),
        "coverage90": _told(score["coverage90_pct"] / 100),
        "peaks_n": counted,
        "peak_hits": hits / counted if counted else None,
        "peak_error_kw": _told(score["peak_error_kw"]),
        "energy_bias": _told(score["energy_bias_pct"] / 100),
    }


def sides(points: pd.DataFrame, *, zone: str, interval_s: int) -> dict[str, Any]:
    """The errors of one forecaster by lead time, by hour and weekday, by quantile, and its worst days."""
    leads = accuracy.by_lead(points)
    worst = accuracy.worst_days(points, zone, interval_s=interval_s)
    return {
        "by_lead": [[float(str(lead)), _told(row["mae_kw"]), int(row["n"])] for lead, row in leads.iterrows()],
        "by_hour": [[_told(value) for value in row] for row in accuracy.by_hour_and_weekday(points, zone)],
        "calibration": [
            [float(str(level)), _told(row["below"]), int(row["n"])]
            for level, row in accuracy.calibration(points).iterrows()
        ],
        "worst": [{**asdict(day), "day": day.day.isoformat()} for day in worst],
    }


def _runs(points: pd.DataFrame) -> list[pd.DataFrame]:
    """The points of each cut-off apart."""
    cutoff = points.index - pd.to_timedelta(points["lead_h"].to_numpy(), unit="h").round("s")
    return [
        run for _, run in points.groupby(cutoff) if len(run) > 1 and run.index[1] - run.index[0] < timedelta(days=1)
    ]


def _told(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
