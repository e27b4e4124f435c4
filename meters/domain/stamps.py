"""Instants out of what a file or a portal gives, and whether they lie on a grid."""

from datetime import datetime

import numpy as np
import pandas as pd

_DAY_S = 86_400


def as_instants(stamps: pd.Series) -> pd.DatetimeIndex:
    """UTC in microseconds; NaT for what is naive or no instant (a wall time is ambiguous one hour a year)."""
    if isinstance(stamps.dtype, pd.DatetimeTZDtype):
        return pd.DatetimeIndex(stamps).tz_convert("UTC").as_unit("us")
    if stamps.dtype != object:
        return pd.DatetimeIndex([pd.NaT] * len(stamps), tz="UTC").as_unit("us")
    aware = [one if isinstance(one, datetime) and one.tzinfo is not None else pd.NaT for one in stamps]
    return pd.DatetimeIndex(pd.to_datetime(pd.Series(aware, dtype=object), utc=True)).as_unit("us")


def on_grid(starts: pd.Series, interval_s: np.ndarray, zone: str) -> np.ndarray:
    """Whether each start is a whole number of intervals after a midnight, of UTC or of the zone (+5:30).

    A day of 23 or 25 hours starts at a midnight; an interval that does not divide a day, at a whole minute.
    NaT and NaN count as on the grid: they are told of elsewhere.
    """
    index = pd.DatetimeIndex(starts)
    with np.errstate(invalid="ignore"):
        grid_s = np.where(interval_s >= 23 * 3600, _DAY_S, np.where(_DAY_S % interval_s == 0, interval_s, 60))
    unknown = index.isna() | np.isnan(interval_s)
    grid_us = np.where(unknown, 1, grid_s).astype("int64") * 1_000_000
    utc = index.tz_localize(None).as_unit("us").asi8
    local = index.tz_convert(zone).tz_localize(None).as_unit("us").asi8
    return np.asarray(unknown | (utc % grid_us == 0) | (local % grid_us == 0))
