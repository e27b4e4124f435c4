"""How good a forecast was. Missing actuals are left out; NaN is "cannot be told", never 0.

Formulas: MAE, RMSE and MASE of Hyndman and Koehler (2006), "Another look at measures of forecast accuracy";
NRMSE is the CV(RMSE) of ASHRAE Guideline 14; pinball loss of Koenker and Bassett (1978), scaled like MASE as
in the M5 uncertainty contest. Error is forecast less actual. A point forecast is the median.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecasting.domain.grid import Floats
from forecasting.domain.quantiles import MEDIAN, QUANTILES

_BANDS = {0.8: (0.1, 0.9), 0.9: (0.05, 0.95)}


@dataclass(frozen=True)
class Scores:
    """Scores over `n` known values, each named with its unit."""

    n: int
    mae_kw: float
    rmse_kw: float
    nrmse_pct: float
    mase: float
    pinball_kw: float
    pinball_scaled: float
    coverage80_pct: float
    coverage90_pct: float
    peak_error_kw: float
    energy_bias_pct: float


def score(actual: "pd.Series[float]", forecast: pd.DataFrame, *, scale_kw: float, zone: str = "UTC") -> Scores:
    """Score quantiles (columns QUANTILES) against what came, row by row; both have the same UTC index.

    `scale_kw` is the `naive_scale` of the history before the first origin; `zone` bounds the days of the peak.
    """
    median = forecast[MEDIAN]
    mae_kw, rmse_kw, loss = mae(actual, median), rmse(actual, median), pinball(actual, forecast)
    return Scores(
        n=int(actual.notna().sum()),
        mae_kw=mae_kw,
        rmse_kw=rmse_kw,
        nrmse_pct=100 * ratio(rmse_kw, actual.mean()),
        mase=ratio(mae_kw, scale_kw),
        pinball_kw=loss,
        pinball_scaled=ratio(loss, scale_kw),
        coverage80_pct=100 * coverage(actual, forecast, 0.8),
        coverage90_pct=100 * coverage(actual, forecast, 0.9),
        peak_error_kw=peak_error(actual, median, zone),
        energy_bias_pct=100 * energy_bias(actual, median),
    )


def mae(actual: "pd.Series[float]", point: "pd.Series[float]") -> float:
    """Mean absolute error."""
    return _mean(np.abs(_error(actual, point)))


def rmse(actual: "pd.Series[float]", point: "pd.Series[float]") -> float:
    """Root of the mean squared error."""
    return float(np.sqrt(_mean(_error(actual, point) ** 2)))


def pinball(actual: "pd.Series[float]", forecast: pd.DataFrame) -> float:
    """Mean over values and QUANTILES of q (y - f) where y >= f, else (1 - q)(f - y)."""
    levels = np.array(QUANTILES)
    gap = actual.to_numpy(dtype=np.float64)[:, None] - forecast[list(QUANTILES)].to_numpy(dtype=np.float64)
    return _mean(np.maximum(levels * gap, (levels - 1) * gap))


def coverage(actual: "pd.Series[float]", forecast: pd.DataFrame, share: float) -> float:
    """Share of the actual values in the central band of nominal `share` (0.8 or 0.9), its ends included."""
    low, high = _BANDS[share]
    inside = (actual >= forecast[low]) & (actual <= forecast[high])
    return _mean(np.where(actual.notna(), inside, np.nan))


def peak_error(actual: "pd.Series[float]", point: "pd.Series[float]", zone: str) -> float:
    """Mean over local days of |highest forecast - highest actual|; days half empty or more are left out."""
    day = pd.DatetimeIndex(actual.index).tz_convert(zone).normalize()
    both = pd.DataFrame({"actual": actual.to_numpy(), "point": point.to_numpy()}).dropna()
    days = both.groupby(np.asarray(day)[both.index])
    highest = days.max()[days.size() > days.size().max() / 2] if len(both) else both
    return _mean(np.abs(_error(highest["actual"], highest["point"])))


def energy_bias(actual: "pd.Series[float]", point: "pd.Series[float]") -> float:
    """Energy forecast too much, as a share of the energy that came (ASHRAE Guideline 14's NMBE, sign turned)."""
    return ratio(np.nansum(_error(actual, point)), actual.sum())


def naive_scale(history: "pd.Series[float]", season: int) -> float:
    """Mean absolute change over `season` steps of the history: the denominator of MASE."""
    values = history.to_numpy(dtype=np.float64)
    return _mean(np.abs(values[season:] - values[:-season]))


def _error(actual: "pd.Series[float]", point: "pd.Series[float]") -> Floats:
    return point.to_numpy(dtype=np.float64) - actual.to_numpy(dtype=np.float64)


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")


def ratio(top: Any, bottom: Any) -> float:
    """A quotient; NaN over 0 or what is not a number."""
    return float(top / bottom) if np.isfinite(bottom) and bottom != 0 else float("nan")
