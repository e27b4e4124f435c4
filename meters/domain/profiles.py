"""The shape of a load by the local clock: hour by day, and the typical week. Pure."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

HOURS_OF_WEEK = 168
_LOW, _HIGH = 0.1, 0.9


@dataclass(frozen=True)
class HourGrid:
    """`mean`: 24 rows (the clock's hours) by one column for each day from `first`; NaN where nothing was measured.

    On the day of 25 hours the hour that comes twice holds the mean of both passes; on the day of 23 hours the one
    that is left out is NaN.
    """

    first: date
    mean: npt.NDArray[np.float64]

    @property
    def days(self) -> int:
        """How many columns."""
        return int(self.mean.shape[1])


def hour_by_day(series: "pd.Series[float]", *, first: date, after: date, zone: ZoneInfo) -> HourGrid:
    """Means of each clock hour of the local days `[first, after)`."""
    days = (after - first).days
    known = series.dropna()
    wall = _wall(known, zone)
    day = np.asarray((wall.normalize() - pd.Timestamp(first)) / pd.Timedelta(days=1), dtype=np.int64)
    inside = (day >= 0) & (day < days)
    cell = (wall.hour.to_numpy()[inside] * days) + day[inside]
    count = np.bincount(cell, minlength=24 * days)
    total = np.bincount(cell, weights=known.to_numpy(dtype=float)[inside], minlength=24 * days)
    mean = np.full(24 * days, np.nan)
    mean[count > 0] = total[count > 0] / count[count > 0]
    return HourGrid(first, mean.reshape(24, days))


def typical_week(series: "pd.Series[float]", zone: ZoneInfo) -> pd.DataFrame:
    """`low`, `median`, `high` (10, 50 and 90 % of cases) and `n` readings for each hour of the week, Monday 0:00 first.

    NaN in hours without a reading.
    """
    known = series.dropna()
    wall = _wall(known, zone)
    hour = wall.day_of_week.to_numpy() * 24 + wall.hour.to_numpy()
    grouped = pd.Series(known.to_numpy(dtype=float)).groupby(hour)
    levels = grouped.quantile(np.array([_LOW, 0.5, _HIGH])).unstack()
    week = levels.reindex(range(HOURS_OF_WEEK)).set_axis(["low", "median", "high"], axis=1)
    return week.assign(n=grouped.size().reindex(range(HOURS_OF_WEEK), fill_value=0))


def _wall(series: "pd.Series[float]", zone: ZoneInfo) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(series.index).tz_convert(zone).tz_localize(None)
