"""The quantiles of a forecast: which, and the rules that every forecast keeps."""

import numpy as np
import pandas as pd

from forecasting.domain.errors import ForecastError
from forecasting.domain.grid import Floats

QUANTILES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
MEDIAN = 0.5
# Mean excess over the outermost quantile, in steps between the two outermost: 1.15 for a normal, 1.44 for an
# exponential tail.
_TAIL = 1.3


class BadForecast(ForecastError):
    """A forecaster broke its contract; the message says how."""


def in_order(frame: pd.DataFrame, starts: pd.DatetimeIndex, floor: float | None) -> pd.DataFrame:
    """The frame as the contract wants it: sorted within each row, not below the floor.

    Raises BadForecast for a wrong index or columns, and for what cannot be mended: NaN and infinity.
    """
    if not frame.index.equals(starts) or not frame.columns.equals(pd.Index(QUANTILES)):
        raise BadForecast("The forecaster answered for other intervals or quantiles than it was asked for.")
    values = np.sort(frame.to_numpy(dtype=np.float64), axis=1)
    if not np.isfinite(values).all():
        raise BadForecast("The forecaster gave no number for some of the intervals it was asked for.")
    if floor is not None:
        values = np.maximum(values, floor)
    return pd.DataFrame(values, index=starts, columns=list(QUANTILES))


def _shares() -> Floats:
    """The weight of each quantile in the mean: trapezoids between the levels, `_TAIL` beyond the outermost."""
    levels = np.array(QUANTILES)
    gaps = np.diff(levels)
    shares = np.zeros(len(levels))
    shares[:-1] += gaps / 2
    shares[1:] += gaps / 2
    outside = levels[0]
    shares[[0, -1]] += outside * (1 + _TAIL)
    shares[[1, -2]] -= outside * _TAIL
    return shares


_SHARES = _shares()


def expected(frame: pd.DataFrame) -> "pd.Series[float]":
    """The mean of the forecast distribution: the integral of the quantile function over its levels.

    It is the point that least squares (RMSE, NRMSE) and sums of energy want; the median is the one that least
    absolute error wants. Between quantiles the function is a line, beyond them its tails are as `_TAIL` says.
    """
    return pd.Series(frame[list(QUANTILES)].to_numpy(dtype=np.float64) @ _SHARES, index=frame.index, name="power_kw")


def with_mean(values: Floats, mean: Floats, floor: float | None) -> Floats:
    """Rows of quantiles moved so that their `expected` is `mean` after the floor has cut them (rows x QUANTILES).

    What a floor cuts off the low side is taken from the whole, so that a spread wider than the load does not
    raise what is expected. A mean below the floor gives the floor.
    """
    moved = values - (values @ _SHARES - mean)[:, None]
    if floor is None:
        return moved
    low, high = np.zeros(len(moved)), np.maximum(moved.max(axis=1) - floor, 0.0)
    for _ in range(40):  # the mean falls with the move: halve the range that holds the right one
        middle = (low + high) / 2
        too_high = np.maximum(moved - middle[:, None], floor) @ _SHARES > mean
        low, high = np.where(too_high, middle, low), np.where(too_high, high, middle)
    return np.maximum(moved - low[:, None], floor)


def of_sorted(values: Floats, counts: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]", levels: Floats) -> Floats:
    """Quantiles of each row of `values`, sorted with its NaNs last, of which `counts` are known.

    Linear interpolation between order statistics (Hyndman and Fan 1996, type 7). Shapes: (rows, many),
    (rows,), (levels,) or (rows, levels) -> (rows, levels). A row without any value gives NaN.
    """
    place = np.maximum(counts[:, None] - 1, 0) * np.broadcast_to(levels, (len(values), np.shape(levels)[-1]))
    low = place.astype(np.int64)
    high = np.minimum(low + 1, np.maximum(counts[:, None] - 1, 0))
    below, above = np.take_along_axis(values, low, axis=1), np.take_along_axis(values, high, axis=1)
    return np.asarray(below + (above - below) * (place - low))
