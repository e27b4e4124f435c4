"""The quantiles of a forecast: which, and the rules that every forecast keeps."""

import numpy as np
import pandas as pd

from forecasting.domain.errors import ForecastError
from forecasting.domain.grid import Floats

QUANTILES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
MEDIAN = 0.5


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
