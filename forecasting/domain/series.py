"""Checks on the series that go into a forecaster: aware, UTC, regular, long enough."""

from datetime import timedelta

import numpy as np
import pandas as pd

from forecasting.domain.errors import BadSeries
from forecasting.domain.grid import DAY_S, seconds

MAX_LEAD = timedelta(days=14)  # a week ahead of readings that come up to a week late


def step_of(load: "pd.Series[float]") -> timedelta:
    """The length of an interval of a checked load."""
    at = seconds(pd.DatetimeIndex(load.index[:2]))
    return timedelta(seconds=int(at[1] - at[0]))


def last_start_s(load: "pd.Series[float]") -> int:
    """UTC seconds of the start of the last interval."""
    return int(seconds(pd.DatetimeIndex(load.index[-1:]))[0])


def checked_load(load: "pd.Series[float]") -> "pd.Series[float]":
    """A float64 copy that begins and ends with a known value; raises BadSeries with the reason."""
    index = load.index
    if not isinstance(index, pd.DatetimeIndex) or not _is_utc(index):
        raise BadSeries("The load needs a DatetimeIndex in UTC.")
    if len(index) < 2:
        raise BadSeries("The load has fewer than two readings.")
    steps = np.diff(seconds(index))
    if steps[0] <= 0 or (steps != steps[0]).any():
        raise BadSeries("The load's intervals are not of one length without holes; put NaN where a reading is missing.")
    values = load.to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
    values[~np.isfinite(values)] = np.nan
    there = np.flatnonzero(np.isfinite(values))
    if len(there) < 2:
        raise BadSeries("The load has fewer than two readings.")
    kept = slice(int(there[0]), int(there[-1]) + 1)
    if kept.stop - kept.start < 2:
        raise BadSeries("The load has fewer than two readings.")
    return pd.Series(values[kept], index=index[kept], name="power_kw")


def days_known(load: "pd.Series[float]") -> int:
    """Days, counted back from the end, of which at least half the readings are known."""
    step_s = step_of(load).total_seconds()
    per_day = max(1, round(DAY_S / step_s))
    known = np.isfinite(load.to_numpy())[::-1]
    short = -len(known) % per_day
    days = np.concatenate([known, np.zeros(short, dtype=bool)]).reshape(-1, per_day)
    return int((days.mean(axis=1) >= 0.5).sum())


def check_starts(load: "pd.Series[float]", starts: pd.DatetimeIndex, step: timedelta) -> None:
    """Raise BadSeries unless `starts` lie on the load's grid, after its end and within MAX_LEAD of it."""
    if not isinstance(starts, pd.DatetimeIndex) or not _is_utc(starts):
        raise BadSeries("The times to forecast need to be a DatetimeIndex in UTC.")
    if step_of(load) != step:
        raise BadSeries(
            f"The forecaster was trained on intervals of {step}, the load has {step_of(load)}; train it again."
        )
    if starts.empty:
        return
    step_s = int(step.total_seconds())
    at, end = seconds(starts), last_start_s(load) + step_s
    if (np.diff(at) <= 0).any() or ((at - end) % step_s).any():
        raise BadSeries("The times to forecast are not in order on the load's own grid.")
    if at[0] < end:
        raise BadSeries("The times to forecast begin before the readings end; only the future can be forecast.")
    if at[-1] >= end + MAX_LEAD.total_seconds():
        raise BadSeries(f"The times to forecast reach more than {MAX_LEAD.days} days past the last reading.")


def _is_utc(index: pd.DatetimeIndex) -> bool:
    return str(index.tz) in {"UTC", "UTC+00:00"}
