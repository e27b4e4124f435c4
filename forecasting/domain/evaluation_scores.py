"""Scores of a meter-year and their medians over all of them.

NRMSE as in BuildingsBench: the root of the mean squared error over all windows and hours of a meter-year, over the
mean load of the same hours. RMSE and NRMSE judge the mean of the forecast distribution, MAE and MASE its median:
each loss is least there. MASE and the scaled pinball loss are in units of the mean absolute change over a season
within the meter-year.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecasting.domain import metrics
from forecasting.domain.evaluation_windows import MeterYear, Protocol, Record
from forecasting.domain.quantiles import MEDIAN, QUANTILES, expected


@dataclass(frozen=True)
class Row:
    """One forecaster on one meter-year; errors in the unit of the load, `windows` the number of forecasts."""

    forecaster: str
    meter: str
    year: int
    nrmse_pct: float
    mae: float
    rmse: float
    mase: float
    pinball_scaled: float
    coverage80_pct: float
    coverage90_pct: float
    peak_error: float
    peak_error_pct: float
    windows: int
    seconds: float


def scored(
    key: str, record: Record, year: MeterYear, frames: list[pd.DataFrame], protocol: Protocol, *, seconds: float
) -> Row:
    """Judge the forecasts of a meter-year by its filled load."""
    horizon = len(frames[0])
    places = year.origins[:, None] + np.arange(horizon)
    actual = record.filled[places]
    values = np.stack([frame.to_numpy(dtype=np.float64) for frame in frames])
    flat = pd.DataFrame(values.reshape(-1, len(QUANTILES)), columns=list(QUANTILES))
    came = pd.Series(actual.ravel())
    mean = expected(flat)
    span = record.filled[int(places.min()) : int(places.max()) + 1]
    scale = metrics.naive_scale(pd.Series(span), protocol.steps(protocol.season_h, record.step))
    rmse, mae = metrics.rmse(came, mean), metrics.mae(came, flat[MEDIAN])
    peak = np.abs(mean.to_numpy().reshape(actual.shape).max(axis=1) - actual.max(axis=1)).mean()
    return Row(
        forecaster=key,
        meter=record.meter,
        year=year.year,
        nrmse_pct=100 * metrics.ratio(rmse, came.mean()),
        mae=mae,
        rmse=rmse,
        mase=metrics.ratio(mae, scale),
        pinball_scaled=metrics.ratio(metrics.pinball(came, flat), scale),
        coverage80_pct=100 * metrics.coverage(came, flat, 0.8),
        coverage90_pct=100 * metrics.coverage(came, flat, 0.9),
        peak_error=float(peak),
        peak_error_pct=100 * metrics.ratio(peak, actual.max(axis=1).mean()),
        windows=len(frames),
        seconds=seconds,
    )


def summary(rows: list[Row], reference: str) -> list[dict[str, Any]]:
    """For each forecaster medians over its meter-years, and its NRMSE over that of the reference.

    Both as the ratio of the two medians and as the median of the ratios, over the meter-years that both have;
    windows and seconds are sums.
    """
    table = pd.DataFrame([asdict(row) for row in rows])
    wide = table.pivot_table(index=["meter", "year"], columns="forecaster", values="nrmse_pct", sort=False)
    told: list[dict[str, Any]] = []
    for key, own in table.groupby("forecaster", sort=False):
        middle = own.drop(columns=["forecaster", "meter", "year", "windows", "seconds"]).median()
        both = wide[[key, reference]].dropna() if reference in wide and key in wide else pd.DataFrame()
        both = both.set_axis(["own", "bar"], axis=1) if len(both) else pd.DataFrame({"own": [np.nan], "bar": [np.nan]})
        told.append(
            {
                "forecaster": str(key),
                "meter_years": len(own),
                **{str(name): float(value) for name, value in middle.items()},
                "ratio_of_medians": metrics.ratio(both["own"].median(), both["bar"].median()),
                "median_of_ratios": float((both["own"] / both["bar"].where(both["bar"] > 0)).median()),
                "windows": int(own["windows"].sum()),
                "seconds": float(own["seconds"].sum()),
            }
        )
    return told
