"""Values for what was not measured. Pure.

Source: VEE standard, section A, "interval data estimation": up to two hours point-to-point (linear) interpolation,
longer ones from like days, here the same weekday of the four weeks before and after at the same time of the clock.
"""

from datetime import timedelta

import numpy as np
import pandas as pd

LINEAR, LIKE_DAY = "linear interpolation", "like-day profile"
METHODS = (LINEAR, LIKE_DAY)
SHORT, LONGEST = timedelta(hours=2), timedelta(days=7)
REACH = timedelta(days=29)
_WEEKS = [7 * week for week in (-1, 1, -2, 2, -3, 3, -4, 4)]
_FEWEST = 2  # like days; one alone is an anecdote


def estimate(power: "pd.Series[float]", gaps: list[tuple[pd.Timestamp, pd.Timestamp]], zone: str) -> pd.DataFrame:
    """`start_at`, `power_kw`, `method` for the missing steps of the gaps that can be estimated.

    `power`: a regular series (UTC index of starts, NaN for missing) that reaches 29 days past the gaps where it can.
    A gap of more than seven days stays, and so does a step without two like days.
    """
    index = pd.DatetimeIndex(power.index)
    values = power.to_numpy(dtype="float64")
    filled, method = np.full(len(values), np.nan), np.full(len(values), "", dtype=object)
    profile: np.ndarray | None = None
    for begins, ends in gaps:
        if ends - begins > LONGEST:
            continue
        first, last = index.searchsorted(begins), index.searchsorted(ends)
        if ends - begins <= SHORT and first > 0 and last < len(values):
            line = np.linspace(values[first - 1], values[last], last - first + 2)[1:-1]
            if not np.isnan(line).any():
                filled[first:last], method[first:last] = line, LINEAR
                continue
        profile = _like_days(power, zone) if profile is None else profile
        filled[first:last], method[first:last] = profile[first:last], LIKE_DAY
    known = ~np.isnan(filled) & np.isnan(values)
    return pd.DataFrame({"start_at": index[known], "power_kw": filled[known], "method": method[known]})


def _like_days(power: "pd.Series[float]", zone: str) -> np.ndarray:
    """For each step the mean of the like days at the same time of the clock; NaN where there are too few."""
    wall = pd.DatetimeIndex(power.index).tz_convert(zone).tz_localize(None)
    by_clock = pd.Series(power.to_numpy(dtype="float64"), index=wall).groupby(level=0).mean()
    days = np.vstack([by_clock.reindex(wall + pd.Timedelta(days=day)).to_numpy() for day in _WEEKS])
    counts = (~np.isnan(days)).sum(axis=0)
    return np.where(counts >= _FEWEST, np.nansum(days, axis=0) / np.maximum(counts, 1), np.nan)
