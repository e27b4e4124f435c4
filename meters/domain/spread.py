"""Least, mean and greatest by bucket, the histogram, and the minutes outside a band. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

BINS = 40


@dataclass(frozen=True)
class Histogram:
    """`share` of the readings (0 to 1) between `edges[i]` and `edges[i + 1]`."""

    edges: npt.NDArray[np.float64]
    share: npt.NDArray[np.float64]


def extremes(phases: pd.DataFrame) -> pd.DataFrame:
    """`low`, `mean` and `high` over all phases."""
    return pd.DataFrame({"low": phases.min(axis=1), "mean": phases.mean(axis=1), "high": phases.max(axis=1)})


def spread(lines: pd.DataFrame, *, zone: ZoneInfo, rule: str) -> pd.DataFrame:
    """`extremes` in local buckets of `rule` ("h" or "D"); buckets without any NaN."""
    local = lines.tz_convert(zone if rule == "D" else "UTC").resample(rule)
    return local.agg({"low": "min", "mean": "mean", "high": "max"}).tz_convert("UTC")


def histogram(phases: pd.DataFrame) -> Histogram | None:
    """Up to forty equal bins over what was measured, all phases together; None without any."""
    values = phases.to_numpy(dtype=float).ravel()
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    count, edges = np.histogram(values, bins=BINS)
    return Histogram(edges, count / len(values))


def outside(phases: pd.DataFrame, *, low: float, high: float) -> "pd.Series[bool]":
    """Whether any phase was outside `[low, high]`, for each interval with a reading."""
    known = phases.dropna(how="all")
    return ((known < low) | (known > high)).any(axis=1)


def minutes_by_day(out: "pd.Series[bool]", *, step: timedelta, zone: ZoneInfo) -> "pd.Series[float]":
    """Minutes outside for each local day from the first reading to the last."""
    minutes = out.astype(float) * (step.total_seconds() / 60)
    return minutes.tz_convert(zone).resample("D").sum()
